#include "netem/effects/jitter.hpp"

#include "netem/distribution_settings.hpp"

namespace twofifty::netem {
namespace {

/// One hour, in nanoseconds: no path is longer.
constexpr double longest_jitter = 3600.0 * 1e9;

}  // namespace

Jitter Jitter::read(settings::Section& effect) {
    Jitter result;
    result.time = read_distribution(effect, name, Quantity::time, {.most = longest_jitter});
    // A fixed time would be a latency; what people mean is the range.
    if (result.time.shape == world::Shape::fixed)
        result.time = {.shape = world::Shape::uniform, .a = 0, .b = result.time.a};
    return result;
}

std::string Jitter::to_toml() const {
    return netem::to_toml(time, Quantity::time);
}

void Jitter::pass(std::vector<Parcel>& parcels, TimePoint, PathState& state) const {
    const Duration later = time.draw_duration(state.random);
    for (Parcel& parcel : parcels) parcel.due += later;
}

}  // namespace twofifty::netem
