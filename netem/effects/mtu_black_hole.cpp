#include "netem/effects/mtu_black_hole.hpp"

#include <fmt/format.h>

namespace twofifty::netem {
namespace {

/// Every host takes packets of 68 bytes (RFC 791 3.2); 65,535 is the largest there is.
constexpr std::int64_t least_mtu = 68;
constexpr std::int64_t largest_mtu = 65'535;
/// Headers of IPv4 and TCP without options.
constexpr std::uint32_t headers = 40;

}  // namespace

MtuBlackHole MtuBlackHole::read(settings::Section& effect) {
    settings::Section table = effect.section(name);
    MtuBlackHole result;
    const auto mtu = table.count("mtu", least_mtu, largest_mtu);
    if (!mtu) table.fail("mtu", "missing; expected such as mtu = 1400");
    result.mtu = static_cast<std::uint32_t>(*mtu);
    table.finish();
    return result;
}

std::string MtuBlackHole::to_toml() const {
    return fmt::format("{{ mtu = {} }}", mtu);
}

void MtuBlackHole::pass(std::vector<Parcel>& parcels, TimePoint, PathState& state) const {
    for (Parcel& parcel : parcels) {
        state.broken = state.broken || parcel.bytes > mtu - headers;
        if (state.broken) parcel.due = never;
    }
}

TimePoint MtuBlackHole::close(TimePoint at, PathState& state) const {
    return state.broken ? never : at;
}

}  // namespace twofifty::netem
