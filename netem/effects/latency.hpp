#pragma once

#include "netem/transit.hpp"
#include "settings/section.hpp"
#include "world/distribution.hpp"

#include <string>

namespace twofifty::netem {

/// latency = "100ms" or a distribution: every byte of the direction arrives so much later, in
/// order. With a distribution each run of bytes that arrives together draws its own.
struct Latency : StreamEffect {
    static constexpr std::string_view name = "latency";
    world::Distribution time;

    static Latency read(settings::Section& effect);
    std::string to_toml() const;
    void pass(std::vector<Parcel>& parcels, TimePoint at, PathState& state) const;

    bool operator==(const Latency&) const = default;
};

}  // namespace twofifty::netem
