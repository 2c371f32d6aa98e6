// Delays that resemble their neighbours: the marginal distribution stays the one that was asked
// for, and neighbours correlate as asked. The bounds are those of a stated probability of error.
#include "netem/correlated.hpp"

#include "tests/support/chance.hpp"
#include "world/distribution.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>

namespace twofifty::netem {
namespace {

constexpr std::uint64_t series = 20260203;
constexpr double error = 1e-9;
/// What a standard normal draw exceeds, in absolute value, with that probability.
constexpr double deviations = 6.1;

class Correlation : public testing::TestWithParam<double> {};

// Of n neighbours' products the sum has the mean n c. Var(x y) = 1 + c^2, and products that lie k
// apart have the covariance c^2k + c^(k+1) c^(k-1): in all n (1 + c^2 + 4 c^2 / (1 - c^2)) at most.
TEST_P(Correlation, OfNeighboursIsTheOneAskedFor) {
    const double c = GetParam();
    constexpr std::uint64_t count = 20'000;
    double products = 0;
    double before = correlated_normal(c, series, 0);
    for (std::uint64_t place = 1; place <= count; ++place) {
        const double now = correlated_normal(c, series, place);
        products += before * now;
        before = now;
    }
    const double variance = (1 + c * c + 4 * c * c / (1 - c * c)) / static_cast<double>(count);
    EXPECT_NEAR(products / static_cast<double>(count), c, deviations * std::sqrt(variance));
}

// One place of each of many series, so that the draws are independent.
TEST_P(Correlation, LeavesTheDistributionAsItIs) {
    const world::Distribution delay{.shape = world::Shape::exponential, .a = 1000};
    constexpr std::uint64_t count = 20'000;
    std::uint64_t above_mean = 0;
    std::uint64_t in_tail = 0;
    for (std::uint64_t one = 1; one <= count; ++one) {
        const double drawn = delay.at(correlated_normal(GetParam(), series + one, 17));
        above_mean += drawn > 1000 ? 1 : 0;
        in_tail += drawn > 4000 ? 1 : 0;
    }
    const test::CountBounds mean = test::binomial_bounds(count, std::exp(-1.0), error);
    const test::CountBounds tail = test::binomial_bounds(count, std::exp(-4.0), error);
    EXPECT_GE(above_mean, mean.least);
    EXPECT_LE(above_mean, mean.most);
    EXPECT_GE(in_tail, tail.least);
    EXPECT_LE(in_tail, tail.most);
}

INSTANTIATE_TEST_SUITE_P(Correlated, Correlation, testing::Values(0.0, 0.5, 0.9));

TEST(Correlated, IsAFunctionOfSeriesAndPlace) {
    EXPECT_EQ(correlated_normal(0.9, 1, 5), correlated_normal(0.9, 1, 5));
    EXPECT_NE(correlated_normal(0.9, 1, 5), correlated_normal(0.9, 2, 5));
    EXPECT_NE(correlated_normal(0.9, 1, 5), correlated_normal(0.9, 1, 6));
}

}  // namespace
}  // namespace twofifty::netem
