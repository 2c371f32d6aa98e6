#pragma once

#include "netem/transit.hpp"
#include "settings/section.hpp"

#include <string>

namespace twofifty::netem {

/// limit_data = "10KiB": once so many bytes of the direction have passed, the connection is closed,
/// and what is beyond them is lost. As Toxiproxy's toxic of that name; what has passed is
/// remembered when the limit is changed.
struct LimitData : StreamEffect {
    static constexpr std::string_view name = "limit_data";
    std::uint64_t bytes = 0;

    static LimitData read(settings::Section& effect);
    std::string to_toml() const;
    void pass(std::vector<Parcel>& parcels, TimePoint at, PathState& state) const;

    bool operator==(const LimitData&) const = default;
};

}  // namespace twofifty::netem
