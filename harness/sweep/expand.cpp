#include "harness/sweep/expand.hpp"

#include "harness/scenario/read_scenario.hpp"

#include <algorithm>

namespace twofifty::harness {
namespace {

using settings::Place;
using settings::Value;

/// What an axis sets wins over what contradicts it in the file, as an option does, hence a place
/// without a line.
Place as_option(const Place& place) {
    return {.source = to_string(place)};
}

}  // namespace

std::vector<std::size_t> values_of_cell(const Sweep& sweep, std::uint64_t cell) {
    std::vector<std::size_t> values(sweep.axes.size(), cell);
    if (sweep.paired) return values;
    for (std::size_t axis = sweep.axes.size(); axis-- > 0;) {
        const std::size_t length = sweep.axes[axis].values.size();
        values[axis] = cell % length;
        cell /= length;
    }
    return values;
}

std::uint64_t cell_of_values(const Sweep& sweep, const std::vector<std::size_t>& values) {
    if (sweep.paired) return values.front();
    std::uint64_t cell = 0;
    for (std::size_t axis = 0; axis < sweep.axes.size(); ++axis)
        cell = cell * sweep.axes[axis].values.size() + values[axis];
    return cell;
}

void remove_sweep(Value& tree) {
    auto& entries = std::get<settings::Table>(tree.data).entries;
    std::erase_if(entries, [](const auto& entry) { return entry.key == "sweep"; });
}

Value cell_tree(const Value& base, const Sweep& sweep, std::uint64_t cell, std::uint64_t seed) {
    Value tree = base;
    remove_sweep(tree);
    settings::set_key(tree, "seed", {static_cast<std::int64_t>(seed), base.place}, base.place);
    const std::vector<std::size_t> values = values_of_cell(sweep, cell);
    for (std::size_t i = 0; i < sweep.axes.size(); ++i) {
        const SweepAxis& axis = sweep.axes[i];
        Value value = settings::parse_value(axis.values[values[i]].toml,
                                            as_option(axis.places.values.at(values[i])));
        settings::set_key(tree, axis.key, std::move(value), as_option(axis.places.key));
    }
    return tree;
}

Scenario read_cell(const Value& base, const Sweep& sweep, std::uint64_t cell, std::uint64_t seed) {
    return read_scenario(cell_tree(base, sweep, cell, seed));
}

void check_cells(const Value& base, const Sweep& sweep, std::uint64_t seed,
                 const std::function<void(std::uint64_t, const Scenario&)>& look) {
    for (std::uint64_t cell = 0; cell < cells_of(sweep); ++cell) {
        const Value tree = cell_tree(base, sweep, cell, seed);
        const Scenario scenario = read_scenario(tree);
        check_files(tree, scenario);
        if (look) look(cell, scenario);
    }
}

}  // namespace twofifty::harness
