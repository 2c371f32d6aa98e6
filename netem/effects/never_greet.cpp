#include "netem/effects/never_greet.hpp"

#include <array>

namespace twofifty::netem {

NeverGreet NeverGreet::read(settings::Section& effect) {
    static constexpr std::array<std::string_view, 1> what{"connection"};
    effect.choice(name, what);
    return {};
}

}  // namespace twofifty::netem
