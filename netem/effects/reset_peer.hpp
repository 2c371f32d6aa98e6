#pragma once

#include "netem/transit.hpp"
#include "settings/section.hpp"

#include <string>

namespace twofifty::netem {

/// reset_peer = "0s" or "5s": so long after the first bytes of the direction, or its end, the
/// connection is torn down (RST), on both sides; until then nothing of it passes. As Toxiproxy's
/// toxic of that name.
struct ResetPeer : StreamEffect {
    static constexpr std::string_view name = "reset_peer";
    Duration time{};

    static ResetPeer read(settings::Section& effect);
    std::string to_toml() const;
    void pass(std::vector<Parcel>& parcels, TimePoint at, PathState& state) const;
    TimePoint close(TimePoint at, PathState& state) const;

    bool operator==(const ResetPeer&) const = default;
};

}  // namespace twofifty::netem
