#include "harness/report/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace twofifty::harness {
namespace {

/// Of the standard normal distribution: 2.5 % lie above.
constexpr double z_95 = 1.959963984540054;
/// Below this expected count the tail of the normal approximation is off by more than p should be,
/// and the exact test costs nothing. (The usual rule, W. G. Cochran's 5, is made for p near 5 %.)
constexpr double least_expected = 20;

double log_factorial(double n) {
    return std::lgamma(n + 1);
}

double log_choose(double n, double k) {
    return log_factorial(n) - log_factorial(k) - log_factorial(n - k);
}

/// The sum of the chances of all tables with these margins that are at most as likely as this one.
double fisher(double first, double first_whole, double second, double second_whole) {
    const double part = first + second;
    const auto log_chance = [&](double k) {
        return log_choose(first_whole, k) + log_choose(second_whole, part - k) -
               log_choose(first_whole + second_whole, part);
    };
    const double least = std::max(0.0, part - second_whole);
    const double most = std::min(first_whole, part);
    // Equally likely tables must count although rounding tells them apart.
    const double limit = log_chance(first) + 1e-7;
    double p = 0;
    for (double k = least; k <= most; ++k) {
        const double chance = log_chance(k);
        if (chance <= limit) p += std::exp(chance);
    }
    return std::min(p, 1.0);
}

double normal_tails(double z) {
    return std::erfc(std::abs(z) / std::numbers::sqrt2);
}

/// The chance that a Kolmogorov-distributed value exceeds x.
double kolmogorov_tail(double x) {
    if (x < 0.2) return 1;  // It is 1 to twelve digits there, and the series converges slowly.
    double sum = 0;
    for (int k = 1; k <= 100; ++k) {
        const double term = std::exp(-2.0 * k * k * x * x);
        sum += k % 2 == 1 ? term : -term;
        if (term < 1e-12) break;
    }
    return std::clamp(2 * sum, 0.0, 1.0);
}

double total(const TimeHistogram& histogram) {
    double sum = 0;
    for (const TimeCount& bin : histogram) sum += static_cast<double>(bin.count);
    return sum;
}

}  // namespace

Interval share_interval(std::uint64_t part, std::uint64_t whole) {
    if (whole == 0) return {0, 1};
    const auto n = static_cast<double>(whole);
    const double share = static_cast<double>(part) / n;
    const double z2 = z_95 * z_95;
    const double centre = (share + z2 / (2 * n)) / (1 + z2 / n);
    const double half = z_95 / (1 + z2 / n) * std::sqrt(share * (1 - share) / n + z2 / (4 * n * n));
    // At the ends the formula yields 0 and 1, but for rounding.
    return {part == 0 ? 0.0 : std::max(0.0, centre - half),
            part == whole ? 1.0 : std::min(1.0, centre + half)};
}

Significance compare_shares(std::uint64_t first, std::uint64_t first_whole, std::uint64_t second,
                            std::uint64_t second_whole) {
    if (first_whole == 0 || second_whole == 0) return {};
    const auto n = static_cast<double>(first_whole);
    const auto m = static_cast<double>(second_whole);
    const auto part = static_cast<double>(first) + static_cast<double>(second);
    const double pooled = part / (n + m);
    const double expected = std::min(n, m) * std::min(pooled, 1 - pooled);
    if (expected < least_expected)
        return {fisher(static_cast<double>(first), n, static_cast<double>(second), m),
                "Fisher's exact"};
    const double difference = static_cast<double>(first) / n - static_cast<double>(second) / m;
    const double deviation = std::sqrt(pooled * (1 - pooled) * (1 / n + 1 / m));
    return {normal_tails(difference / deviation), "two-proportion z"};
}

TimesDiffer compare_times(const TimeHistogram& first, const TimeHistogram& second) {
    const double n = total(first);
    const double m = total(second);
    if (n == 0 || m == 0) return {};
    double below_first = 0;
    double below_second = 0;
    double distance = 0;
    auto one = first.begin();
    auto other = second.begin();
    while (one != first.end() || other != second.end()) {
        const Duration next = one == first.end()      ? other->value
                              : other == second.end() ? one->value
                                                      : std::min(one->value, other->value);
        for (; one != first.end() && one->value == next; ++one)
            below_first += static_cast<double>(one->count);
        for (; other != second.end() && other->value == next; ++other)
            below_second += static_cast<double>(other->count);
        distance = std::max(distance, std::abs(below_first / n - below_second / m));
    }
    const double root = std::sqrt(n * m / (n + m));
    return {distance,
            {kolmogorov_tail((root + 0.12 + 0.11 / root) * distance), "Kolmogorov-Smirnov"}};
}

}  // namespace twofifty::harness
