#pragma once

#include "netem/transit.hpp"
#include "settings/section.hpp"

#include <string>

namespace twofifty::netem {

/// outage = { from = "10s", length = "30s" }: nothing of the direction passes in that part of the
/// run; what came meanwhile passes at its end, as TCP would repair it.
struct Outage : StreamEffect {
    static constexpr std::string_view name = "outage";
    Duration from{};
    Duration length{};

    static Outage read(settings::Section& effect);
    std::string to_toml() const;
    void pass(std::vector<Parcel>& parcels, TimePoint at, PathState& state) const;
    TimePoint close(TimePoint at, PathState& state) const;

    bool operator==(const Outage&) const = default;
};

}  // namespace twofifty::netem
