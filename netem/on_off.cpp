#include "netem/on_off.hpp"

#include "world/random.hpp"

#include <algorithm>
#include <cmath>

namespace twofifty::netem {
namespace {

/// 146 years of nanoseconds: no run lasts so long.
constexpr std::uint64_t horizon = 1ULL << 62;

}  // namespace

OnOffProcess::OnOffProcess(const OnOff& means, std::uint64_t key) : key_(key) {
    const double good = static_cast<double>(means.good.count());
    const double bad = static_cast<double>(means.bad.count());
    if (bad > 0) share_ = bad / (good + bad);
    if (good > 0 && bad > 0) rate_ = 1 / good + 1 / bad;
}

/// The state at both ends of an interval is known; the one in the middle is drawn for what they
/// are, and the half that holds `at` is the next interval, down to the nanosecond. Each draw is
/// keyed by its interval, so nothing need be remembered, and the law is that of a course drawn
/// spell by spell, since the process forgets all but its state.
bool OnOffProcess::bad_at(TimePoint at) const {
    if (rate_ == 0) return share_ > 0;
    const std::uint64_t time =
        std::min(static_cast<std::uint64_t>(at.time_since_epoch().count()), horizon - 1);
    std::uint64_t begin = 0;
    std::uint64_t length = horizon;
    bool before = draw(0, 0, share_);
    bool after = draw(0, length, chance_of_bad(before, static_cast<double>(length)));
    while (time != begin) {
        length /= 2;
        const bool middle =
            draw(begin, length, chance_between(before, after, static_cast<double>(length)));
        if (time < begin + length) {
            after = middle;
        } else {
            before = middle;
            begin += length;
        }
    }
    return before;
}

/// By the forward equations of a Markov chain with two states: certainty decays to the share.
double OnOffProcess::chance_of_bad(bool now, double later) const {
    const double forgotten = -std::expm1(-later * rate_);
    return now ? 1 - (1 - share_) * forgotten : share_ * forgotten;
}

/// In the middle of two known states, each `half` away (Bayes).
double OnOffProcess::chance_between(bool before, bool after, double half) const {
    const double bad_then = chance_of_bad(before, half);
    // To be good is computed by itself: near certainty, 1 minus it would be rounding.
    const double forgotten = -std::expm1(-half * rate_);
    const double good_then = before ? (1 - share_) * forgotten : 1 - share_ * forgotten;
    const double good_to_bad = share_ * forgotten;
    const double bad_to_good = (1 - share_) * forgotten;
    const double bad = bad_then * (after ? 1 - bad_to_good : bad_to_good);
    const double good = good_then * (after ? good_to_bad : 1 - good_to_bad);
    return bad / (bad + good);
}

bool OnOffProcess::draw(std::uint64_t begin, std::uint64_t length, double chance) const {
    world::Random random(world::fold(world::fold(key_, begin), length));
    return random.uniform() < chance;
}

}  // namespace twofifty::netem
