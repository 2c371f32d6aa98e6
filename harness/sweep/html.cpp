// sweep.html: the chart, what follows, and every cell. One self-contained page without scripts, and
// sweep.svg: the chart alone.
#include "harness/report/escape.hpp"
#include "harness/report/words.hpp"
#include "harness/sweep/chart.hpp"
#include "harness/sweep/formats.hpp"
#include "harness/sweep/matrix.hpp"
#include "harness/sweep/table.hpp"
#include "harness/sweep/words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iterator>

namespace twofifty::harness {
namespace {

constexpr std::string_view style = R"(
:root { color-scheme: light dark; --ink: #1d2430; --soft: #5b6675; --page: #f6f7f9; --card: #fff;
  --line: #dde2e9; --good: #007a5a; --fall: #d55e00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ee; --soft: #9aa5b4; --page: #14181f;
  --card: #1c222c; --line: #303947; --good: #35c08f; --fall: #ff8b3d; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
main { max-width: 76rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.35rem; margin: 0; } h2 { font-size: 1.02rem; margin: 0 0 .5rem; }
h3 { font-size: .95rem; margin: .8rem 0 .2rem; }
.question { color: var(--soft); font-style: italic; margin: .4rem 0 0; }
.facts { color: var(--soft); font-size: .9rem; margin: .3rem 0 1rem; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  padding: .9rem 1.1rem 1rem; margin-top: .9rem; overflow-x: auto; }
section.chart { background: #fff; } section.chart svg { display: block; max-width: 100%;
  height: auto; margin: 0 auto; }
p { margin: .3rem 0; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th { text-align: right; color: var(--soft); font-weight: 500; font-size: .85rem;
  vertical-align: bottom; line-height: 1.25; }
th, td { padding: .25rem .8rem .25rem 0; border-bottom: 1px solid var(--line);
  white-space: nowrap; }
td { text-align: right; } th.t, td.t { text-align: left; }
tr.begins td { border-top: 2px solid var(--line); } tr.recommended td { font-weight: 600; }
.mark { color: var(--good); } .fall { color: var(--fall); } .soft { color: var(--soft); }
)";

/// More lines than these are told in few words each.
constexpr std::size_t lines_in_full = 6;

template <class... Values>
void add(std::string& out, fmt::format_string<Values...> format, Values&&... values) {
    fmt::format_to(std::back_inserter(out), format, std::forward<Values>(values)...);
}

std::string chart_of(const SweepResult& result) {
    return matrix_of(result) ? heat_map(result) : line_chart(result);
}

void conclusions(std::string& out, const SweepResult& result) {
    out += "<section><h2>What follows</h2>\n";
    const bool in_full = result.lines.size() <= lines_in_full;
    for (const SweepLine& line : result.lines) {
        if (!result.sweep.timeout) break;
        const std::string name = name_of_line(result.sweep, line);
        if (!in_full) {
            add(out, "<p><b>{}</b>: {}</p>\n", escape_xml(name),
                escape_xml(line_in_short(result, line)));
            continue;
        }
        if (!name.empty()) add(out, "<h3>{}</h3>\n", escape_xml(name));
        for (const std::string& sentence : line_in_full(result, line))
            add(out, "<p>{}</p>\n", escape_xml(sentence));
    }
    for (const std::string& note : notes_on(result))
        add(out, "<p class=\"soft\">{}</p>\n", escape_xml(note));
    out += "</section>\n";
}

void table(std::string& out, const SweepResult& result) {
    const SweepTable table = table_of(result);
    out += "<section><h2>Every cell</h2>\n<table>\n<tr>";
    for (const TableColumn& column : table.columns)
        add(out, "<th{}>{}{}{}</th>", column.is_text ? " class=\"t\"" : "", escape_xml(column.top),
            column.top.empty() ? "" : "<br>", escape_xml(column.bottom));
    out += "<th></th></tr>\n";
    for (const TableRow& row : table.rows) {
        const bool recommended = row.mark == CellMark::recommended || row.mark == CellMark::both;
        add(out, "<tr class=\"{}{}\">", row.begins_line ? "begins " : "",
            recommended ? "recommended" : "");
        for (std::size_t i = 0; i < row.texts.size(); ++i)
            add(out, "<td{}>{}</td>", table.columns[i].is_text ? " class=\"t\"" : "",
                escape_xml(row.texts[i]));
        add(out, "<td class=\"t {}\">{}</td></tr>\n", recommended ? "mark" : "fall",
            escape_xml(to_words(row.mark)));
    }
    out += "</table>\n";
    if (!table.nowhere.empty())
        add(out, "<p class=\"soft\">None in any cell: {}.</p>\n", fmt::join(table.nowhere, ", "));
    out += "</section>\n";
}

}  // namespace

std::string write_sweep_svg(const SweepResult& result) {
    return chart_of(result);
}

std::string write_sweep_html(const SweepResult& result) {
    std::string out;
    add(out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<title>{}: sweep</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n<h1>{}</h1>\n",
        escape_xml(result.name), style, escape_xml(result.name));
    if (!result.question.empty())
        add(out, "<p class=\"question\">{}</p>\n", escape_xml(result.question));
    add(out, "<p class=\"facts\">{} of {}, {} world, first seed {}, started {}; twofifty {}</p>\n",
        counted(result.cells.size(), "cell", "cells"), counted(result.sweep.seeds, "seed", "seeds"),
        result.world, result.seed, escape_xml(result.started_at), escape_xml(result.version));
    add(out, "<section class=\"chart\">\n{}</section>\n", chart_of(result));
    conclusions(out, result);
    table(out, result);
    out += "</main>\n</body>\n</html>\n";
    return out;
}

}  // namespace twofifty::harness
