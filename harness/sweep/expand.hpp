// The cells of a sweep: which values meet, and the scenario that each cell is. A cell is read like
// any scenario, so that its errors are found, and worded, like those of a file.
#pragma once

#include "harness/scenario/scenario.hpp"
#include "settings/value.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace twofifty::harness {

/// The place of a cell's value in each axis. Cells count from 0, the last axis moving first.
std::vector<std::size_t> values_of_cell(const Sweep& sweep, std::uint64_t cell);

/// The cell of these values, one for each axis. REQUIRES: there is one.
std::uint64_t cell_of_values(const Sweep& sweep, const std::vector<std::size_t>& values);

/// The places of an axis' values by size, whatever their order in the file; words keep theirs.
std::vector<std::size_t> ascending(const SweepAxis& axis);

/// Takes [sweep] out of a tree: a cell has none, and its values need not be copied for each.
void remove_sweep(settings::Value& tree);

/// The tree of a cell: the base without [sweep], each axis' key set, and the seed.
settings::Value cell_tree(const settings::Value& base, const Sweep& sweep, std::uint64_t cell,
                          std::uint64_t seed);

/// What is wrong with a cell names the place of the axis' key or value. Throws settings::Error.
Scenario read_cell(const settings::Value& base, const Sweep& sweep, std::uint64_t cell,
                   std::uint64_t seed);

/// Reads every cell, looks whether its files can be used, and shows it to `look`. Throws
/// settings::Error for the first that is wrong, and what `look` throws.
void check_cells(
    const settings::Value& base, const Sweep& sweep, std::uint64_t seed,
    const std::function<void(std::uint64_t cell, const Scenario& scenario)>& look = {});

}  // namespace twofifty::harness
