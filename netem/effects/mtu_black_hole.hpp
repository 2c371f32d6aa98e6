#pragma once

#include "netem/transit.hpp"
#include "settings/section.hpp"

#include <string>

namespace twofifty::netem {

/// mtu_black_hole = { mtu = 1400 }: a path whose packets may not be larger, and whose routers do
/// not say so (RFC 2923). A run of bytes that needs a larger packet than that, with 40 bytes of
/// headers of IPv4 and TCP, never arrives, and nothing behind it does; short ones pass until then.
struct MtuBlackHole : StreamEffect {
    static constexpr std::string_view name = "mtu_black_hole";
    std::uint32_t mtu = 0;

    static MtuBlackHole read(settings::Section& effect);
    std::string to_toml() const;
    void pass(std::vector<Parcel>& parcels, TimePoint at, PathState& state) const;
    TimePoint close(TimePoint at, PathState& state) const;

    bool operator==(const MtuBlackHole&) const = default;
};

}  // namespace twofifty::netem
