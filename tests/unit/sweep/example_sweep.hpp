// Sweeps whose figures can be told at a glance, and names that try to break each format.
#pragma once

#include "harness/sweep/expand.hpp"
#include "harness/sweep/sweep_result.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace twofifty::harness {

inline SweepAxis durations(std::string label, std::vector<std::pair<std::string, double>> values) {
    SweepAxis axis{
        .key = "fleet.timeouts.data_done", .label = std::move(label), .kind = AxisKind::duration};
    for (const auto& [shown, seconds] : values)
        axis.values.push_back({"\"" + shown + "\"", shown, seconds});
    axis.places.values.resize(axis.values.size());
    return axis;
}

inline SweepAxis words(std::string label, const std::vector<std::string>& values) {
    SweepAxis axis{.key = "fleet.profile", .label = std::move(label), .kind = AxisKind::words};
    for (const std::string& value : values) axis.values.push_back({"\"" + value + "\"", value, 0});
    axis.places.values.resize(axis.values.size());
    return axis;
}

inline Expectation at_most(double share) {
    return {.figure = "duplicated",
            .bound = "<= 1%",
            .comparison = Comparison::less_or_equal,
            .value = share,
            .percent = true};
}

/// Of 1000 pairs.
inline CellFigures cell_with(std::uint64_t duplicated) {
    return {.runs = 2,
            .messages = 1000,
            .pairs = 1000,
            .attempts = 1000 + duplicated,
            .copies = 1000 + duplicated,
            .extra_copies = duplicated,
            .copies_max = duplicated > 0 ? 2U : 1U,
            .duplicated = duplicated,
            .bounded = duplicated,
            .delivery = {1000, 2.5, 900, 1500, 1600},
            .acknowledge = {1000, 3, 900, 61'000, 62'000},
            .connection_hours = 1.5};
}

/// A sweep with the cells in their order; lines, cliffs and recommendations are judged.
inline SweepResult sweep_with(Sweep sweep, std::vector<std::optional<CellFigures>> cells) {
    SweepResult result{.name = "timeouts",
                       .question = "Which timeout?",
                       .version = "0.1.0",
                       .world = "virtual",
                       .started_at = "2026-11-25T07:00:00Z",
                       .seed = 1,
                       .sweep = std::move(sweep),
                       .cells = std::move(cells)};
    result.lines = judge_lines(result.sweep, result.cells);
    return result;
}

/// Four timeouts: 300, 290, 0 and 0 of 1000 pairs are duplicated; 1 % may be.
inline SweepResult example_sweep() {
    Sweep sweep{.seeds = 2, .timeout = 0, .bound = at_most(0.01)};
    sweep.axes = {durations("timeout", {{"5s", 5}, {"30s", 30}, {"1m", 60}, {"10m", 600}})};
    return sweep_with(std::move(sweep),
                      {cell_with(300), cell_with(290), cell_with(0), cell_with(0)});
}

inline SweepResult two_axes() {
    Sweep sweep{.seeds = 2, .timeout = 1, .bound = at_most(0.01)};
    sweep.axes = {words("sender", {"exim", "postfix"}),
                  durations("timeout", {{"5s", 5}, {"10m", 600}})};
    return sweep_with(std::move(sweep),
                      {cell_with(300), cell_with(0), cell_with(500), cell_with(400)});
}

inline constexpr const char* hostile_name = "a<b>&\"c'|d,e*_`]]>\x1b\n";

inline SweepResult hostile_sweep() {
    SweepResult result = two_axes();
    result.name = hostile_name;
    result.question = hostile_name;
    result.sweep.axes[0].label = hostile_name;
    result.sweep.axes[0].values[0].shown = hostile_name;
    result.cells[0]->reason = hostile_name;
    result.cells[0]->result = Result::failed;
    return result;
}

}  // namespace twofifty::harness
