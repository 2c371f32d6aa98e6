#pragma once

#include "netem/transit.hpp"
#include "settings/section.hpp"

#include <string>

namespace twofifty::netem {

/// stall = { period = "60s", length = "5s", phase = "0s" }: nothing of the direction passes for
/// `length` at the beginning of every period; it passes when the stall ends. Periods are counted in
/// the time of the run, so that all connections stall together; the first begins at `phase`.
struct Stall : StreamEffect {
    static constexpr std::string_view name = "stall";
    Duration period{};
    Duration length{};
    Duration phase{};

    static Stall read(settings::Section& effect);
    std::string to_toml() const;
    void pass(std::vector<Parcel>& parcels, TimePoint at, PathState& state) const;
    TimePoint close(TimePoint at, PathState& state) const;

    bool operator==(const Stall&) const = default;
};

}  // namespace twofifty::netem
