// Known values: a compiler or a library that changed one of these would change every run. The
// generator's are checked against the published algorithm, written out here a second time.
#include "world/random.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <set>

namespace twofifty::world {
namespace {

constexpr std::uint64_t seed = 20260101;

TEST(Random, GivesThePublishedSequenceOfSplitMix64) {
    // The first outputs for the state 1234567, as the reference implementation prints them.
    Random random(1234567);
    const std::array<std::uint64_t, 5> drawn{random(), random(), random(), random(), random()};
    EXPECT_EQ(drawn, (std::array<std::uint64_t, 5>{6457827717110365317U, 3203168211198807973U,
                                                   9817491932198370423U, 4593380528125082431U,
                                                   16408922859458223821U}));
}

TEST(Random, KeysKeepTheirValues) {
    EXPECT_EQ(fold(std::uint64_t{1}, std::uint64_t{2}), 3639444313821572195U);
    EXPECT_EQ(fold(std::uint64_t{1}, "arrivals"), 12270685185560779222U);
    EXPECT_EQ(Random(seed, "network")(), 7360595265122534717U);
    EXPECT_EQ(Random(seed).uniform(), 0x1.e559a41d81f5ap-1);
    EXPECT_EQ(Random(seed).below(1000), 947U);
}

TEST(Random, TheSameKeyGivesTheSameValues) {
    Random first(seed, "a");
    Random second(seed, "a");
    for (int i = 0; i < 1000; ++i) ASSERT_EQ(first(), second()) << "draw " << i;
}

TEST(Random, AnotherSeedConsumerOrOrderGivesOtherValues) {
    const std::set<std::uint64_t> values{Random(seed, "a")(),
                                         Random(seed, "b")(),
                                         Random(seed + 1, "a")(),
                                         Random(fold(fold(seed, "a"), "b"))(),
                                         Random(fold(fold(seed, "b"), "a"))(),
                                         Random(fold(seed, "ab"))()};
    EXPECT_EQ(values.size(), 6U);
}

TEST(Random, UniformStaysInItsRangeAndFillsIt) {
    Random random(seed);
    std::array<int, 16> count{};
    constexpr int draws = 160'000;
    for (int i = 0; i < draws; ++i) {
        const double value = random.uniform();
        ASSERT_GE(value, 0.0);
        ASSERT_LT(value, 1.0);
        ++count[static_cast<std::size_t>(value * 16)];
    }
    // Each of 16 cells is binomial; six standard deviations are passed once in 3e7 tests of all.
    const double expected = draws / 16.0;
    const double bound = 6 * std::sqrt(expected * 15.0 / 16.0);
    for (const int n : count) EXPECT_NEAR(n, expected, bound) << "seed " << seed;
}

TEST(Random, BelowReachesEveryValueAndNoOther) {
    Random random(seed);
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 1000; ++i) seen.insert(random.below(7));
    EXPECT_EQ(seen, (std::set<std::uint64_t>{0, 1, 2, 3, 4, 5, 6}));
    EXPECT_EQ(random.below(1), 0U);
}

}  // namespace
}  // namespace twofifty::world
