// Which cells stand side by side along the axis on which a value is recommended, and what cells and
// lines are called.
#include "harness/sweep/expand.hpp"
#include "harness/sweep/sweep_result.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace twofifty::harness {
namespace {

std::string name_of(const Sweep& sweep, std::uint64_t cell, std::optional<std::size_t> without) {
    const std::vector<std::size_t> values = values_of_cell(sweep, cell);
    std::string name;
    for (std::size_t i = 0; i < sweep.axes.size(); ++i) {
        if (i == without) continue;
        name += fmt::format("{}{} {}", name.empty() ? "" : ", ", sweep.axes[i].label,
                            sweep.axes[i].values[values[i]].shown);
    }
    return name;
}

}  // namespace

std::vector<std::size_t> ascending(const SweepAxis& axis) {
    std::vector<std::size_t> order(axis.values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return axis.values[i].number; });
    return order;
}

std::vector<SweepLine> lines_of(const Sweep& sweep) {
    if (!sweep.timeout || sweep.paired) {
        SweepLine all;
        all.cells.resize(cells_of(sweep));
        std::iota(all.cells.begin(), all.cells.end(), std::uint64_t{0});
        if (sweep.timeout) {
            const std::vector<std::size_t> order = ascending(sweep.axes[*sweep.timeout]);
            all.cells.assign(order.begin(), order.end());
        }
        return {all};
    }
    const std::vector<std::size_t> order = ascending(sweep.axes[*sweep.timeout]);
    std::vector<SweepLine> lines;
    for (std::uint64_t cell = 0; cell < cells_of(sweep); ++cell) {
        std::vector<std::size_t> values = values_of_cell(sweep, cell);
        if (values[*sweep.timeout] != 0) continue;
        SweepLine line;
        for (const std::size_t value : order) {
            values[*sweep.timeout] = value;
            line.cells.push_back(cell_of_values(sweep, values));
        }
        lines.push_back(std::move(line));
    }
    return lines;
}

std::uint64_t finished_cells(const SweepResult& result) {
    return static_cast<std::uint64_t>(
        std::ranges::count_if(result.cells, [](const auto& cell) { return cell.has_value(); }));
}

bool is_complete(const SweepResult& result) {
    return finished_cells(result) == result.cells.size();
}

std::string name_of_cell(const Sweep& sweep, std::uint64_t cell) {
    return name_of(sweep, cell, std::nullopt);
}

std::string name_of_line(const Sweep& sweep, const SweepLine& line) {
    // Paired axes are one line: each of its cells differs in all of them.
    if (sweep.paired || !sweep.timeout) return {};
    return name_of(sweep, line.cells.front(), sweep.timeout);
}

const AxisValue& timeout_of(const Sweep& sweep, std::uint64_t cell) {
    const std::size_t axis = *sweep.timeout;
    return sweep.axes[axis].values[values_of_cell(sweep, cell)[axis]];
}

}  // namespace twofifty::harness
