#pragma once

#include "netem/sight.hpp"
#include "netem/verdict.hpp"
#include "settings/section.hpp"
#include "world/random.hpp"

#include <string>

namespace twofifty::netem {

/// duplicate = "reply": it comes twice, and a client reads the second one as the answer to its next
/// command. No network does that; a broken proxy or server may.
struct Duplicate {
    static constexpr std::string_view name = "duplicate";

    static Duplicate read(settings::Section& effect);
    std::string to_toml() const;
    Verdict decide(const Sight& sight, world::Random& random) const;

    bool operator==(const Duplicate&) const = default;
};

}  // namespace twofifty::netem
