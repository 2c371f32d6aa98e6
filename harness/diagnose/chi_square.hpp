// Whether differences between shares are more than chance: Pearson's chi-square test, as it is
// taught. A share of 3 in 40 beside one of 1 in 35 says nothing, and a diagnosis must not say
// otherwise.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace twofifty::harness {

/// So many of so many.
struct Share {
    std::uint64_t part = 0;
    std::uint64_t whole = 0;

    /// 0 of nothing.
    double value() const {
        return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
    }
    bool operator==(const Share&) const = default;
};

struct ChiSquare {
    double value = 0;
    std::uint64_t degrees = 0;

    /// How often chance alone would make differences as large as these, or larger.
    double chance() const;
    bool significant() const { return chance() < 0.01; }
};

/// The chance that a chi-square variable of so many degrees of freedom is `value` or more.
double chi_square_tail(double value, std::uint64_t degrees);

/// Whether all have one share. Those with so few that the test would not hold (fewer than 5
/// expected) stand together. Nothing where fewer than two are left to compare.
std::optional<ChiSquare> test_one_share(std::span<const Share> shares);

}  // namespace twofifty::harness
