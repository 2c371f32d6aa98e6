#pragma once

#include "netem/transit.hpp"
#include "settings/section.hpp"

#include <string>

namespace twofifty::netem {

/// bandwidth = "64KiB/s": bytes of the direction leave no faster. A long run trickles, in parts of
/// at most 20 ms each, and nothing is saved up while the line is idle.
struct Bandwidth : StreamEffect {
    static constexpr std::string_view name = "bandwidth";
    double bytes_per_second = 0;

    static Bandwidth read(settings::Section& effect);
    std::string to_toml() const;
    void pass(std::vector<Parcel>& parcels, TimePoint at, PathState& state) const;

    bool operator==(const Bandwidth&) const = default;
};

}  // namespace twofifty::netem
