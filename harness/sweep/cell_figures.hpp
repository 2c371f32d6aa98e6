// What one cell came to, all its seeds together: counts are added up, times are put into one
// histogram before a percentile is taken, so that a cell is one large run in all but its seed.
#pragma once

#include "harness/ledger/time_spread.hpp"
#include "harness/report/statistics.hpp"
#include "harness/report/summary.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace twofifty::harness {

/// Percentiles in ms; they mean nothing where `count` is 0.
struct CellTimes {
    std::uint64_t count = 0;
    double p50 = 0;
    double p90 = 0;
    double p99 = 0;
    double max = 0;

    bool operator==(const CellTimes&) const = default;
};

struct CellFigures {
    std::uint64_t runs = 0;
    std::uint64_t messages = 0;
    std::uint64_t pairs = 0;  ///< (message, recipient): what shares are of.
    std::uint64_t attempts = 0;
    std::uint64_t copies = 0;
    std::uint64_t extra_copies = 0;
    std::uint64_t copies_max = 0;  ///< The most that one pair got.
    std::uint64_t duplicated = 0;
    std::uint64_t ghost = 0;
    std::uint64_t failed = 0;
    std::uint64_t lost = 0;
    std::uint64_t pending = 0;
    std::uint64_t corrupted = 0;
    std::uint64_t unobserved = 0;
    /// Pairs that the sweep's bound is about; 0 without one.
    std::uint64_t bounded = 0;
    CellTimes delivery{};
    CellTimes acknowledge{};
    double connection_hours = 0;
    /// Of the scenario's own expectations: failed where one run did, else inconclusive where one
    /// was.
    Result result = Result::passed;
    std::string reason{};  ///< Of the first run that did not pass; empty: all did.

    bool operator==(const CellFigures&) const = default;
};

/// Takes the runs of a cell one by one.
class CellPool {
public:
    /// `bounded` is the canonical name of the figure that the sweep's bound is about, or empty.
    explicit CellPool(std::string bounded) : bounded_(std::move(bounded)) {}

    void add(const Summary& run);
    CellFigures figures() const;

private:
    std::string bounded_;
    CellFigures figures_;
    TimeSpreadRecorder delivery_;
    TimeSpreadRecorder acknowledge_;
};

/// Duplicated pairs, as a share.
double duplicated_share(const CellFigures& figures);
Interval duplicated_interval(const CellFigures& figures);

/// Attempts beyond the first, for each message.
double retries_per_message(const CellFigures& figures);

}  // namespace twofifty::harness
