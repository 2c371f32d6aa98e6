// Two sweeps side by side, cell by cell: cells that set the same keys to the same values belong
// together, whatever their order.
#pragma once

#include "harness/report/compare.hpp"
#include "harness/sweep/formats.hpp"

#include <span>
#include <string>
#include <vector>

namespace twofifty::harness {

struct ComparedCell {
    std::string name;
    RunComparison comparison;
};

struct SweepComparison {
    std::string first_name{};
    std::string second_name{};
    std::vector<ComparedCell> cells{};
    /// Cells that the other sweep does not have.
    std::vector<std::string> only_first{};
    std::vector<std::string> only_second{};

    bool all_held() const;
};

/// Every bound is checked in every cell.
SweepComparison compare_sweeps(const ReadSweep& first, const ReadSweep& second,
                               std::span<const ChangeBound> bounds, BoundRule rule);

/// A line for each cell; below, the bounds that do not hold, and where.
std::string write_sweep_comparison(const SweepComparison& comparison, bool colour);

/// JSON, schema 1: what write_comparison_json says of each cell, by its name.
std::string write_sweep_comparison_json(const SweepComparison& comparison);

}  // namespace twofifty::harness
