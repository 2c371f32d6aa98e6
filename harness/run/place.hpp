#pragma once

#include "world/network.hpp"

#include <cstdint>
#include <string>

namespace twofifty::harness {

/// A clock and a network that belong together: where a part of a run lives.
struct Place {
    world::Clock& clock;
    world::Network& network;
};

/// What tells one run from another.
struct RunIdentity {
    std::string run_id;     ///< In every token: random in the real world, fixed by the seed in the
                            ///< virtual one.
    std::int64_t date = 0;  ///< Unix time, in every message's Date header.
};

}  // namespace twofifty::harness
