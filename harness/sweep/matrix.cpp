#include "harness/sweep/matrix.hpp"

#include "harness/sweep/expand.hpp"

namespace twofifty::harness {

std::optional<std::vector<std::vector<MatrixCell>>> matrix_of(const SweepResult& result) {
    const Sweep& sweep = result.sweep;
    if (sweep.axes.size() != 2 || sweep.paired) return std::nullopt;
    std::vector<std::vector<MatrixCell>> rows(sweep.axes[0].values.size(),
                                              std::vector<MatrixCell>(sweep.axes[1].values.size()));
    for (const SweepLine& line : result.lines) {
        for (const std::uint64_t cell : line.cells) {
            const std::vector<std::size_t> values = values_of_cell(sweep, cell);
            MatrixCell& place = rows[values[0]][values[1]];
            place.cell = cell;
            if (result.cells[cell]) place.share = duplicated_share(*result.cells[cell]);
            place.mark = mark_of(line, cell);
        }
    }
    return rows;
}

}  // namespace twofifty::harness
