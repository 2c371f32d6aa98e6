// What happened to the real servers of a run, and what they wrote into their logs.
#pragma once

#include "record/event.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace twofifty::harness {

struct ServerChange {
    Duration at{};
    std::string what{};  ///< start, pause, resume, kill, restart, ...
    Duration took{};     ///< Of start and restart: until it greeted.

    bool operator==(const ServerChange&) const = default;
};

struct ServerAccount {
    std::uint16_t number = 0;  ///< As the events name it.
    std::string program{};     ///< "postfix 3.7.11".
    std::vector<ServerChange> changes{};
    std::map<std::string, std::uint64_t> said{};  ///< By meaning: lines of its log.
    std::vector<std::string> lines{};             ///< The first of each meaning.

    bool operator==(const ServerAccount&) const = default;
};

class ServerAccounts {
public:
    /// The text of a `server_changed` that tells of a start goes on with the program.
    static constexpr std::string_view start = "start ";

    void add_change(const Event& changed);
    void add_line(const Event& said);

    /// By number.
    std::vector<ServerAccount> accounts() const;

private:
    std::map<std::uint16_t, ServerAccount> servers_;
};

}  // namespace twofifty::harness
