#include "netem/effects/refuse.hpp"

#include <array>

namespace twofifty::netem {

Refuse Refuse::read(settings::Section& effect) {
    static constexpr std::array<std::string_view, 1> what{"connection"};
    effect.choice(name, what);
    return {};
}

}  // namespace twofifty::netem
