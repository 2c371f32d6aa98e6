#include "harness/fleet/retry_plan.hpp"

#include <algorithm>
#include <cmath>

namespace twofifty::harness {
namespace {

using std::chrono::seconds;

/// No wait is longer, so that no sum leaves the range of a time.
constexpr Duration longest_wait = std::chrono::hours{24 * 365};

Duration bounded(double nanoseconds) {
    const auto most = static_cast<double>(longest_wait.count());
    return Duration{std::llround(std::clamp(nanoseconds, 0.0, most))};
}

/// floor(sqrt(n)), exactly.
std::int64_t integer_root(std::int64_t n) {
    auto root = static_cast<std::int64_t>(std::sqrt(static_cast<double>(n)));
    while (root * root > n) --root;
    while ((root + 1) * (root + 1) <= n) ++root;
    return root;
}

/// When the next attempt is due by the rule alone; it may have passed.
class Due {
public:
    explicit Due(const RetryStanding& standing) : at_(standing) {}

    TimePoint operator()(const ListedWaits& rule) const {
        const std::size_t last = rule.waits.size() - 1;
        return at_.failed + rule.waits[std::min<std::size_t>(at_.failures - 1, last)];
    }

    TimePoint operator()(const ClampedAge& rule) const {
        return at_.failed + std::clamp(at_.failed - at_.submitted, rule.least, rule.most);
    }

    /// Within a G step each wait is the last one times the factor, and the interval where the last
    /// one was shorter than that (Exim, retry.c).
    TimePoint operator()(const SteppedWaits& rule) const {
        const Duration failing = at_.failed - at_.first_failure;
        auto step = rule.steps.begin();
        while (step + 1 != rule.steps.end() && failing > step->until) ++step;
        if (step->factor <= 1) return at_.failed + step->interval;
        if (at_.last_wait < step->interval) return at_.failed + step->interval;
        const Duration wait = bounded(static_cast<double>(at_.last_wait.count()) * step->factor);
        // It reckons in whole seconds.
        return at_.failed + (wait > seconds{1} ? std::chrono::floor<seconds>(wait) : wait);
    }

    /// Times that have passed are left out.
    TimePoint operator()(const QuadraticTimes& rule) const {
        const auto age = static_cast<double>((at_.failed - at_.submitted).count());
        const auto unit = static_cast<double>(rule.unit.count());
        double n = at_.failures;
        while (unit * n * n <= age) ++n;
        return at_.submitted + bounded(unit * n * n);
    }

    TimePoint operator()(const SquareOfRoot& rule) const {
        const Duration age = at_.attempt_started - at_.submitted;
        const std::int64_t root =
            integer_root(std::chrono::duration_cast<seconds>(age).count()) + rule.add;
        return at_.submitted + seconds{root * root};
    }

    TimePoint operator()(const GrowingWaits& rule) const {
        const double wait = static_cast<double>(rule.first.count()) *
                            std::pow(rule.factor, static_cast<double>(at_.failures - 1));
        return at_.failed + std::min(bounded(wait), rule.most.value_or(longest_wait));
    }

    /// At once: the queue's runs decide.
    TimePoint operator()(const EveryRun&) const { return at_.failed + Duration{1}; }

private:
    const RetryStanding& at_;
};

TimePoint next_run(TimePoint due, Duration interval, Duration offset) {
    const Duration since = due.time_since_epoch() - offset;
    const std::int64_t runs = (since.count() + interval.count() - 1) / interval.count();
    return TimePoint{offset + std::max<std::int64_t>(runs, 0) * interval};
}

}  // namespace

RetryPlan plan_retry(const Retry& retry, const RetryStanding& standing) {
    if (standing.failures >= retry.most_failures) return {.why = "failures"};
    const TimePoint due = std::max(std::visit(Due(standing), retry.rule), standing.failed);
    RetryPlan plan{.wait = due - standing.failed};
    const double share = 1 + retry.jitter * (2 * standing.draw - 1);
    TimePoint next = standing.failed + bounded(static_cast<double>(plan.wait.count()) * share);
    if (retry.queue_run) next = next_run(next, *retry.queue_run, standing.run_offset);

    const bool from_failure = retry.lifetime_from == LifetimeFrom::first_failure;
    const TimePoint end =
        (from_failure ? standing.first_failure : standing.submitted) + retry.lifetime;
    const bool over = [&] {
        switch (retry.gives_up) {
            case GivesUp::before_late_attempt: return next > end;
            case GivesUp::at_late_failure: return standing.failed >= end;
            case GivesUp::after_late_attempt: return standing.attempt_started > end;
        }
        return true;
    }();
    if (over) {
        plan.why = "lifetime";
    } else {
        plan.next = next;
    }
    return plan;
}

Duration rest_of_host(const Backoff& backoff, std::uint32_t failures) {
    const auto n = static_cast<double>(failures);
    const auto first = static_cast<double>(backoff.first.count());
    switch (backoff.growth) {
        case Growth::fixed: return std::min(backoff.first, backoff.most);
        case Growth::doubling: return std::min(bounded(first * std::pow(2, n - 1)), backoff.most);
        case Growth::quadratic: return std::min(bounded(first * n * n), backoff.most);
    }
    return backoff.most;
}

}  // namespace twofifty::harness
