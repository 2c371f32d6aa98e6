#pragma once

#include "netem/sight.hpp"
#include "netem/verdict.hpp"
#include "settings/section.hpp"
#include "world/random.hpp"

#include <string>

namespace twofifty::netem {

/// truncate = 10: only the first bytes of the reply come, the rest is removed; later replies pass,
/// so that a client reads the next one as the end of this line.
struct Truncate {
    static constexpr std::string_view name = "truncate";
    std::uint32_t bytes = 0;  ///< That come; at least one.

    static Truncate read(settings::Section& effect);
    std::string to_toml() const;
    Verdict decide(const Sight& sight, world::Random& random) const;

    bool operator==(const Truncate&) const = default;
};

}  // namespace twofifty::netem
