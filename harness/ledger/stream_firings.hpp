// What effects on the stream did to connections. They know no message: their firings belong to
// every attempt on that connection that they met.
#pragma once

#include "harness/ledger/connections.hpp"
#include "harness/ledger/interference.hpp"
#include "record/event.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

namespace twofifty::harness {

class StreamFirings {
public:
    /// Whether a firing, or what it came to, is one of those.
    static bool is_one(const Event& event) {
        return event.message == 0 && event.phase == Phase::none && event.connection != 0;
    }

    void add_fired(const Event& event);
    void add_achieved(const Event& event);

    /// Call once, after the last of the above. REQUIRES: the connections are joined.
    void join(const Connections& connections);
    /// Those on a connection of the fleet, in the order of time.
    std::span<const Interfered> on(std::uint32_t fleet_connection) const;

private:
    std::vector<Interfered> firings_;
    /// Places of those that nobody has said the end of, by rule and connection of the layer.
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<std::size_t>> open_;
    std::vector<std::uint32_t> fleet_connections_;  ///< Of each firing, once they are joined.
};

}  // namespace twofifty::harness
