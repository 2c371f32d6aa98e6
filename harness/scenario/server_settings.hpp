// A real server that is started for the run, as plain data: what [target], a [[target.receiver]] or
// [sender] says of it.
#pragma once

#include "record/phase.hpp"
#include "record/time.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace twofifty::harness {

struct ServerSettings {
    std::string server{};                   ///< The adapter's name; empty: none is started.
    std::string configuration{};            ///< A folder in place of the adapter's templates.
    std::map<Phase, Duration> timeouts{};   ///< Its own as a client, in whole seconds.
    std::optional<Duration> retry_every{};  ///< In whole seconds.
    std::map<std::string, std::string> options{};  ///< In its own words.
    std::vector<std::string> relay_to{};  ///< Receivers that get its mail; empty: it keeps it.
    std::uint64_t disk = 0;               ///< Bytes of its spool's own disk; 0: the machine's.
    std::uint16_t port = 0;               ///< 0: any free one.

    bool operator==(const ServerSettings&) const = default;
};

}  // namespace twofifty::harness
