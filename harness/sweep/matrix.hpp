// Duplicates as rows and columns, for a sweep of two axes: the first axis goes down, the second
// across.
#pragma once

#include "harness/sweep/sweep_result.hpp"
#include "harness/sweep/table.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace twofifty::harness {

struct MatrixCell {
    std::uint64_t cell = 0;
    std::optional<double> share{};  ///< Nothing where it was not finished.
    CellMark mark = CellMark::none;
};

/// One row for each value of the first axis. Nothing where there are not two axes of a grid.
std::optional<std::vector<std::vector<MatrixCell>>> matrix_of(const SweepResult& result);

}  // namespace twofifty::harness
