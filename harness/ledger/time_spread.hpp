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

class TimeSpreadRecorder {
public:
    /// A negative time counts as 0.
    void add(Duration value);
    void add_censored() { ++censored_; }

    TimeSpread spread() const;

private:
    Duration percentile(std::uint64_t rank) const;

    std::vector<std::uint64_t> bins_;
    std::uint64_t count_ = 0;
    std::uint64_t censored_ = 0;
    std::uint64_t max_ = 0;
};

}  // namespace twofifty::harness
