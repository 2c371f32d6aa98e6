#include "harness/diagnose/chi_square.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace twofifty::harness {
namespace {

constexpr double expected_least = 5;
constexpr int terms_most = 10'000;
constexpr double precise = 1e-15;

/// The regularised lower incomplete gamma function as a series; for x < a + 1.
double lower_gamma(double a, double x) {
    double term = 1 / a;
    double sum = term;
    for (int n = 1; n < terms_most && term > sum * precise; ++n) {
        term *= x / (a + n);
        sum += term;
    }
    return sum * std::exp(a * std::log(x) - x - std::lgamma(a));
}

/// The upper one as a continued fraction (Lentz); for x >= a + 1.
double upper_gamma(double a, double x) {
    constexpr double tiny = 1e-300;
    double b = x + 1 - a;
    double c = 1 / tiny;
    double d = 1 / b;
    double fraction = d;
    for (int n = 1; n < terms_most; ++n) {
        const double numerator = -n * (n - a);
        b += 2;
        d = numerator * d + b;
        if (std::abs(d) < tiny) d = tiny;
        c = b + numerator / c;
        if (std::abs(c) < tiny) c = tiny;
        d = 1 / d;
        const double change = d * c;
        fraction *= change;
        if (std::abs(change - 1) < precise) break;
    }
    return fraction * std::exp(a * std::log(x) - x - std::lgamma(a));
}

}  // namespace

double chi_square_tail(double value, std::uint64_t degrees) {
    if (value <= 0 || degrees == 0) return 1;
    const double a = static_cast<double>(degrees) / 2;
    const double x = value / 2;
    return x < a + 1 ? 1 - lower_gamma(a, x) : upper_gamma(a, x);
}

double ChiSquare::chance() const {
    return chi_square_tail(value, degrees);
}

std::optional<ChiSquare> test_one_share(std::span<const Share> shares) {
    Share all;
    for (const Share& share : shares) {
        all.part += share.part;
        all.whole += share.whole;
    }
    const double rate = all.value();
    const double rarer = std::min(rate, 1 - rate);
    const auto suffices = [&](const Share& share) {
        return static_cast<double>(share.whole) * rarer >= expected_least;
    };
    std::vector<Share> compared;
    Share rest;
    for (const Share& share : shares) {
        if (suffices(share)) {
            compared.push_back(share);
        } else {
            rest.part += share.part;
            rest.whole += share.whole;
        }
    }
    if (suffices(rest)) compared.push_back(rest);
    if (compared.size() < 2) return std::nullopt;
    ChiSquare test{.degrees = compared.size() - 1};
    for (const Share& share : compared) {
        const double expected = static_cast<double>(share.whole) * rate;
        const double difference = static_cast<double>(share.part) - expected;
        test.value += difference * difference / (expected * (1 - rate));
    }
    return test;
}

}  // namespace twofifty::harness
