#include "netem/effects/delay.hpp"

#include "netem/distribution_settings.hpp"

namespace twofifty::netem {
namespace {

/// Thirty days: longer than any sender's lifetime.
constexpr double longest_delay = 30.0 * 24 * 3600 * 1e9;

}  // namespace

Delay Delay::read(settings::Section& effect) {
    return {read_distribution(effect, name, Quantity::time, {.most = longest_delay})};
}

std::string Delay::to_toml() const {
    return netem::to_toml(time, Quantity::time);
}

Verdict Delay::decide(const Sight&, world::Random& random) const {
    return {.passing = Verdict::Passing::after_delay, .delay = time.draw_duration(random)};
}

}  // namespace twofifty::netem
