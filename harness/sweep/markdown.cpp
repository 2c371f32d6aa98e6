// sweep.md: a sweep as it is pasted into a ticket.
#include "harness/report/escape.hpp"
#include "harness/report/words.hpp"
#include "harness/sweep/formats.hpp"
#include "harness/sweep/table.hpp"
#include "harness/sweep/words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iterator>

namespace twofifty::harness {
namespace {

template <class... Values>
void add(std::string& out, fmt::format_string<Values...> format, Values&&... values) {
    fmt::format_to(std::back_inserter(out), format, std::forward<Values>(values)...);
}

void table(std::string& out, const SweepResult& result) {
    const SweepTable table = table_of(result);
    out += "\n## Every cell\n\n|";
    for (const TableColumn& column : table.columns)
        add(out, " {}{}{} |", escape_markdown(column.top), column.top.empty() ? "" : " ",
            escape_markdown(column.bottom));
    out += " |\n|";
    for (const TableColumn& column : table.columns) out += column.is_text ? " --- |" : " ---: |";
    out += " --- |\n";
    for (const TableRow& row : table.rows) {
        out += '|';
        for (const std::string& text : row.texts) add(out, " {} |", escape_markdown(text));
        add(out, " {} |\n", escape_markdown(to_words(row.mark)));
    }
    if (!table.nowhere.empty())
        add(out, "\nNone in any cell: {}.\n", fmt::join(table.nowhere, ", "));
}

}  // namespace

std::string write_sweep_markdown(const SweepResult& result) {
    std::string out;
    add(out, "# {}: {} of {}\n\n", escape_markdown(result.name),
        counted(result.cells.size(), "cell", "cells"),
        counted(result.sweep.seeds, "seed", "seeds"));
    if (!result.question.empty()) add(out, "> {}\n\n", escape_markdown(result.question));
    for (const SweepLine& line : result.lines) {
        if (!result.sweep.timeout) break;
        const std::string name = name_of_line(result.sweep, line);
        if (name.empty()) {
            for (const std::string& sentence : line_in_full(result, line))
                add(out, "- {}\n", escape_markdown(sentence));
        } else {
            add(out, "- {}: {}\n", escape_markdown(name),
                escape_markdown(line_in_short(result, line)));
        }
    }
    table(out, result);
    out += '\n';
    for (const std::string& note : notes_on(result)) add(out, "{}\n\n", escape_markdown(note));
    add(out, "{} world, first seed {}, started {}, twofifty {}.\n", result.world, result.seed,
        escape_markdown(result.started_at), escape_markdown(result.version));
    return out;
}

}  // namespace twofifty::harness
