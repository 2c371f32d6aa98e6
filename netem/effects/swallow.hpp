#pragma once

#include "netem/sight.hpp"
#include "netem/verdict.hpp"
#include "settings/section.hpp"
#include "world/random.hpp"

#include <string>

namespace twofifty::netem {

/// swallow = "reply": only this reply is removed; later ones pass, so a pipelining client reads the
/// next reply as this one. No network does that (TCP loses no bytes in the middle); a broken
/// middlebox may.
struct Swallow {
    static constexpr std::string_view name = "swallow";

    static Swallow read(settings::Section& effect);
    std::string to_toml() const;
    Verdict decide(const Sight& sight, world::Random& random) const;

    bool operator==(const Swallow&) const = default;
};

}  // namespace twofifty::netem
