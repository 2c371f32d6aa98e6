// Which connection of the layer is which connection of the fleet: both name the fleet's own
// endpoint.
#pragma once

#include "record/time.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace twofifty::harness {

/// Joins the two sides of each connection. Ports are used again and again, so that the endpoint
/// alone is not enough: two belong together where each is the other's nearest in time.
class Connections {
public:
    void opened_by_fleet(std::uint32_t connection, std::string_view endpoint, TimePoint at);
    void seen_by_layer(std::uint32_t connection, std::string_view endpoint, TimePoint at);

    /// Call once, after the last of the above.
    void join();

    /// The fleet's number of a connection of the layer; 0 where there is none.
    std::uint32_t fleet_connection(std::uint32_t layer_connection) const;

    bool layer_seen() const { return !layer_.empty(); }

private:
    struct Side {
        std::uint64_t endpoint = 0;  ///< Its hash.
        TimePoint at{};
        std::uint32_t connection = 0;
    };
    struct Joined {
        std::uint32_t layer = 0;
        std::uint32_t fleet = 0;
    };

    static const Side* nearest(const std::vector<Side>& sides, const Side& to);

    std::vector<Side> fleet_;
    std::vector<Side> layer_;
    std::vector<Joined> joined_;  ///< By the layer's number.
};

}  // namespace twofifty::harness
