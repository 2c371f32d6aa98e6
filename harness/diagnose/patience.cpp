#include "harness/diagnose/patience.hpp"

#include <algorithm>

namespace twofifty::harness {
namespace {

constexpr double most = 0.99;
constexpr double all = 1 - 1e-9;

}  // namespace

void Patience::in_vain(Duration waited, std::optional<Duration> needed) {
    if (needed) {
        known_.push_back(*needed);
    } else {
        unknown_.push_back(waited);
    }
}

TimeoutAdvice Patience::advise() const {
    TimeoutAdvice advice{.in_vain = known_.size() + unknown_.size()};
    if (advice.in_vain == 0) return advice;
    std::vector<Wait> waits = waits_;
    std::vector<Duration> known = known_;
    std::vector<Duration> unknown = unknown_;
    // A wait that was given up at the very time of an answer lasted until then.
    std::sort(waits.begin(), waits.end(), [](const Wait& left, const Wait& right) {
        if (left.time != right.time) return left.time < right.time;
        return left.answered && !right.answered;
    });
    std::sort(known.begin(), known.end());
    std::sort(unknown.begin(), unknown.end());

    // Timers fire a little late on a real machine: that alone is no longer wait.
    advice.longer_waits_seen =
        !unknown.empty() && waits.back().time > unknown.front() + unknown.front() / 4;

    std::size_t known_passed = 0;
    std::size_t unknown_passed = 0;
    double unanswered = 1;   // The share of replies that take longer than the time reached.
    double inverse_sum = 0;  // Over those given up before: one over that share at their time.
    for (std::size_t i = 0; i < waits.size();) {
        const Duration time = waits[i].time;
        const auto at_risk = static_cast<double>(waits.size() - i);
        std::size_t answers = 0;
        for (; i < waits.size() && waits[i].time == time; ++i) answers += waits[i].answered;
        if (answers == 0) continue;
        while (unknown_passed < unknown.size() && unknown[unknown_passed] < time) {
            inverse_sum += 1 / unanswered;
            ++unknown_passed;
        }
        unanswered *= 1 - static_cast<double>(answers) / at_risk;
        while (known_passed < known.size() && known[known_passed] <= time) ++known_passed;
        const double prevented =
            static_cast<double>(known_passed + unknown_passed) - unanswered * inverse_sum;
        const double share = prevented / static_cast<double>(advice.in_vain);
        if (share <= advice.share_at_best) continue;
        advice.share_at_best = share;
        advice.at_best = time;
        if (!advice.for_most && share >= most) advice.for_most = time;
        if (!advice.for_all && share >= all) advice.for_all = time;
    }
    return advice;
}

}  // namespace twofifty::harness
