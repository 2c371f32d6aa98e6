#include "netem/effects/reset_peer.hpp"

#include "settings/units.hpp"

namespace twofifty::netem {
namespace {

constexpr Duration longest_time = std::chrono::hours{24};

}  // namespace

ResetPeer ResetPeer::read(settings::Section& effect) {
    ResetPeer result;
    result.time = effect.duration(name, Duration::zero(), longest_time).value_or(result.time);
    return result;
}

std::string ResetPeer::to_toml() const {
    return settings::toml_text(settings::format_duration(time));
}

void ResetPeer::pass(std::vector<Parcel>& parcels, TimePoint, PathState& state) const {
    for (Parcel& parcel : parcels) parcel.fate = Parcel::Fate::lost;
    if (state.broken) return;
    state.broken = true;
    const TimePoint due = parcels.front().due + time;
    parcels.push_back({.due = due, .fate = Parcel::Fate::rst});
}

TimePoint ResetPeer::close(TimePoint at, PathState& state) const {
    if (!state.broken) state.end = PathEnd{.at = at + time, .how = Verdict::How::rst};
    state.broken = true;
    return never;
}

}  // namespace twofifty::netem
