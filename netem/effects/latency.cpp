#include "netem/effects/latency.hpp"

#include "netem/distribution_settings.hpp"

namespace twofifty::netem {
namespace {

/// One hour, in nanoseconds: no path is longer.
constexpr double longest_latency = 3600.0 * 1e9;

}  // namespace

Latency Latency::read(settings::Section& effect) {
    Latency result;
    result.time = read_distribution(effect, name, Quantity::time, {.most = longest_latency});
    return result;
}

std::string Latency::to_toml() const {
    return netem::to_toml(time, Quantity::time);
}

void Latency::pass(std::vector<Parcel>& parcels, TimePoint, PathState& state) const {
    const Duration later = time.draw_duration(state.random);
    for (Parcel& parcel : parcels) parcel.due += later;
}

}  // namespace twofifty::netem
