#pragma once

#include "netem/transit.hpp"
#include "settings/section.hpp"

#include <string>

namespace twofifty::netem {

/// timeout = "5s" or "0s": nothing of the direction passes, its bytes are lost, and after the time
/// the connection is closed. "0s": never, until the rule is removed. Then it is closed in any case,
/// since what was lost cannot come back. As Toxiproxy's toxic of that name.
struct Timeout : StreamEffect {
    static constexpr std::string_view name = "timeout";
    Duration time{};

    static Timeout read(settings::Section& effect);
    std::string to_toml() const;
    void begin(PathState& state) const;
    void pass(std::vector<Parcel>& parcels, TimePoint at, PathState& state) const;
    bool removal_closes() const { return true; }

    bool operator==(const Timeout&) const = default;
};

}  // namespace twofifty::netem
