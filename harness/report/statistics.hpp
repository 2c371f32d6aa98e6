// How sure a count is, and whether two runs differ by more than chance: an interval for a share, a
// test for two shares, a test for two sets of times. Each is a textbook formula, named below; each
// takes pairs as independent, which those of one message, or of one busy minute, are not quite.
#pragma once

#include "harness/ledger/time_spread.hpp"

#include <cstdint>
#include <string_view>

namespace twofifty::harness {

struct Interval {
    double low = 0;
    double high = 0;

    bool operator==(const Interval&) const = default;
};

/// Where the true share lies with 95 % confidence, when `part` of `whole` were seen: Wilson's score
/// interval, which stays sound where none or all were. Of nothing: 0 to 1.
/// Source: E. B. Wilson, Journal of the American Statistical Association 22 (1927), 209-212.
Interval share_interval(std::uint64_t part, std::uint64_t whole);

/// The chance of a difference at least so large where there is none in truth, two-sided.
struct Significance {
    double p = 1;
    /// "two-proportion z", "Fisher's exact", "Kolmogorov-Smirnov"; empty: nothing to compare.
    std::string_view test{};

    bool significant() const { return p < 0.05; }
    bool operator==(const Significance&) const = default;
};

/// Whether two shares differ: the two-proportion z test with a pooled share, and Fisher's exact
/// test where one of the four counts is expected to be below 20.
Significance compare_shares(std::uint64_t first, std::uint64_t first_whole, std::uint64_t second,
                            std::uint64_t second_whole);

struct TimesDiffer {
    double distance = 0;  ///< The largest distance of the two cumulative shares: 0 to 1.
    Significance significance{};

    bool operator==(const TimesDiffer&) const = default;
};

/// Whether two sets of times differ: the two-sample Kolmogorov-Smirnov test on their bins, with
/// Stephens' approximation of p. Times that share a bin make p too large, never too small.
/// Source: M. A. Stephens, Journal of the Royal Statistical Society B 32 (1970), 115-122.
TimesDiffer compare_times(const TimeHistogram& first, const TimeHistogram& second);

}  // namespace twofifty::harness
