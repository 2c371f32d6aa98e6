#include "netem/effects/outage.hpp"

#include "settings/units.hpp"

#include <fmt/format.h>

namespace twofifty::netem {
namespace {

constexpr Duration longest = std::chrono::hours{24 * 365};

TimePoint behind_outage(const Outage& outage, TimePoint at) {
    const Duration time = at.time_since_epoch();
    const bool within = outage.from <= time && time < outage.from + outage.length;
    return within ? twofifty::at(outage.from + outage.length) : at;
}

}  // namespace

Outage Outage::read(settings::Section& effect) {
    settings::Section table = effect.section(name);
    Outage result;
    const auto from = table.duration("from", Duration::zero(), longest);
    const auto length = table.duration("length", Duration{1}, longest);
    if (!from) table.fail("from", "missing; expected such as from = \"10s\"");
    if (!length) table.fail("length", "missing; expected such as length = \"30s\"");
    result.from = *from;
    result.length = *length;
    table.finish();
    return result;
}

std::string Outage::to_toml() const {
    return fmt::format("{{ from = \"{}\", length = \"{}\" }}", settings::format_duration(from),
                       settings::format_duration(length));
}

void Outage::pass(std::vector<Parcel>& parcels, TimePoint, PathState&) const {
    for (Parcel& parcel : parcels) parcel.due = behind_outage(*this, parcel.due);
}

TimePoint Outage::close(TimePoint at, PathState&) const {
    return behind_outage(*this, at);
}

}  // namespace twofifty::netem
