#include "netem/correlated.hpp"

#include "world/random.hpp"

#include <boost/random/normal_distribution.hpp>

#include <cmath>

namespace twofifty::netem {
namespace {

/// Noise whose weight is less is left out.
constexpr double least_weight = 1e-6;

double noise(std::uint64_t series, std::uint64_t place) {
    world::Random random(world::fold(series, place));
    return boost::random::normal_distribution<double>()(random);
}

}  // namespace

/// The process is x(n) = c x(n-1) + noise(n): a sum of all noise up to n, its weights a geometric
/// series. Here is that sum, cut where it no longer matters, over the root of its variance. Places
/// before the first are those that the subtraction wraps to; they have noise as any others.
double correlated_normal(double correlation, std::uint64_t series, std::uint64_t place) {
    double sum = 0;
    double variance = 0;
    double weight = 1;
    do {
        sum += weight * noise(series, place);
        variance += weight * weight;
        weight *= correlation;
        --place;
    } while (weight > least_weight);
    return sum / std::sqrt(variance);
}

}  // namespace twofifty::netem
