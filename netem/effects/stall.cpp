#include "netem/effects/stall.hpp"

#include "settings/units.hpp"

#include <fmt/format.h>

namespace twofifty::netem {
namespace {

constexpr Duration longest_period = std::chrono::hours{24 * 30};

/// The end of the stall that `at` lies in, or `at`.
TimePoint behind_stall(const Stall& stall, TimePoint at) {
    Duration into = (at.time_since_epoch() - stall.phase) % stall.period;
    if (into < Duration::zero()) into += stall.period;
    return into < stall.length ? at + (stall.length - into) : at;
}

}  // namespace

Stall Stall::read(settings::Section& effect) {
    settings::Section table = effect.section(name);
    Stall result;
    const auto period = table.duration("period", Duration{1}, longest_period);
    const auto length = table.duration("length", Duration{1}, longest_period);
    if (!period) table.fail("period", "missing; expected such as period = \"60s\"");
    if (!length) table.fail("length", "missing; expected such as length = \"5s\"");
    result.period = *period;
    result.length = *length;
    result.phase = table.duration("phase", Duration::zero(), longest_period).value_or(result.phase);
    if (result.length >= result.period)
        table.fail("length",
                   "is not below period: nothing would ever pass; expected a shorter "
                   "one, or effect = { outage = ... }");
    if (result.phase >= result.period)
        table.fail("phase", "is not below period; expected where in the period the stall begins");
    table.finish();
    return result;
}

std::string Stall::to_toml() const {
    return fmt::format("{{ period = \"{}\", length = \"{}\", phase = \"{}\" }}",
                       settings::format_duration(period), settings::format_duration(length),
                       settings::format_duration(phase));
}

void Stall::pass(std::vector<Parcel>& parcels, TimePoint, PathState&) const {
    for (Parcel& parcel : parcels) parcel.due = behind_stall(*this, parcel.due);
}

TimePoint Stall::close(TimePoint at, PathState&) const {
    return behind_stall(*this, at);
}

}  // namespace twofifty::netem
