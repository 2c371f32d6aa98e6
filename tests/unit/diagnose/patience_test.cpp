#include "harness/diagnose/patience.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace twofifty::harness {

using namespace std::chrono_literals;

/// What a failed comparison shows.
void PrintTo(const TimeoutAdvice& advice, std::ostream* out) {
    *out << advice.in_vain << " in vain, 99 % " << advice.for_most.value_or(-1ns).count()
         << ", all " << advice.for_all.value_or(-1ns).count() << ", best "
         << advice.at_best.value_or(-1ns).count() << " " << advice.share_at_best;
}

namespace {

TEST(Patience, WithoutDuplicatesThereIsNothingToAdvise) {
    Patience patience;
    patience.answered(10s);
    EXPECT_EQ(patience.advise(), TimeoutAdvice{});
}

// The servers' own times are known: the 99th of a hundred, and the last.
TEST(Patience, KnownRepliesGiveTheTimeoutExactly) {
    Patience patience;
    for (int i = 1; i <= 100; ++i) {
        patience.answered(i * 10s);
        patience.in_vain(5s, i * 10s);
    }
    EXPECT_EQ(patience.advise(), (TimeoutAdvice{.in_vain = 100,
                                                .for_most = 990s,
                                                .for_all = 1000s,
                                                .share_at_best = 1,
                                                .at_best = 1000s}));
}

// Two gave up after 30 s. Of the two that waited longer one heard after 100 s, and one after 200 s.
TEST(Patience, PatientSendersShowWhatTheImpatientMissed) {
    Patience patience;
    for (int i = 0; i < 2; ++i) {
        patience.unanswered(30s);
        patience.in_vain(30s, std::nullopt);
    }
    patience.answered(1s);
    patience.answered(100s);
    patience.answered(200s);
    EXPECT_EQ(patience.advise(), (TimeoutAdvice{.in_vain = 2,
                                                .for_most = 200s,
                                                .for_all = 200s,
                                                .longer_waits_seen = true,
                                                .share_at_best = 1,
                                                .at_best = 200s}));
}

// Of four that waited beyond 30 s, one heard after 60 s, the others not in an hour.
TEST(Patience, RepliesThatNeverCameAreSaidToNeverCome) {
    Patience patience;
    patience.unanswered(30s);
    patience.in_vain(30s, std::nullopt);
    patience.answered(60s);
    for (int i = 0; i < 3; ++i) patience.unanswered(1h);
    EXPECT_EQ(patience.advise(),
              (TimeoutAdvice{
                  .in_vain = 1, .longer_waits_seen = true, .share_at_best = 0.25, .at_best = 60s}));
}

TEST(Patience, NoWaitWasEverRewarded) {
    Patience patience;
    patience.answered(1s);
    patience.unanswered(30s);
    patience.in_vain(30s, std::nullopt);
    EXPECT_EQ(patience.advise(), TimeoutAdvice{.in_vain = 1});
}

// On a real machine a timer of one second fires after 1.001 s, and after 1.003 s.
TEST(Patience, TimersThatFireALittleLateAreNoLongerWaits) {
    Patience patience;
    for (const Duration waited : {1001ms, 1003ms}) {
        patience.unanswered(waited);
        patience.in_vain(waited, std::nullopt);
    }
    EXPECT_EQ(patience.advise(), TimeoutAdvice{.in_vain = 2});
}

// The impatient heard nothing, and neither did the patient.
TEST(Patience, LongerWaitsInVainAreSeen) {
    Patience patience;
    patience.unanswered(30s);
    patience.unanswered(10min);
    patience.in_vain(30s, std::nullopt);
    EXPECT_EQ(patience.advise(), (TimeoutAdvice{.in_vain = 1, .longer_waits_seen = true}));
}

}  // namespace
}  // namespace twofifty::harness
