#include "netem/effects/accept_late.hpp"

#include "netem/distribution_settings.hpp"

namespace twofifty::netem {
namespace {

/// One day, in nanoseconds.
constexpr double longest_wait = 24 * 3600.0 * 1e9;

}  // namespace

AcceptLate AcceptLate::read(settings::Section& effect) {
    AcceptLate result;
    result.time = read_distribution(effect, name, Quantity::time, {.most = longest_wait});
    return result;
}

std::string AcceptLate::to_toml() const {
    return netem::to_toml(time, Quantity::time);
}

Admission AcceptLate::admit(world::Random& random) const {
    return {.way = Admission::Way::serve, .wait = time.draw_duration(random)};
}

}  // namespace twofifty::netem
