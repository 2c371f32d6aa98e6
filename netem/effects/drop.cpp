#include "netem/effects/drop.hpp"

#include <array>

namespace twofifty::netem {

Drop Drop::read(settings::Section& effect) {
    static constexpr std::array<std::string_view, 1> what{"reply"};
    effect.choice(name, what);
    return {};
}

std::string Drop::to_toml() const {
    return "\"reply\"";
}

Verdict Drop::decide(const Sight&, world::Random&) const {
    return {.passing = Verdict::Passing::withhold};
}

}  // namespace twofifty::netem
