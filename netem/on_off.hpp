#pragma once

#include "netem/selector.hpp"
#include "record/time.hpp"

#include <cstdint>

namespace twofifty::netem {

/// The course of an OnOff in time: Gilbert and Elliott's process, as a function of its key and the
/// time alone. Whoever asks, in whatever order and however far ahead, sees the same spells; at any
/// time, the first one included, it is bad with the share of its mean.
class OnOffProcess {
public:
    OnOffProcess(const OnOff& means, std::uint64_t key);

    /// Whether it is bad at `at`, from the run's beginning on.
    bool bad_at(TimePoint at) const;

    /// The share of time in which it is bad.
    double bad_share() const { return share_; }

private:
    double chance_of_bad(bool now, double later) const;
    double chance_between(bool before, bool after, double half) const;
    bool draw(std::uint64_t begin, std::uint64_t length, double chance) const;

    std::uint64_t key_;
    double share_ = 0;
    double rate_ = 0;  ///< At which the past is forgotten, for each nanosecond.
};

}  // namespace twofifty::netem
