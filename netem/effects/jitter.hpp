#pragma once

#include "netem/transit.hpp"
#include "settings/section.hpp"
#include "world/distribution.hpp"

#include <string>

namespace twofifty::netem {

/// jitter = "20ms" or a distribution: each run of bytes that arrives together comes later by a draw
/// of its own, in order all the same. A duration means anything from nothing to it, uniformly.
struct Jitter : StreamEffect {
    static constexpr std::string_view name = "jitter";
    world::Distribution time;

    static Jitter read(settings::Section& effect);
    std::string to_toml() const;
    void pass(std::vector<Parcel>& parcels, TimePoint at, PathState& state) const;

    bool operator==(const Jitter&) const = default;
};

}  // namespace twofifty::netem
