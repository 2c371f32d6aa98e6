#pragma once

#include "netem/sight.hpp"
#include "netem/verdict.hpp"
#include "settings/section.hpp"
#include "world/distribution.hpp"

#include <string>

namespace twofifty::netem {

/// delay = "300ms" or { distribution = "lognormal", median = "300ms", sigma = 1.2, max = "60s",
/// correlation = 0.8 }: the reply, and all behind it, reaches the client later. With a correlation
/// the delays of successive messages are alike, as those of a path that is slow for a while.
struct Delay {
    static constexpr std::string_view name = "delay";
    world::Distribution time;
    double correlation = 0;  ///< Of neighbours in Sight's series, before the quantile function.

    static Delay read(settings::Section& effect);
    std::string to_toml() const;
    Verdict decide(const Sight& sight, world::Random& random) const;

    bool operator==(const Delay&) const = default;
};

}  // namespace twofifty::netem
