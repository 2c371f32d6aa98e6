#include "harness/sweep/table.hpp"

#include "harness/sweep/expand.hpp"
#include "harness/sweep/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

namespace twofifty::harness {
namespace {

struct Rare {
    std::string_view name;
    std::uint64_t CellFigures::*count;
};

/// Verdicts that most sweeps have none of.
constexpr std::array<Rare, 6> rare{{{"ghost", &CellFigures::ghost},
                                    {"failed", &CellFigures::failed},
                                    {"lost", &CellFigures::lost},
                                    {"pending", &CellFigures::pending},
                                    {"corrupted", &CellFigures::corrupted},
                                    {"unobserved", &CellFigures::unobserved}}};

bool occurs(const SweepResult& result, const Rare& verdict) {
    return std::ranges::any_of(
        result.cells, [&](const auto& cell) { return cell && (*cell).*verdict.count > 0; });
}

struct Figure {
    TableColumn column;
    std::function<std::string(const CellFigures&)> text;
};

std::string count_text(std::uint64_t count) {
    return std::to_string(count);
}

std::string time_text(const CellTimes& times, double CellTimes::*percentile) {
    return times.count == 0 ? "-" : short_time(times.*percentile);
}

std::vector<Figure> figures_of(const SweepResult& result, std::vector<std::string>& nowhere) {
    using Cell = const CellFigures&;
    std::vector<Figure> figures;
    figures.push_back({{"duplicated", "per 1000"},
                       [](Cell cell) { return per_thousand(duplicated_share(cell)); }});
    figures.push_back(
        {{"95 %", "interval"}, [](Cell cell) { return interval_text(duplicated_interval(cell)); }});
    figures.push_back({{"most", "copies"}, [](Cell cell) { return count_text(cell.copies_max); }});
    figures.push_back(
        {{"extra", "copies"}, [](Cell cell) { return count_text(cell.extra_copies); }});
    for (const Rare& verdict : rare) {
        if (occurs(result, verdict))
            figures.push_back({{"", std::string(verdict.name)},
                               [verdict](Cell cell) { return count_text(cell.*verdict.count); }});
        else
            nowhere.emplace_back(verdict.name);
    }
    figures.push_back(
        {{"deliver", "p50"}, [](Cell cell) { return time_text(cell.delivery, &CellTimes::p50); }});
    figures.push_back(
        {{"deliver", "p99"}, [](Cell cell) { return time_text(cell.delivery, &CellTimes::p99); }});
    figures.push_back({{"acknowl.", "p99"},
                       [](Cell cell) { return time_text(cell.acknowledge, &CellTimes::p99); }});
    figures.push_back({{"retries", "/message"},
                       [](Cell cell) { return short_number(retries_per_message(cell)); }});
    figures.push_back(
        {{"open", "hours"}, [](Cell cell) { return short_number(cell.connection_hours); }});
    const bool all_passed = std::ranges::all_of(
        result.cells, [](const auto& cell) { return !cell || cell->result == Result::passed; });
    if (!all_passed)
        figures.push_back(
            {{"", "result", true}, [](Cell cell) { return std::string(to_string(cell.result)); }});
    return figures;
}

}  // namespace

CellMark mark_of(const SweepLine& line, std::uint64_t cell) {
    const bool behind_cliff = line.cliff && line.cliff->after == cell;
    const bool recommended = line.recommendation && line.recommendation->cell == cell;
    if (behind_cliff && recommended) return CellMark::both;
    if (behind_cliff) return CellMark::cliff;
    return recommended ? CellMark::recommended : CellMark::none;
}

std::string to_words(CellMark mark) {
    switch (mark) {
        case CellMark::none: return "";
        case CellMark::cliff: return "< cliff";
        case CellMark::recommended: return "< recommended";
        case CellMark::both: return "< cliff, recommended";
    }
    return "";
}

SweepTable table_of(const SweepResult& result) {
    SweepTable table;
    const std::vector<Figure> figures = figures_of(result, table.nowhere);
    for (const SweepAxis& axis : result.sweep.axes)
        table.columns.push_back({"", axis.label, axis.kind == AxisKind::words});
    for (const Figure& figure : figures) table.columns.push_back(figure.column);
    for (const SweepLine& line : result.lines) {
        bool begins = true;
        for (const std::uint64_t cell : line.cells) {
            if (!result.cells[cell]) continue;
            TableRow row{.cell = cell, .mark = mark_of(line, cell), .begins_line = begins};
            begins = false;
            const std::vector<std::size_t> values = values_of_cell(result.sweep, cell);
            for (std::size_t i = 0; i < values.size(); ++i)
                row.texts.push_back(result.sweep.axes[i].values[values[i]].shown);
            for (const Figure& figure : figures)
                row.texts.push_back(figure.text(*result.cells[cell]));
            table.rows.push_back(std::move(row));
        }
    }
    return table;
}

}  // namespace twofifty::harness
