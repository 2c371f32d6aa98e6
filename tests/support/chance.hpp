// How far a count may stray from its mean before chance is no excuse: bounds computed from a stated
// probability of error.
#pragma once

#include <cmath>
#include <cstdint>

namespace twofifty::test {

struct CountBounds {
    std::uint64_t least = 0;
    std::uint64_t most = 0;
};

/// The counts that `trials` independent draws of chance `p` stay within, but for a probability of
/// at most `error`: beyond each bound lies at most error / 2 of the binomial distribution, summed
/// exactly.
inline CountBounds binomial_bounds(std::uint64_t trials, double p, double error) {
    if (p <= 0) return {0, 0};
    if (p >= 1) return {trials, trials};
    const double n = static_cast<double>(trials);
    const auto chance_of = [&](std::uint64_t count) {
        const double k = static_cast<double>(count);
        return std::exp(std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) +
                        k * std::log(p) + (n - k) * std::log1p(-p));
    };
    CountBounds bounds{0, trials};
    for (double below = chance_of(0); below <= error / 2; below += chance_of(++bounds.least)) {
    }
    for (double above = chance_of(trials); above <= error / 2; above += chance_of(--bounds.most)) {
    }
    return bounds;
}

}  // namespace twofifty::test
