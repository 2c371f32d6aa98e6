#include "harness/sweep/matrix.hpp"

#include "harness/sweep/expand.hpp"

#include <map>

namespace twofifty::harness {
namespace {

/// Each row's values along the axes that go down, with a name.
struct Rows {
    std::vector<std::vector<std::size_t>> values;
    std::vector<std::string> names;
};

Rows rows_of(const Sweep& sweep, const std::vector<std::size_t>& down) {
    Rows rows{{{}}, {""}};
    for (const std::size_t axis : down) {
        Rows longer;
        for (std::size_t row = 0; row < rows.values.size(); ++row) {
            for (const std::size_t value : ascending(sweep.axes[axis])) {
                longer.values.push_back(rows.values[row]);
                longer.values.back().push_back(value);
                const std::string& before = rows.names[row];
                longer.names.push_back(before + (before.empty() ? "" : ", ") +
                                       sweep.axes[axis].values[value].shown);
            }
        }
        rows = std::move(longer);
    }
    return rows;
}

}  // namespace

std::optional<SweepMatrix> matrix_of(const SweepResult& result) {
    const Sweep& sweep = result.sweep;
    if (sweep.axes.size() < 2 || sweep.paired) return std::nullopt;
    const std::size_t last = sweep.axes.size() - 1;
    const std::size_t across = last == 1 ? last : sweep.timeout.value_or(last);
    std::vector<std::size_t> down;
    SweepMatrix matrix;
    matrix.across = sweep.axes[across].label;
    for (std::size_t axis = 0; axis <= last; ++axis) {
        if (axis == across) continue;
        down.push_back(axis);
        matrix.down += (matrix.down.empty() ? "" : ", ") + sweep.axes[axis].label;
    }
    std::map<std::uint64_t, CellMark> marks;
    std::map<std::uint64_t, bool> falls;
    for (const SweepLine& line : result.lines) {
        for (const std::uint64_t cell : line.cells) marks[cell] = mark_of(line, cell);
        if (line.cliff) falls[line.cliff->after] = true;
    }
    const std::vector<std::size_t> columns = ascending(sweep.axes[across]);
    for (const std::size_t value : columns)
        matrix.column_names.push_back(sweep.axes[across].values[value].shown);
    Rows rows = rows_of(sweep, down);
    matrix.row_names = std::move(rows.names);
    for (const std::vector<std::size_t>& row : rows.values) {
        matrix.rows.emplace_back();
        for (const std::size_t column : columns) {
            std::vector<std::size_t> values(sweep.axes.size());
            for (std::size_t i = 0; i < down.size(); ++i) values[down[i]] = row[i];
            values[across] = column;
            MatrixCell place{.cell = cell_of_values(sweep, values)};
            if (result.cells[place.cell]) place.share = duplicated_share(*result.cells[place.cell]);
            place.mark = marks[place.cell];
            place.falls_across = falls.contains(place.cell) && sweep.timeout == across;
            place.falls_down = falls.contains(place.cell) && sweep.timeout != across;
            matrix.rows.back().push_back(place);
        }
    }
    return matrix;
}

}  // namespace twofifty::harness
