// What a sweep prints: what follows first, then the duplicates as a matrix where two axes meet,
// then every cell.
#include "harness/report/words.hpp"
#include "harness/sweep/formats.hpp"
#include "harness/sweep/matrix.hpp"
#include "harness/sweep/table.hpp"
#include "harness/sweep/words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace twofifty::harness {
namespace {

constexpr std::size_t width = 120;
/// More lines than these are told in few words each.
constexpr std::size_t lines_in_full = 3;
constexpr std::size_t longest_name = 30;

/// How many columns a text takes: characters, not bytes.
std::size_t columns_of(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

/// A terminal must not take a part of a name for a command.
std::string visible(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) c = '?';
    }
    return out;
}

std::string padded(std::string_view text, std::size_t to, bool left) {
    const std::string shown = visible(text);
    const std::size_t used = columns_of(shown);
    const std::string space(to > used ? to - used : 0, ' ');
    return left ? shown + space : space + shown;
}

std::string cut(std::string_view text, std::size_t room) {
    if (columns_of(text) <= room) return std::string(text);
    std::size_t end = 0;
    for (std::size_t seen = 0; end < text.size(); ++end) {
        const bool begins = (static_cast<unsigned char>(text[end]) & 0xc0) != 0x80;
        if (begins && seen++ == room - 3) break;
    }
    return std::string(text.substr(0, end)) + "...";
}

void wrapped(std::string& out, std::string_view indent, std::string_view text) {
    const std::size_t room = width - indent.size();
    bool first = true;
    while (!text.empty()) {
        std::size_t end = text.size();
        if (end > room) {
            end = text.rfind(' ', room);
            if (end == std::string_view::npos || end == 0) end = room;
        }
        out += fmt::format("{}{}{}\n", indent, first ? "" : "  ", visible(text.substr(0, end)));
        text.remove_prefix(end);
        text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
        first = false;
    }
}

std::string bold(std::string_view text, bool colour) {
    return colour ? fmt::format("\x1b[1m{}\x1b[0m", text) : std::string(text);
}

void conclusions(std::string& out, const SweepResult& result, bool colour) {
    if (!result.sweep.timeout) return;
    if (result.lines.size() <= lines_in_full) {
        for (const SweepLine& line : result.lines) {
            const std::string name = name_of_line(result.sweep, line);
            if (!name.empty()) out += bold(visible(name), colour) + '\n';
            for (const std::string& sentence : line_in_full(result, line))
                wrapped(out, "  ", sentence);
        }
    } else {
        std::size_t longest = 0;
        for (const SweepLine& line : result.lines)
            longest = std::max(longest, columns_of(name_of_line(result.sweep, line)));
        for (const SweepLine& line : result.lines)
            wrapped(out, "  ",
                    padded(name_of_line(result.sweep, line), longest + 2, true) +
                        line_in_short(result, line));
    }
    out += '\n';
}

std::string matrix_text(const MatrixCell& cell) {
    if (!cell.share) return "-";
    const bool cliff = cell.mark == CellMark::cliff || cell.mark == CellMark::both;
    const bool recommended = cell.mark == CellMark::recommended || cell.mark == CellMark::both;
    return fmt::format("{}{}{}", cliff ? "^" : "", per_thousand(*cell.share),
                       recommended ? "*" : " ");
}

/// Left out where it is wider than a screen: the table below says the same.
void matrix(std::string& out, const SweepResult& result, bool colour) {
    const std::optional<SweepMatrix> matrix = matrix_of(result);
    if (!matrix) return;
    std::size_t name_width = 0;
    for (const std::string& name : matrix->row_names)
        name_width = std::max(name_width, columns_of(cut(name, longest_name)));
    std::size_t column = 7;
    for (const std::string& name : matrix->column_names)
        column = std::max(column, columns_of(name) + 1);
    for (const auto& row : matrix->rows)
        for (const MatrixCell& cell : row) column = std::max(column, matrix_text(cell).size());
    if (2 + name_width + matrix->column_names.size() * (column + 2) > width) return;
    out += bold(fmt::format("Duplicated, per 1000: {} down, {} across", visible(matrix->down),
                            visible(matrix->across)),
                colour);
    if (result.sweep.timeout) out += "   (^ behind the cliff, * recommended)";
    out += "\n  " + padded("", name_width, true);
    for (const std::string& name : matrix->column_names)
        out += "  " + padded(name + " ", column, false);
    out += '\n';
    for (std::size_t i = 0; i < matrix->rows.size(); ++i) {
        out += "  " + padded(cut(matrix->row_names[i], longest_name), name_width, true);
        for (const MatrixCell& cell : matrix->rows[i])
            out += "  " + padded(matrix_text(cell), column, false);
        out += '\n';
    }
    out += '\n';
}

std::vector<std::size_t> widths_of(const SweepTable& table) {
    std::vector<std::size_t> widths;
    for (const TableColumn& column : table.columns)
        widths.push_back(std::max(columns_of(column.top), columns_of(column.bottom)));
    for (const TableRow& row : table.rows)
        for (std::size_t i = 0; i < widths.size(); ++i)
            widths[i] = std::max(widths[i], columns_of(cut(row.texts[i], longest_name)));
    return widths;
}

std::string table_line(const SweepTable& table, const std::vector<std::size_t>& widths,
                       const std::vector<std::string>& texts) {
    std::string line = " ";
    for (std::size_t i = 0; i < widths.size(); ++i)
        line += " " + padded(cut(texts[i], longest_name), widths[i], table.columns[i].is_text);
    return line;
}

void cells(std::string& out, const SweepResult& result, bool colour) {
    const SweepTable table = table_of(result);
    const std::vector<std::size_t> widths = widths_of(table);
    std::vector<std::string> tops;
    std::vector<std::string> bottoms;
    for (const TableColumn& column : table.columns) {
        tops.push_back(column.top);
        bottoms.push_back(column.bottom);
    }
    out += bold(table_line(table, widths, tops), colour) + '\n';
    out += bold(table_line(table, widths, bottoms), colour) + '\n';
    for (const TableRow& row : table.rows) {
        if (row.begins_line && &row != &table.rows.front()) out += '\n';
        out += table_line(table, widths, row.texts);
        if (row.mark != CellMark::none) out += " " + to_words(row.mark);
        out += '\n';
    }
    if (!table.nowhere.empty())
        out += fmt::format("  none in any cell: {}\n", fmt::join(table.nowhere, ", "));
    out += '\n';
}

}  // namespace

std::string write_sweep_terminal(const SweepResult& result, bool colour) {
    std::string out = bold(fmt::format("{}: {} of {}, {} world", visible(result.name),
                                       counted(result.cells.size(), "cell", "cells"),
                                       counted(result.sweep.seeds, "seed", "seeds"), result.world),
                           colour);
    out += '\n';
    std::string question = result.question;
    std::ranges::replace(question, '\n', ' ');
    wrapped(out, "", question);
    out += '\n';
    conclusions(out, result, colour);
    matrix(out, result, colour);
    cells(out, result, colour);
    for (const std::string& note : notes_on(result)) wrapped(out, "", note);
    return out;
}

}  // namespace twofifty::harness
