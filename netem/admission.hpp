#pragma once

#include "netem/verdict.hpp"
#include "record/time.hpp"

#include <cstdint>
#include <string>

namespace twofifty::netem {

/// What is done with a client that connects.
struct Admission {
    enum class Way : std::uint8_t {
        serve,  ///< After `wait`, as if nothing were.
        reset,  ///< The connection is torn down at once.
        mute,   ///< Nobody greets, and what the client says goes nowhere, until it leaves.
        say,    ///< It is told `reply`, then the connection is closed.
    };
    Way way = Way::serve;
    Duration wait{};
    std::string reply{};  ///< CRLF included.

    bool operator==(const Admission&) const = default;
};

/// When the server learns that its client has gone, and how.
struct CloseForwarding {
    /// So long after the client closed; Duration::max(): never, as far as the path goes.
    Duration after{};
    enum class As : std::uint8_t { fin, rst, same } as = As::fin;

    bool operator==(const CloseForwarding&) const = default;
};

}  // namespace twofifty::netem
