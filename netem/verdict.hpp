#pragma once

#include "record/time.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace twofifty::netem {

/// What the proxy is to do with one reply (or, for data_xfer, with the final dot). A value: no
/// effect acts by itself.
struct Verdict {
    enum class Passing : std::uint8_t {
        pass,
        /// Give it on, and all behind it, `delay` later.
        after_delay,
        /// Keep it, and all behind it, until the client's next command has been given to the
        /// server.
        at_next_command,
        /// Keep it, and all behind it, until somebody asks for its release.
        at_release,
        /// Keep it, and all behind it, until the client closes: a dead path. The other direction
        /// stays open.
        withhold,
        /// Remove only this reply; later ones pass.
        remove,
    };
    enum class Side : std::uint8_t { none, client, server, both };
    enum class How : std::uint8_t { fin, rst, silent };

    /// A part of the bytes that leaves by itself, `pause` after the part in front of it.
    struct Part {
        std::uint32_t bytes = 0;
        Duration pause{};

        bool operator==(const Part&) const = default;
    };

    Passing passing = Passing::pass;
    Duration delay{};
    /// Which connections are cut, once `cut_after_bytes` of the reply went to the client.
    Side cut = Side::none;
    How how = How::rst;
    /// Bytes of the reply given to the client before the cut; whole_reply: all of it.
    std::uint32_t cut_after_bytes = 0;
    static constexpr std::uint32_t whole_reply = UINT32_MAX;
    /// Where not empty: these bytes, CRLF included, go to the client instead.
    std::string replacement{};
    /// Where not empty: the bytes leave in these parts, in order. What they do not cover goes with
    /// the last one.
    std::vector<Part> parts{};
    /// The last of the parts, and all behind it, never arrives.
    bool swallow_last_part = false;

    /// The time from the reply's arrival at the layer to the leaving of its last byte, where that
    /// is one of the verdict's own; else 0.
    Duration asked() const;
    /// The reply is kept for that time, and then the server's connection ends in its place.
    bool ends_in_vain() const { return delay > Duration{} && cut == Side::server; }

    bool operator==(const Verdict&) const = default;
};

/// What two rules on one reply come to, the second having seen what the first made of it: the
/// longer way to wait (times add up), the later bytes, parts and cut.
Verdict combined(Verdict first, const Verdict& second);

}  // namespace twofifty::netem
