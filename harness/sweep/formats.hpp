// The reports of a sweep. Each is one small file with one pure function of a SweepResult.
#pragma once

#include "harness/sweep/sweep_result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace twofifty::harness {

/// What the command prints: what follows from the sweep first, then a matrix where there are two
/// axes, then every cell; at most 120 columns where the values allow.
std::string write_sweep_terminal(const SweepResult& result, bool colour);

/// One line a cell, RFC 4180, line feeds alone; raw numbers, ms and hours.
std::string write_sweep_csv(const SweepResult& result);

/// sweep.json, schema 1: every cell with its overrides, seeds and figures.
std::string write_sweep_json(const SweepResult& result);

/// A cell of a sweep.json that was read back: what it is called, and what it came to.
struct NamedCell {
    std::string name{};
    CellFigures figures{};

    bool operator==(const NamedCell&) const = default;
};

struct ReadSweep {
    std::string name{};
    std::string started_at{};
    std::vector<NamedCell> cells{};

    bool operator==(const ReadSweep&) const = default;
};

/// Reads the cells of a sweep.json. Throws settings::Error, which names `source`, where the text is
/// no such file or of a newer schema.
ReadSweep read_sweep_json(std::string_view text, std::string_view source);

/// Whether the text is a sweep.json, rather than some other one.
bool is_sweep_json(std::string_view text);

std::string write_sweep_markdown(const SweepResult& result);

/// The chart alone, light, at a fixed size.
std::string write_sweep_svg(const SweepResult& result);

/// One self-contained page: the chart, what follows, the table.
std::string write_sweep_html(const SweepResult& result);

}  // namespace twofifty::harness
