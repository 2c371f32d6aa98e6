// Duplicates as rows and columns, for a sweep of two axes or more. Two axes: the first goes down,
// the second across. More: the one along which a value is recommended goes across, or the last, and
// each combination of the others is a row.
#pragma once

#include "harness/sweep/sweep_result.hpp"
#include "harness/sweep/table.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace twofifty::harness {

struct MatrixCell {
    std::uint64_t cell = 0;
    std::optional<double> share{};  ///< Duplicated pairs; nothing where it was not finished.
    CellMark mark = CellMark::none;
    /// The cliff is between this cell and its neighbour before it in the row, or above it.
    bool falls_across = false;
    bool falls_down = false;
};

struct SweepMatrix {
    std::string down{};  ///< What the rows are: an axis' label, or several.
    std::string across{};
    std::vector<std::string> row_names{};
    std::vector<std::string> column_names{};
    std::vector<std::vector<MatrixCell>> rows{};
};

/// Quantities ascend, whatever their order in the file. Nothing where there is no second axis, or
/// the axes go in pairs.
std::optional<SweepMatrix> matrix_of(const SweepResult& result);

}  // namespace twofifty::harness
