// Intervals and tests against published values, and where they end.
#include "harness/report/statistics.hpp"

#include <gtest/gtest.h>

namespace twofifty::harness {
namespace {

// R: prop.test(x, n, correct = FALSE)$conf.int.
TEST(ShareInterval, IsWilsonsScoreInterval) {
    EXPECT_NEAR(share_interval(1, 10).low, 0.0178762131, 1e-9);
    EXPECT_NEAR(share_interval(1, 10).high, 0.4041500268, 1e-9);
    EXPECT_NEAR(share_interval(50, 100).low, 0.4038315304, 1e-9);
    EXPECT_NEAR(share_interval(50, 100).high, 0.5961684696, 1e-9);
    // R. G. Newcombe, Statistics in Medicine 17 (1998), table I: 81/263 and 15/148.
    EXPECT_NEAR(share_interval(81, 263).low, 0.2553, 5e-5);
    EXPECT_NEAR(share_interval(81, 263).high, 0.3662, 5e-5);
    EXPECT_NEAR(share_interval(15, 148).low, 0.0624, 5e-5);
    EXPECT_NEAR(share_interval(15, 148).high, 0.1605, 5e-5);
}

// z squared / (n + z squared).
TEST(ShareInterval, OfNoneIsAboveNothing) {
    EXPECT_EQ(share_interval(0, 20).low, 0);
    EXPECT_NEAR(share_interval(0, 20).high, 0.1611, 5e-5);
}

TEST(ShareInterval, OfAllReachesToAll) {
    EXPECT_NEAR(share_interval(20, 20).low, 0.8389, 5e-5);
    EXPECT_EQ(share_interval(20, 20).high, 1);
}

TEST(ShareInterval, OfNothingSaysNothing) {
    EXPECT_EQ(share_interval(0, 0), (Interval{0, 1}));
}

// R. A. Fisher's tea: 3 of 4 and 1 of 4; p = 0.4857.
TEST(CompareShares, SmallCountsAreFishersExactTest) {
    const Significance found = compare_shares(3, 4, 1, 4);
    EXPECT_EQ(found.test, "Fisher's exact");
    EXPECT_NEAR(found.p, 34.0 / 70, 1e-9);
}

// The twins of Fisher (1935), 2 of 17 against 10 of 13: p = 0.0005367, two-sided.
TEST(CompareShares, FishersTestTakesBothSides) {
    EXPECT_NEAR(compare_shares(2, 17, 10, 13).p, 0.0005367, 5e-8);
    EXPECT_NEAR(compare_shares(0, 9, 9, 9).p, 2.0 / 48620, 1e-12);
}

// R: prop.test(c(15, 25), c(50, 50), correct = FALSE): X-squared = 4.1667, p = 0.04123.
TEST(CompareShares, LargeCountsAreATwoProportionTest) {
    const Significance found = compare_shares(15, 50, 25, 50);
    EXPECT_EQ(found.test, "two-proportion z");
    EXPECT_NEAR(found.p, 0.0412268, 1e-6);
}

TEST(CompareShares, EqualSharesAreNoDifference) {
    EXPECT_EQ(compare_shares(100, 1000, 100, 1000).p, 1);
    EXPECT_NEAR(compare_shares(0, 1000, 0, 1000).p, 1, 1e-9);
    EXPECT_NEAR(compare_shares(1000, 1000, 500, 500).p, 1, 1e-9);
}

TEST(CompareShares, OfNothingSaysNothing) {
    EXPECT_EQ(compare_shares(0, 0, 5, 10), Significance{});
}

TEST(CompareTimes, EqualSetsHaveNoDistance) {
    const TimeHistogram times{{Duration{10}, 50}, {Duration{20}, 50}};
    EXPECT_EQ(compare_times(times, times),
              (TimesDiffer{0, {.p = 1, .test = "Kolmogorov-Smirnov"}}));
}

TEST(CompareTimes, TheDistanceIsTheLargestOfTheCumulativeShares) {
    const TimeHistogram first{{Duration{10}, 50}, {Duration{20}, 50}};
    const TimeHistogram second{{Duration{10}, 20}, {Duration{20}, 60}, {Duration{30}, 20}};
    EXPECT_NEAR(compare_times(first, second).distance, 0.3, 1e-12);
    EXPECT_EQ(compare_times(first, second), compare_times(second, first));
}

// Q(1.36) is 0.049 (N. Smirnov's table, 1948): with n = m = 200 the root is 10, so that a distance
// of 0.13343 is at 1.36.
TEST(CompareTimes, TheChanceIsKolmogorovs) {
    const TimeHistogram first{{Duration{1}, 100'000'000}};
    const TimeHistogram second{{Duration{1}, 99'980'767}, {Duration{2}, 19'233}};
    EXPECT_NEAR(compare_times(first, second).significance.p, 0.0495, 5e-4);
}

TEST(CompareTimes, SetsThatDoNotMeetAreWhollyApart) {
    const TimesDiffer found = compare_times({{Duration{1}, 100}}, {{Duration{2}, 100}});
    EXPECT_EQ(found.distance, 1);
    EXPECT_LT(found.significance.p, 1e-12);
}

TEST(CompareTimes, OfNothingSaysNothing) {
    EXPECT_EQ(compare_times({}, {{Duration{1}, 1}}), TimesDiffer{});
}

}  // namespace
}  // namespace twofifty::harness
