// Which transmissions are lost. Counts are held to bounds beyond which chance leads once in 1e9
// runs with another seed; with this one the result is always the same.
#include "netem/loss_process.hpp"
#include "tests/support/chance.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>

namespace twofifty::netem {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t seed = 20260201;
constexpr double error = 1e-9;
constexpr int trials = 100'000;

void expect_chance(std::uint64_t count, std::uint64_t of, double p, const char* what) {
    const test::CountBounds bounds = test::binomial_bounds(of, p, error);
    EXPECT_GE(count, bounds.least) << what << ", seed " << seed;
    EXPECT_LE(count, bounds.most) << what << ", seed " << seed;
}

TEST(IndependentLoss, IsGeometric) {
    world::Random random(seed);
    constexpr double p = 0.3;
    std::array<std::uint64_t, 20> count{};
    for (int i = 0; i < trials; ++i)
        ++count.at(static_cast<std::size_t>(fate_under_independent_loss(p, {}, random).losses));
    for (int k = 0; k < 5; ++k)
        expect_chance(count[static_cast<std::size_t>(k)], trials, std::pow(p, k) * (1 - p), "k");
}

TEST(IndependentLoss, OfNothingDelaysNothingAndOfAllEndsTheConnection) {
    world::Random random(seed);
    EXPECT_EQ(fate_under_independent_loss(0, {}, random), SegmentFate{});
    EXPECT_EQ(fate_under_independent_loss(1, {}, random), fate_after_losses(1000, {}));
}

// Each transmission is lost by what the path is at its time, and the first that is not arrives.
TEST(BurstLoss, IsThatOfThePathAtTheTimesOfTransmission) {
    const OnOffProcess path({.good = 3s, .bad = 1s}, seed);
    std::uint64_t lost = 0;
    for (int i = 0; i < 2000; ++i) {
        const TimePoint sent = at(i * 500ms);
        const SegmentFate fate = fate_under_bursts(path, sent, {});
        EXPECT_EQ(fate, fate_of_segment({}, [&](Duration t) { return path.bad_at(sent + t); }));
        EXPECT_EQ(fate.losses > 0, path.bad_at(sent));
        EXPECT_FALSE(path.bad_at(sent + fate.after));
        lost += fate.losses > 0 ? 1 : 0;
    }
    EXPECT_GT(lost, 0U);
}

// A path that is bad all the time is an outage for good.
TEST(BurstLoss, ThatNeverEndsEndsTheConnection) {
    const OnOffProcess path({.good = 0s, .bad = 1s}, seed);
    EXPECT_EQ(fate_under_bursts(path, {}, {}), fate_after_losses(1000, {}));
}

TEST(BurstLoss, OfAGoodPathDelaysNothing) {
    const OnOffProcess path({.good = std::chrono::hours{24 * 36500}, .bad = 1ns}, seed);
    EXPECT_EQ(fate_under_bursts(path, {}, {}), SegmentFate{});
}

}  // namespace
}  // namespace twofifty::netem
