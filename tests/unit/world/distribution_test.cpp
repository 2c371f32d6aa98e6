// Each shape against its closed form. The bounds come from the statistics of the sample, six
// standard errors wide: a correct draw passes them for all but one seed in some hundred millions.
#include "world/distribution.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

namespace twofifty::world {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t seed = 4711;
constexpr int draws = 200'000;
constexpr double width = 6.0;  ///< Standard errors.

std::vector<double> sample(const Distribution& distribution) {
    Random random(seed);
    std::vector<double> values;
    for (int i = 0; i < draws; ++i) values.push_back(distribution.draw(random));
    return values;
}

/// The share of draws at or below the closed form's quantile q is binomial around q.
void expect_quantiles(const Distribution& distribution,
                      const std::function<double(double)>& quantile) {
    const std::vector<double> values = sample(distribution);
    for (const double q : {0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999}) {
        const double at = quantile(q);
        const auto below =
            std::count_if(values.begin(), values.end(), [at](double value) { return value <= at; });
        const double bound = width * std::sqrt(q * (1 - q) / draws);
        EXPECT_NEAR(static_cast<double>(below) / draws, q, bound) << "seed " << seed;
    }
}

void expect_mean(const Distribution& distribution, double mean, double deviation) {
    const std::vector<double> values = sample(distribution);
    double total = 0;
    for (const double value : values) total += value;
    EXPECT_NEAR(total / draws, mean, width * deviation / std::sqrt(draws)) << "seed " << seed;
}

/// The quantile of the standard normal distribution, by bisection of its closed form.
double normal_quantile(double q) {
    double low = -10;
    double high = 10;
    for (int i = 0; i < 200; ++i) {
        const double middle = (low + high) / 2;
        (std::erfc(-middle / std::sqrt(2.0)) / 2 < q ? low : high) = middle;
    }
    return low;
}

TEST(Distribution, FixedIsItsValue) {
    EXPECT_EQ(sample(fixed(3s)), std::vector<double>(draws, 3e9));
}

TEST(Distribution, UniformFillsItsRange) {
    const Distribution uniform{.shape = Shape::uniform, .a = 100, .b = 300};
    expect_quantiles(uniform, [](double q) { return 100 + 200 * q; });
    expect_mean(uniform, 200, 200 / std::sqrt(12.0));
}

TEST(Distribution, NormalHasItsMeanAndDeviation) {
    const Distribution normal{.shape = Shape::normal, .a = 1000, .b = 100};
    expect_quantiles(normal, [](double q) { return 1000 + 100 * normal_quantile(q); });
    expect_mean(normal, 1000, 100);
}

TEST(Distribution, LognormalHasItsMedianAndSigma) {
    const Distribution lognormal{.shape = Shape::lognormal, .a = 500, .b = 0.5};
    expect_quantiles(lognormal, [](double q) { return 500 * std::exp(0.5 * normal_quantile(q)); });
    const double mean = 500 * std::exp(0.125);
    expect_mean(lognormal, mean, mean * std::sqrt(std::exp(0.25) - 1));
}

TEST(Distribution, ExponentialHasItsMean) {
    const Distribution exponential{.shape = Shape::exponential, .a = 200};
    expect_quantiles(exponential, [](double q) { return -200 * std::log(1 - q); });
    expect_mean(exponential, 200, 200);
}

TEST(Distribution, ParetoHasItsLeastValueAndShape) {
    const Distribution pareto{.shape = Shape::pareto, .a = 100, .b = 3};
    expect_quantiles(pareto, [](double q) { return 100 * std::pow(1 - q, -1.0 / 3); });
    // Mean a b / (b - 1), variance a^2 b / ((b - 1)^2 (b - 2)).
    expect_mean(pareto, 150, std::sqrt(100.0 * 100 * 3 / 4));
}

TEST(Distribution, DrawsAreCutToLeastAndMost) {
    for (const Shape shape : {Shape::fixed, Shape::uniform, Shape::normal, Shape::lognormal,
                              Shape::exponential, Shape::pareto}) {
        const Distribution cut{.shape = shape, .a = 100, .b = 300, .least = 150, .most = 200};
        const std::vector<double> values = sample(cut);
        const auto [least, most] = std::minmax_element(values.begin(), values.end());
        EXPECT_GE(*least, 150) << shape_names[static_cast<std::size_t>(shape)];
        EXPECT_LE(*most, 200) << shape_names[static_cast<std::size_t>(shape)];
    }
}

TEST(Distribution, NeverDrawsLessThanNothing) {
    const std::vector<double> values =
        sample(Distribution{.shape = Shape::normal, .a = 1, .b = 100, .least = -50});
    EXPECT_EQ(*std::min_element(values.begin(), values.end()), 0.0);
}

// The quantile of a normal draw: as many draws lie below the value as below the normal one.
TEST(Distribution, AtANormalDrawIsTheQuantileOfTheSameShare) {
    constexpr double below_one = 0.84134474606854293;  // Of the standard normal distribution.
    for (const Distribution& distribution :
         {Distribution{.shape = Shape::uniform, .a = 10, .b = 20},
          Distribution{.shape = Shape::normal, .a = 100, .b = 10},
          Distribution{.shape = Shape::lognormal, .a = 100, .b = 1.2},
          Distribution{.shape = Shape::exponential, .a = 100},
          Distribution{.shape = Shape::pareto, .a = 100, .b = 2}}) {
        const std::vector<double> values = sample(distribution);
        const double value = distribution.at(1);
        const auto below = std::count_if(values.begin(), values.end(),
                                         [value](double drawn) { return drawn <= value; });
        const double bound = width * std::sqrt(below_one * (1 - below_one) / draws);
        EXPECT_NEAR(static_cast<double>(below) / draws, below_one, bound)
            << shape_names[static_cast<std::size_t>(distribution.shape)];
    }
}

TEST(Distribution, AtANormalDrawIsCutToItsRange) {
    const Distribution exponential{.shape = Shape::exponential, .a = 100, .least = 50, .most = 200};
    EXPECT_EQ(exponential.at(-40), 50);
    EXPECT_EQ(exponential.at(40), 200);
    EXPECT_EQ(fixed(3ms).duration_at(1.5), 3ms);
}

TEST(Distribution, TheSameKeyGivesTheSameDraws) {
    const Distribution normal{.shape = Shape::normal, .a = 1000, .b = 100};
    EXPECT_EQ(sample(normal), sample(normal));
}

TEST(Distribution, ATimeIsCutToWholeNanoseconds) {
    Random random(seed);
    EXPECT_EQ((Distribution{.a = 1.9}).draw_duration(random), 1ns);
    EXPECT_EQ(fixed(90min).draw_duration(random), Duration(90min));
}

TEST(Distribution, TheLongestTimeFitsIntoADuration) {
    Random random(seed);
    const Distribution endless{.a = 1e30};
    EXPECT_EQ(endless.draw_duration(random), Duration{3'200'000'000'000'000'000});
}

}  // namespace
}  // namespace twofifty::world
