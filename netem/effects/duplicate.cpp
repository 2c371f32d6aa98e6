#include "netem/effects/duplicate.hpp"

#include <array>

namespace twofifty::netem {

Duplicate Duplicate::read(settings::Section& effect) {
    static constexpr std::array<std::string_view, 1> what{"reply"};
    effect.choice(name, what);
    return {};
}

std::string Duplicate::to_toml() const {
    return "\"reply\"";
}

Verdict Duplicate::decide(const Sight& sight, world::Random&) const {
    return {.replacement = std::string(sight.bytes).append(sight.bytes)};
}

}  // namespace twofifty::netem
