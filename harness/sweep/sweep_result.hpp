// A sweep as it went: what was asked, what each cell came to, and what follows from them. Every
// report of a sweep is a pure function of it.
#pragma once

#include "harness/scenario/sweep.hpp"
#include "harness/sweep/cell_figures.hpp"
#include "harness/sweep/recommend.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace twofifty::harness {

struct SweepResult {
    std::string name{};
    std::string question{};
    std::string version{};
    std::string world{};  ///< "real" or "virtual".
    std::string started_at{};
    std::uint64_t seed = 0;  ///< Of each cell's first run.
    bool expects = false;    ///< The scenario has expectations.
    Sweep sweep{};
    /// By number; nothing for a cell that was not finished.
    std::vector<std::optional<CellFigures>> cells{};
    std::vector<SweepLine> lines{};

    bool operator==(const SweepResult&) const = default;
};

/// Cells that were finished.
std::uint64_t finished_cells(const SweepResult& result);

/// Every cell was finished.
bool is_complete(const SweepResult& result);

/// What a cell is called: "timeout 5s, profile exim".
std::string name_of_cell(const Sweep& sweep, std::uint64_t cell);

/// The same of the axes but the one along which a value is recommended; empty where it is the only
/// one.
std::string name_of_line(const Sweep& sweep, const SweepLine& line);

/// A cell's value along the axis on which a value is recommended. REQUIRES: there is one.
const AxisValue& timeout_of(const Sweep& sweep, std::uint64_t cell);

}  // namespace twofifty::harness
