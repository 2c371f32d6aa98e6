// Two runs side by side, and bounds on how much the second may differ from the first: the question
// of a regression test is "is it worse than before", not "is it good".
#pragma once

#include "harness/report/summary.hpp"
#include "harness/scenario/figures.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::harness {

/// "duplicated <= +0.5%", "latency.data_done.p99 <= +20%", "attempts <= +10", "lost == 0".
///
/// The change is second minus first. What "%" is of depends on the figure: for a count of
/// recipients (FigureKind::pairs) it is percentage points of the run's recipients, so that runs of
/// different sizes compare; for anything else it is of the first run's value.
struct ChangeBound {
    std::string text;  ///< As written.
    Figure figure;
    Comparison comparison = Comparison::less_or_equal;
    double value = 0;  ///< In the figure's own unit, or percent.
    bool percent = false;
};

/// Reads a bound. Times need a unit ("+20ms") or "%".
/// Throws settings::Error for an unknown figure, and for what is no bound.
ChangeBound parse_change_bound(std::string_view text);

struct ComparedFigure {
    std::string name;
    std::string unit;
    std::optional<double> first;
    std::optional<double> second;

    bool operator==(const ComparedFigure&) const = default;
};

struct CheckedBound {
    std::string text;
    /// Nothing where a run has no value for the figure; such a bound does not hold.
    std::optional<double> change;
    std::string unit;
    bool held = false;

    bool operator==(const CheckedBound&) const = default;
};

struct RunComparison {
    std::string first_name;
    std::string second_name;
    std::vector<ComparedFigure> figures;
    std::vector<CheckedBound> bounds;

    bool all_held() const;
};

RunComparison compare(const Summary& first, const Summary& second,
                      std::span<const ChangeBound> bounds);

/// A table for the terminal: figure, first, second, difference; the bounds below.
std::string write_comparison(const RunComparison& comparison, bool colour);

}  // namespace twofifty::harness
