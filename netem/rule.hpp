// A rule of the impairment layer: a selector (when), an effect (what happens), a budget (how
// often). Rules are data; deciding is pure; the proxy acts.
#pragma once

#include "netem/effects/effect.hpp"
#include "netem/selector.hpp"

#include <cstdint>
#include <string>

namespace twofifty::netem {

/// How often a rule may act, whatever it is about. Both depend on the order of arrival.
struct Budget {
    std::uint32_t at_most = 0;  ///< Firings of the run; 0: no limit.
    std::uint32_t at_once = 0;  ///< Firings whose effect lasts at a time; 0: no limit.

    bool operator==(const Budget&) const = default;
};

struct Rule {
    /// Unique in its scenario; decisions are keyed by it, so a rule added in front changes nothing
    /// for the others.
    std::string name{};
    Selector when{};
    Effect effect{};
    Budget budget{};
    /// Where it fires, the rules behind it are asked too, and see what it made of the reply.
    bool continues = false;

    bool operator==(const Rule&) const = default;
};

}  // namespace twofifty::netem
