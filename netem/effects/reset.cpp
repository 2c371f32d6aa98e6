#include "netem/effects/reset.hpp"

#include <array>

namespace twofifty::netem {

Reset Reset::read(settings::Section& effect) {
    static constexpr std::array<std::string_view, 1> what{"connection"};
    effect.choice(name, what);
    return {};
}

}  // namespace twofifty::netem
