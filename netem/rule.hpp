// A rule of the impairment layer: a selector (which reply), an effect (what happens to it), a
// budget (how often). Rules are data; deciding is pure; the proxy acts.
#pragma once

#include "netem/effects/effect.hpp"
#include "record/phase.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace twofifty::netem {

/// Which replies a rule is about. An absent condition holds for all.
struct Selector {
    /// The phase whose reply is meant. data_xfer means the content itself: the effect acts where
    /// the final dot is about to be given to the server.
    Phase phase = Phase::none;
    /// 2, 3, 4, 5 for a class ("2xx"), a three-digit code ("250"), 0 for any.
    int reply = 0;
    /// The chance that the effect acts on a reply that fits; 0..1.
    double probability = 1.0;
    /// Act on no more than the first n that fit; 0: no limit. Counted per message, or over the run.
    std::uint32_t first = 0;
    /// Act on the n-th that fits only; 0: no such condition.
    std::uint32_t nth = 0;
    /// Act on every n-th that fits (n, 2n, ...); 0: no such condition.
    std::uint32_t every_nth = 0;
    /// Act on this attempt only (1 is the first), as the layer counts; 0: on any.
    std::uint32_t attempt = 0;
    /// Shell patterns (* and ?) over the whole address, without regard to case; empty: any.
    std::string recipient{};
    std::string sender{};
    /// What first, nth and every_nth count: the replies of one message (default), or of the whole
    /// run, which depends on the order of arrival.
    bool counts_over_run = false;

    bool operator==(const Selector&) const = default;
};

struct Rule {
    /// Unique in its scenario; decisions are keyed by it, so a rule added in front changes nothing
    /// for the others.
    std::string name{};
    Selector when{};
    Effect effect{};

    bool operator==(const Rule&) const = default;
};

}  // namespace twofifty::netem
