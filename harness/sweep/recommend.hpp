// What a sweep says about one axis: between which two values the duplicates fall off or set in, and
// the smallest value that keeps a bound. The bound must hold for the upper end of the interval, so
// that a value is never recommended because too little mail was sent to see its duplicates.
#pragma once

#include "harness/scenario/sweep.hpp"
#include "harness/sweep/cell_figures.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace twofifty::harness {

/// Two neighbouring cells of a line; the fall is in shares of pairs. Along a timeout duplicates
/// fall; along what the timeout must outlast, such as a reply time, they rise: then it is negative.
struct Cliff {
    std::uint64_t before = 0;
    std::uint64_t after = 0;
    double fall = 0;

    bool operator==(const Cliff&) const = default;
};

/// The smallest value that keeps the bound, and whom to compare it with.
struct Recommendation {
    /// Nothing where no value keeps the bound.
    std::optional<std::uint64_t> cell{};
    std::optional<std::uint64_t> next_smaller{};
    std::optional<std::uint64_t> largest{};  ///< Nothing where it is the cell itself.
    /// A larger value exceeds the bound: the figures do not fall along the axis.
    bool larger_exceeds = false;
    /// The least upper end of all, and whose it is: how near the bound was missed.
    std::optional<std::uint64_t> best{};

    bool operator==(const Recommendation&) const = default;
};

/// The cells that differ along one axis alone. Without such an axis all cells are one line, in
/// their order, with neither cliff nor recommendation.
struct SweepLine {
    std::vector<std::uint64_t> cells{};  ///< By ascending value.
    std::optional<Cliff> cliff{};
    std::optional<Recommendation> recommendation{};  ///< Where there is a bound.

    bool operator==(const SweepLine&) const = default;
};

/// The lines of a sweep, without what follows from its figures.
std::vector<SweepLine> lines_of(const Sweep& sweep);

/// The upper end of the interval of what the bound is about.
double upper_end(const CellFigures& cell);

/// Whether a cell keeps the bound with its upper end. One that is inconclusive keeps none: its
/// question was not asked, or not to the end.
bool keeps(const Expectation& bound, const CellFigures& cell);

/// Where the duplicates change most from one cell to the next, unless that may be chance: the
/// intervals of the two must not meet. Cells that were not finished are passed over.
std::optional<Cliff> find_cliff(const std::vector<std::uint64_t>& line,
                                const std::vector<std::optional<CellFigures>>& cells);

Recommendation recommend(const std::vector<std::uint64_t>& line,
                         const std::vector<std::optional<CellFigures>>& cells,
                         const Expectation& bound);

/// All of it for every line.
std::vector<SweepLine> judge_lines(const Sweep& sweep,
                                   const std::vector<std::optional<CellFigures>>& cells);

}  // namespace twofifty::harness
