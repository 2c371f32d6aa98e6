#pragma once

#include "netem/sight.hpp"
#include "netem/verdict.hpp"
#include "settings/section.hpp"
#include "world/random.hpp"

#include <string>

namespace twofifty::netem {

/// drip = { bytes = 1, every = "1s" }: the reply arrives a few bytes at a time. The first of them
/// come at once. A client that starts its timer anew with each read waits much longer than one that
/// has a deadline for the whole reply.
struct Drip {
    static constexpr std::string_view name = "drip";
    std::uint32_t bytes = 1;
    Duration every = std::chrono::seconds{1};

    static Drip read(settings::Section& effect);
    std::string to_toml() const;
    Verdict decide(const Sight& sight, world::Random& random) const;

    bool operator==(const Drip&) const = default;
};

}  // namespace twofifty::netem
