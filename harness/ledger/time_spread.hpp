// Percentiles of times in constant memory: bins whose width grows with the value, so that no
// percentile is wrong by more than a fixed share of itself.
#pragma once

#include "record/time.hpp"

#include <cstdint>
#include <vector>

namespace twofifty::harness {

/// How a set of times is spread. A percentile is the least recorded value that so many of all do
/// not exceed (nearest rank), within 0.4 %; `max` and the counts are exact. `censored` is how many
/// more were waited for in vain: they have no value and are in no percentile.
struct TimeSpread {
    std::uint64_t count = 0;
    Duration p50{};
    Duration p90{};
    Duration p99{};
    Duration max{};
    std::uint64_t censored = 0;

    bool operator==(const TimeSpread&) const = default;
};

/// So many times that were about so long.
struct TimeCount {
    Duration value{};
    std::uint64_t count = 0;

    bool operator==(const TimeCount&) const = default;
};

/// All the times of a set in ascending order, each within 0.4 % of what it was. Histograms of
/// several sets are on one grid: equal values are the same bin.
using TimeHistogram = std::vector<TimeCount>;

class TimeSpreadRecorder {
public:
    /// A negative time counts as 0.
    void add(Duration value, std::uint64_t times = 1);
    void add_censored(std::uint64_t times = 1) { censored_ += times; }

    TimeSpread spread() const;
    TimeHistogram histogram() const;

private:
    Duration percentile(std::uint64_t rank) const;

    std::vector<std::uint64_t> bins_;
    std::uint64_t count_ = 0;
    std::uint64_t censored_ = 0;
    std::uint64_t max_ = 0;
};

}  // namespace twofifty::harness
