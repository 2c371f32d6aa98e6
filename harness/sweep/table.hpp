// The table of a sweep's cells, as texts: the same for the terminal, Markdown and HTML. Cells of
// one line stand together, by ascending value. A column that is 0 everywhere is left out and named.
#pragma once

#include "harness/sweep/sweep_result.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace twofifty::harness {

/// A heading of two short lines.
struct TableColumn {
    std::string top{};
    std::string bottom{};
    bool is_text = false;  ///< To the left; numbers stand to the right.

    bool operator==(const TableColumn&) const = default;
};

enum class CellMark : std::uint8_t { none, cliff, recommended, both };

struct TableRow {
    std::vector<std::string> texts{};  ///< One for each column.
    std::uint64_t cell = 0;
    /// The first cell behind the cliff, the recommended one.
    CellMark mark = CellMark::none;
    bool begins_line = false;

    bool operator==(const TableRow&) const = default;
};

struct SweepTable {
    std::vector<TableColumn> columns{};
    std::vector<TableRow> rows{};
    std::vector<std::string> nowhere{};  ///< Verdicts that no cell has.

    bool operator==(const SweepTable&) const = default;
};

SweepTable table_of(const SweepResult& result);

/// What a cell is to its line.
CellMark mark_of(const SweepLine& line, std::uint64_t cell);

/// "< cliff", "< recommended": beside a row.
std::string to_words(CellMark mark);

}  // namespace twofifty::harness
