// Runs of a single message from the start of time: every moment in them can be told in advance.
#pragma once

#include "tests/support/virtual_run.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

namespace twofifty::test {

/// The moments of a kind of event of one message.
inline std::vector<Duration> times_of(const VirtualRun& run, EventKind kind,
                                      std::uint32_t message = 1) {
    std::vector<Duration> times;
    for (const Event& event : run.of_kind(kind))
        if (event.message == message) times.push_back(event.at.time_since_epoch());
    return times;
}

/// A scenario of one message, over a network without latency. `rest` begins with keys of [fleet].
inline std::string one_message(std::string_view rest) {
    return fmt::format("[fleet]\nmessages = 1\n{}\n[virtual]\nlatency = '0s'\n", rest);
}

}  // namespace twofifty::test
