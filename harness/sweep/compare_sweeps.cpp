#include "harness/sweep/compare_sweeps.hpp"

#include "harness/report/json_text.hpp"
#include "harness/sweep/words.hpp"
#include "settings/value.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>
#include <array>

namespace twofifty::harness {
namespace {

namespace json = boost::json;

TimeFigures as_times(const CellTimes& times) {
    return {.count = times.count,
            .p50 = times.p50,
            .p90 = times.p90,
            .p99 = times.p99,
            .max = times.max};
}

/// A figure that no cell keeps would read as 0, and a bound on it as held.
void require_kept(std::span<const ChangeBound> bounds) {
    constexpr std::array<std::string_view, 6> counts{"messages", "recipients",   "attempts",
                                                     "copies",   "extra_copies", "copies_max"};
    for (const ChangeBound& bound : bounds) {
        const std::string& figure = bound.figure.canonical;
        const bool kept = std::ranges::find(counts, figure) != counts.end() ||
                          figure.starts_with("verdicts.") || figure.starts_with("time_to_");
        if (!kept)
            throw settings::Error(
                settings::Place{.source = fmt::format("bound \"{}\"", bound.text)},
                "a sweep keeps no such figure of its cells; expected a verdict, messages, "
                "recipients, attempts, copies, extra_copies, copies_max, or a percentile of "
                "time_to_delivery or time_to_acknowledge");
    }
}

/// What a sweep keeps of a cell, as the summary of one run: then a bound means the same for both.
Summary as_summary(const NamedCell& cell) {
    const CellFigures& figures = cell.figures;
    Summary summary;
    summary.scenario = cell.name;
    summary.messages = figures.messages;
    summary.recipients = figures.pairs;
    summary.attempts = figures.attempts;
    summary.copies = figures.copies;
    summary.extra_copies = figures.extra_copies;
    summary.connection_hours = figures.connection_hours;
    summary.time_to_delivery = as_times(figures.delivery);
    summary.time_to_acknowledge = as_times(figures.acknowledge);
    const std::uint64_t troubled = figures.duplicated + figures.lost + figures.ghost +
                                   figures.failed + figures.pending + figures.corrupted +
                                   figures.unobserved;
    summary.verdicts = {{"once", figures.pairs - troubled},
                        {"duplicated", figures.duplicated},
                        {"lost", figures.lost},
                        {"ghost", figures.ghost},
                        {"failed", figures.failed},
                        {"pending", figures.pending},
                        {"corrupted", figures.corrupted},
                        {"unobserved", figures.unobserved}};
    if (figures.copies_max > 0)
        summary.copies_histogram = {{std::to_string(figures.copies_max), 1}};
    return summary;
}

const ComparedShare& duplicated(const ComparedCell& cell) {
    return *std::ranges::find(cell.comparison.shares, "duplicated", &ComparedShare::name);
}

std::string per_thousand_of(std::uint64_t part, std::uint64_t whole) {
    if (whole == 0) return "-";
    return per_thousand(static_cast<double>(part) / static_cast<double>(whole));
}

}  // namespace

bool SweepComparison::all_held() const {
    return std::ranges::all_of(cells,
                               [](const ComparedCell& cell) { return cell.comparison.all_held(); });
}

SweepComparison compare_sweeps(const ReadSweep& first, const ReadSweep& second,
                               std::span<const ChangeBound> bounds, BoundRule rule) {
    require_kept(bounds);
    SweepComparison comparison{.first_name = first.started_at, .second_name = second.started_at};
    for (const NamedCell& cell : first.cells) {
        const auto same = std::ranges::find(second.cells, cell.name, &NamedCell::name);
        if (same == second.cells.end()) {
            comparison.only_first.push_back(cell.name);
            continue;
        }
        comparison.cells.push_back(
            {cell.name, compare(as_summary(cell), as_summary(*same), bounds, rule)});
    }
    for (const NamedCell& cell : second.cells)
        if (std::ranges::find(first.cells, cell.name, &NamedCell::name) == first.cells.end())
            comparison.only_second.push_back(cell.name);
    return comparison;
}

std::string write_sweep_comparison(const SweepComparison& comparison, bool colour) {
    std::size_t widest = 4;
    std::size_t differ = 0;
    for (const ComparedCell& cell : comparison.cells) widest = std::max(widest, cell.name.size());
    std::string out = fmt::format("duplicated per 1000: first {}, second {}\n\n",
                                  comparison.first_name, comparison.second_name);
    out += fmt::format("{:<{}}{:>12}{:>12}   chance of such a difference, * below 5 %\n", "cell",
                       widest + 2, "first", "second");
    for (const ComparedCell& cell : comparison.cells) {
        const ComparedShare& share = duplicated(cell);
        const bool significant = share.significance.significant();
        differ += significant ? 1 : 0;
        out += fmt::format("{:<{}}{:>12}{:>12}   {:.4f}{}\n", cell.name, widest + 2,
                           per_thousand_of(share.first, share.first_whole),
                           per_thousand_of(share.second, share.second_whole), share.significance.p,
                           significant ? " *" : "");
    }
    out +=
        fmt::format("\n{} of {} cells differ; by chance alone about {:.2g} would.\n", differ,
                    comparison.cells.size(), 0.05 * static_cast<double>(comparison.cells.size()));
    for (const std::string& name : comparison.only_first)
        out += "only in the first: " + name + '\n';
    for (const std::string& name : comparison.only_second)
        out += "only in the second: " + name + '\n';
    for (const ComparedCell& cell : comparison.cells) {
        if (cell.comparison.all_held()) continue;
        out += fmt::format("\n{}\n{}", cell.name, write_bounds(cell.comparison.bounds, colour));
    }
    return out;
}

std::string write_sweep_comparison_json(const SweepComparison& comparison) {
    json::array cells;
    for (const ComparedCell& cell : comparison.cells) {
        json::value of_cell = json::parse(write_comparison_json(cell.comparison));
        of_cell.as_object()["cell"] = cell.name;
        cells.push_back(std::move(of_cell));
    }
    const auto names = [](const std::vector<std::string>& values) {
        json::array array;
        for (const std::string& value : values) array.emplace_back(value);
        return array;
    };
    return json_text(json::object{{"schema", 1},
                                  {"kind", "sweep comparison"},
                                  {"first", comparison.first_name},
                                  {"second", comparison.second_name},
                                  {"all_held", comparison.all_held()},
                                  {"cells", std::move(cells)},
                                  {"only_first", names(comparison.only_first)},
                                  {"only_second", names(comparison.only_second)}});
}

}  // namespace twofifty::harness
