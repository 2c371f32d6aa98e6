#include "netem/effects/slow_close.hpp"

#include "settings/units.hpp"

namespace twofifty::netem {
namespace {

constexpr Duration longest_delay = std::chrono::hours{24};

}  // namespace

SlowClose SlowClose::read(settings::Section& effect) {
    SlowClose result;
    result.delay = effect.duration(name, Duration::zero(), longest_delay).value_or(result.delay);
    return result;
}

std::string SlowClose::to_toml() const {
    return settings::toml_text(settings::format_duration(delay));
}

TimePoint SlowClose::close(TimePoint at, PathState&) const {
    return at + delay;
}

}  // namespace twofifty::netem
