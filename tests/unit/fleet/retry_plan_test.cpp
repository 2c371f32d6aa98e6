// The retry rules by themselves: when the next attempt is due, and when there is none.
#include "harness/fleet/retry_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace twofifty::harness {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

struct Sent {
    std::vector<Duration> attempts;
    Duration gave_up{};
    std::string_view why;
};

/// Every attempt fails after `attempt_lasts`, until the sender gives up or has tried `most` times.
Sent try_until_given_up(const Retry& retry, Duration attempt_lasts, std::size_t most = 1000) {
    Sent sent;
    RetryStanding standing;
    TimePoint start{};
    while (true) {
        sent.attempts.push_back(start.time_since_epoch());
        standing.attempt_started = start;
        standing.failed = start + attempt_lasts;
        if (sent.attempts.size() == 1) standing.first_failure = standing.failed;
        const RetryPlan plan = plan_retry(retry, standing);
        sent.gave_up = standing.failed.time_since_epoch();
        sent.why = plan.why;
        if (!plan.next || sent.attempts.size() == most) return sent;
        standing.last_wait = plan.wait;
        ++standing.failures;
        start = *plan.next;
    }
}

std::vector<Duration> first_six(const RetryRule& rule, Duration attempt_lasts) {
    return try_until_given_up({.rule = rule, .lifetime = 8760h}, attempt_lasts, 6).attempts;
}

TEST(RetryRule, AListRepeatsItsLastWait) {
    EXPECT_THAT(first_six(ListedWaits{{1s, 2s, 4s}}, 0s), ElementsAre(0s, 1s, 3s, 7s, 11s, 15s));
}

// facts from Postfix's manual: the wait is the age, from 300 to 4000 s.
TEST(RetryRule, TheClampedAgeDoublesAndThenStays) {
    EXPECT_THAT(first_six(ClampedAge{300s, 4000s}, 600s),
                ElementsAre(0s, 1200s, 3600s, 8200s, 12800s, 17400s));
    EXPECT_THAT(first_six(ClampedAge{300s, 4000s}, 0s),
                ElementsAre(0s, 300s, 600s, 1200s, 2400s, 4800s));
}

TEST(RetryRule, StepsFollowTheTimeSinceTheFirstFailure) {
    const SteppedWaits exim{{{.until = 2h, .interval = 15min},
                             {.until = 16h, .interval = 1h, .factor = 1.5},
                             {.until = 96h, .interval = 6h}}};
    const Sent sent = try_until_given_up({.rule = exim, .lifetime = 8760h}, 0s, 16);
    EXPECT_EQ(std::vector(sent.attempts.begin() + 8, sent.attempts.end()),
              (std::vector<Duration>{120min, 135min, 195min, 285min, 420min, 10h + 22min + 30s,
                                     15h + 26min + 15s, 23h + 1min + 52s}));
}

TEST(RetryRule, QuadraticTimesCountFromSubmission) {
    EXPECT_THAT(first_six(QuadraticTimes{400s}, 300s),
                ElementsAre(0s, 400s, 1600s, 3600s, 6400s, 10000s));
}

TEST(RetryRule, QuadraticTimesThatHavePassedAreLeftOut) {
    EXPECT_THAT(first_six(QuadraticTimes{400s}, 2000s),
                ElementsAre(0s, 3600s, 6400s, 10000s, 14400s, 19600s));
}

// qmail fixes the next time when an attempt starts; one that lasts longer is followed at once.
TEST(RetryRule, TheSquareOfTheRootIsFixedWhenTheAttemptStarts) {
    EXPECT_THAT(first_six(SquareOfRoot{20}, 1200s),
                ElementsAre(0s, 1200s, 2916s, 5476s, 8836s, 12996s));
    EXPECT_THAT(first_six(SquareOfRoot{20}, 0s),
                ElementsAre(0s, 400s, 1600s, 3600s, 6400s, 10000s));
}

TEST(RetryRule, AGrowingWaitStopsAtItsMost) {
    EXPECT_THAT(first_six(GrowingWaits{.first = 64s}, 0s),
                ElementsAre(0s, 64s, 192s, 448s, 960s, 1984s));
    EXPECT_THAT(first_six(GrowingWaits{.first = 1min, .factor = 3, .most = 5min}, 0s),
                ElementsAre(0s, 1min, 4min, 9min, 14min, 19min));
}

TEST(Retry, AQueueRunRoundsUpToItsOwnTimes) {
    const Retry retry{.rule = ListedWaits{{100s}}, .queue_run = 5min, .lifetime = 1h};
    RetryStanding standing{.failed = at(250s)};
    EXPECT_EQ(plan_retry(retry, standing).next, at(600s));
    standing.failed = at(200s);
    EXPECT_EQ(plan_retry(retry, standing).next, at(300s));
    standing.run_offset = 20s;
    EXPECT_EQ(plan_retry(retry, standing).next, at(320s));
}

TEST(Retry, EveryRunIsTheNextOneNeverThisOne) {
    const Retry retry{.rule = EveryRun{}, .queue_run = 30min};
    EXPECT_EQ(plan_retry(retry, {.failed = at(30min)}).next, at(60min));
    EXPECT_EQ(plan_retry(retry, {.failed = at(31min)}).next, at(60min));
}

TEST(Retry, JitterScalesTheWaitByItsDraw) {
    const Retry retry{.rule = ListedWaits{{100s}}, .jitter = 0.2};
    EXPECT_EQ(plan_retry(retry, {.draw = 0}).next, at(80s));
    EXPECT_EQ(plan_retry(retry, {.draw = 0.5}).next, at(100s));
    EXPECT_EQ(plan_retry(retry, {.draw = 0.75}).next, at(110s));
}

TEST(Retry, EndsWhenTheNextAttemptWouldStartBeyondTheLifetime) {
    const Retry retry{.rule = ListedWaits{{10s}}, .lifetime = 30s};
    const Sent sent = try_until_given_up(retry, 0s);
    EXPECT_THAT(sent.attempts, ElementsAre(0s, 10s, 20s, 30s));
    EXPECT_EQ(std::pair(sent.gave_up, sent.why),
              std::pair(Duration{30s}, std::string_view{"lifetime"}));
}

TEST(Retry, ALifetimeMayCountFromTheFirstFailure) {
    const Retry retry{
        .rule = ListedWaits{{10s}}, .lifetime = 30s, .lifetime_from = LifetimeFrom::first_failure};
    EXPECT_THAT(try_until_given_up(retry, 5s).attempts, ElementsAre(0s, 15s, 30s));
    EXPECT_THAT(try_until_given_up({.rule = ListedWaits{{10s}}, .lifetime = 30s}, 5s).attempts,
                ElementsAre(0s, 15s, 30s));
    const Retry longer{
        .rule = ListedWaits{{10s}}, .lifetime = 40s, .lifetime_from = LifetimeFrom::first_failure};
    EXPECT_THAT(try_until_given_up(longer, 5s).attempts, ElementsAre(0s, 15s, 30s, 45s));
}

TEST(Retry, EndsAfterSoManyFailures) {
    const Retry retry{.rule = ListedWaits{{10s}}, .most_failures = 3};
    const Sent sent = try_until_given_up(retry, 0s);
    EXPECT_THAT(sent.attempts, ElementsAre(0s, 10s, 20s));
    EXPECT_EQ(sent.why, "failures");
}

TEST(Retry, MayEndWhenAnAttemptFailsBeyondTheLifetime) {
    const Retry retry{
        .rule = ListedWaits{{20s}}, .lifetime = 30s, .gives_up = GivesUp::at_late_failure};
    EXPECT_THAT(try_until_given_up(retry, 0s).attempts, ElementsAre(0s, 20s, 40s));
    EXPECT_THAT(try_until_given_up(retry, 10s).attempts, ElementsAre(0s, 30s));
    EXPECT_THAT(try_until_given_up(retry, 30s).attempts, ElementsAre(0s));
}

TEST(Retry, MayEndAfterAnAttemptThatBeganBeyondTheLifetime) {
    const Retry retry{
        .rule = ListedWaits{{20s}}, .lifetime = 30s, .gives_up = GivesUp::after_late_attempt};
    EXPECT_THAT(try_until_given_up(retry, 0s).attempts, ElementsAre(0s, 20s, 40s));
    EXPECT_THAT(try_until_given_up(retry, 10s).attempts, ElementsAre(0s, 30s, 60s));
}

TEST(Backoff, GrowsAsItIsToldAndNoFurther) {
    const auto rests = [](Growth growth) {
        std::vector<Duration> result;
        for (std::uint32_t failures = 1; failures <= 4; ++failures)
            result.push_back(
                rest_of_host({.first = 15s, .growth = growth, .most = 2min}, failures));
        return result;
    };
    EXPECT_THAT(rests(Growth::fixed), ElementsAre(15s, 15s, 15s, 15s));
    EXPECT_THAT(rests(Growth::doubling), ElementsAre(15s, 30s, 60s, 120s));
    EXPECT_THAT(rests(Growth::quadratic), ElementsAre(15s, 60s, 120s, 120s));
}

}  // namespace
}  // namespace twofifty::harness
