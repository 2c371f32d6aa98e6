#pragma once

#include "record/phase.hpp"
#include "record/time.hpp"

#include <cstdint>

namespace twofifty::harness {

/// What the impairment layer, or the server, did in an attempt that can explain an unseen reply.
enum class Interference : std::uint8_t {
    none,
    drop,
    delay,
    hold_forever,
    hold_for_a_time,
    swallow,
    cut,
    replace,
    truncate,
    corrupt,
    duplicate,
    server_gone,
};

struct Interfered {
    TimePoint at{};
    Duration achieved{-1};
    std::uint32_t rule = 0;
    std::uint32_t recipient = 0;
    std::uint32_t layer_attempt = 0;
    std::uint32_t layer_connection = 0;
    Phase phase = Phase::none;  ///< none: on the whole connection.
    Interference what = Interference::none;
};

}  // namespace twofifty::harness
