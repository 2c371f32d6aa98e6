#include "netem/effects/timeout.hpp"

#include "settings/units.hpp"

namespace twofifty::netem {
namespace {

constexpr Duration longest_time = std::chrono::hours{24};

}  // namespace

Timeout Timeout::read(settings::Section& effect) {
    Timeout result;
    result.time = effect.duration(name, Duration::zero(), longest_time).value_or(result.time);
    return result;
}

std::string Timeout::to_toml() const {
    return settings::toml_text(settings::format_duration(time));
}

void Timeout::begin(PathState& state) const {
    if (time > Duration::zero()) state.end = PathEnd{.at = state.since + time};
}

void Timeout::pass(std::vector<Parcel>& parcels, TimePoint, PathState&) const {
    for (Parcel& parcel : parcels) parcel.fate = Parcel::Fate::lost;
}

}  // namespace twofifty::netem
