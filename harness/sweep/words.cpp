#include "harness/sweep/words.hpp"

#include "harness/report/words.hpp"
#include "harness/sweep/expand.hpp"

#include <fmt/format.h>

#include <cmath>

namespace twofifty::harness {
namespace {

constexpr std::size_t cells_named_most = 5;

std::string bound_text(const Expectation& bound) {
    return bound.figure + " " + bound.bound;
}

std::string percent(double share) {
    return short_number(100 * share) + " %";
}

/// What a value costs beside another one.
std::string cost(const SweepResult& result, std::uint64_t cell, std::uint64_t other) {
    const CellFigures& ours = *result.cells[cell];
    const CellFigures& theirs = *result.cells[other];
    const AxisValue& own_value = timeout_of(result.sweep, cell);
    const AxisValue& value = timeout_of(result.sweep, other);
    std::string text =
        fmt::format("{} connection hours instead of {}, delivery p99 {} instead of {}",
                    short_number(ours.connection_hours), short_number(theirs.connection_hours),
                    short_time(ours.delivery.p99), short_time(theirs.delivery.p99));
    if (result.sweep.axes[*result.sweep.timeout].kind == AxisKind::duration)
        text += fmt::format(", a receiver that is really gone is noticed after {} instead of {}",
                            own_value.shown, value.shown);
    return text;
}

std::string cliff_text(const SweepResult& result, const Cliff& cliff) {
    return fmt::format("from {} to {} ({} to {} per thousand)",
                       timeout_of(result.sweep, cliff.before).shown,
                       timeout_of(result.sweep, cliff.after).shown,
                       per_thousand(duplicated_share(*result.cells[cliff.before])),
                       per_thousand(duplicated_share(*result.cells[cliff.after])));
}

void say_recommended(const SweepResult& result, const Recommendation& said,
                     std::vector<std::string>& out) {
    const Expectation& bound = *result.sweep.bound;
    const std::string& label = result.sweep.axes[*result.sweep.timeout].label;
    if (!said.cell) {
        std::string text = fmt::format("No value of {} keeps {}", label, bound_text(bound));
        if (said.best)
            text += fmt::format("; {} comes nearest, with up to {}",
                                timeout_of(result.sweep, *said.best).shown,
                                percent(upper_end(*result.cells[*said.best])));
        out.push_back(text + ".");
        return;
    }
    const CellFigures& cell = *result.cells[*said.cell];
    out.push_back(fmt::format(
        "Recommended for {}: {}. {} of {} pairs, hence with 95 % confidence at most {}: the "
        "smallest value that keeps {}.",
        label, timeout_of(result.sweep, *said.cell).shown, cell.bounded, cell.pairs,
        percent(upper_end(cell)), bound_text(bound)));
    if (said.next_smaller)
        out.push_back(fmt::format("Against {}, the next smaller: {}.",
                                  timeout_of(result.sweep, *said.next_smaller).shown,
                                  cost(result, *said.cell, *said.next_smaller)));
    if (said.largest)
        out.push_back(fmt::format("Against {}, the largest: {}.",
                                  timeout_of(result.sweep, *said.largest).shown,
                                  cost(result, *said.cell, *said.largest)));
    if (said.larger_exceeds)
        out.emplace_back(
            "A larger value exceeds the bound: the figures do not simply fall along this axis. "
            "Look at the table before you follow the recommendation.");
}

/// "3 cells did not keep the scenario's expectations: a; b; c."
void say_cells(const SweepResult& result, Result kind, std::string_view what,
               std::vector<std::string>& out) {
    std::string names;
    std::size_t count = 0;
    for (std::uint64_t cell = 0; cell < result.cells.size(); ++cell) {
        if (!result.cells[cell] || result.cells[cell]->result != kind) continue;
        if (++count > cells_named_most) continue;
        std::string reason = result.cells[cell]->reason;
        if (reason.ends_with('.')) reason.pop_back();
        names += fmt::format("{}{}: {}", count == 1 ? " " : "; ", name_of_cell(result.sweep, cell),
                             reason);
    }
    if (count == 0) return;
    if (count > cells_named_most) names += fmt::format("; {} more", count - cells_named_most);
    out.push_back(fmt::format("{} {}:{}.", counted(count, "cell", "cells"), what, names));
}

}  // namespace

std::string per_thousand(double share) {
    const double number = 1000 * share;
    if (number == 0) return "0";
    if (number < 0.001) return "< 0.001";
    if (number < 1) return fmt::format("{:.3f}", number);
    if (number < 100) return fmt::format("{:.2f}", number);
    return fmt::format("{:.1f}", number);
}

std::string short_time(double ms) {
    constexpr double minute = 60'000;
    constexpr double hour = 60 * minute;
    if (ms < 0.0005) return "0";
    if (ms < 1) return fmt::format("{:.0f}us", ms * 1000);
    if (ms < 1000) return fmt::format("{:.3g}ms", ms);
    if (ms < 2 * minute) return fmt::format("{:.3g}s", ms / 1000);
    if (ms < 2 * hour) return fmt::format("{:.3g}m", ms / minute);
    if (ms < 48 * hour) return fmt::format("{:.3g}h", ms / hour);
    return fmt::format("{:.3g}d", ms / (24 * hour));
}

std::string short_number(double number) {
    if (number == 0) return "0";
    if (std::abs(number) >= 1000) return fmt::format("{:.0f}", number);
    return fmt::format("{:.3g}", number);
}

std::string interval_text(const Interval& interval) {
    return fmt::format("[{}, {}]", per_thousand(interval.low), per_thousand(interval.high));
}

std::string line_in_short(const SweepResult& result, const SweepLine& line) {
    std::string text("no change that stands out from chance");
    if (line.cliff)
        text = (line.cliff->fall > 0 ? "falls off " : "sets in ") + cliff_text(result, *line.cliff);
    if (!line.recommendation) return text;
    const Recommendation& said = *line.recommendation;
    return text + (said.cell ? "; recommended: " + timeout_of(result.sweep, *said.cell).shown
                             : std::string("; none keeps the bound"));
}

std::vector<std::string> line_in_full(const SweepResult& result, const SweepLine& line) {
    std::vector<std::string> out;
    if (line.cliff)
        out.push_back(fmt::format("The cliff: duplicates {} most {}.",
                                  line.cliff->fall > 0 ? "fall" : "rise",
                                  cliff_text(result, *line.cliff)));
    else
        out.emplace_back("No cliff: no change between neighbours stands out from chance.");
    if (line.recommendation) say_recommended(result, *line.recommendation, out);
    return out;
}

std::vector<std::string> notes_on(const SweepResult& result) {
    std::vector<std::string> notes;
    if (!is_complete(result))
        notes.push_back(
            fmt::format("Incomplete: {} of {} were finished before the sweep was "
                        "interrupted.",
                        finished_cells(result), counted(result.cells.size(), "cell", "cells")));
    say_cells(result, Result::failed, "did not keep the scenario's expectations", notes);
    say_cells(result, Result::inconclusive, "cannot say, and are never recommended", notes);
    notes.push_back(
        fmt::format("Duplicates are per thousand (message, recipient) pairs, with the 95 % "
                    "interval of Wilson's "
                    "score over all pairs of {}. Times are of all seeds together, and so are the "
                    "hours for which "
                    "the senders' connections were open.",
                    counted(result.sweep.seeds, "seed", "seeds")));
    return notes;
}

}  // namespace twofifty::harness
