#include "netem/effects/swallow.hpp"

#include <array>

namespace twofifty::netem {

Swallow Swallow::read(settings::Section& effect) {
    static constexpr std::array<std::string_view, 1> what{"reply"};
    effect.choice(name, what);
    return {};
}

std::string Swallow::to_toml() const {
    return "\"reply\"";
}

Verdict Swallow::decide(const Sight&, world::Random&) const {
    return {.passing = Verdict::Passing::remove};
}

}  // namespace twofifty::netem
