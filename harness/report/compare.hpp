// Two runs side by side, and bounds on how much the second may differ from the first: the question
// of a regression test is "is it worse than before", not "is it good".
#pragma once

#include "harness/report/statistics.hpp"
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

/// Pairs with a verdict of either run, and whether the shares differ by more than chance.
struct ComparedShare {
    std::string name;
    std::uint64_t first = 0;
    std::uint64_t first_whole = 0;
    std::uint64_t second = 0;
    std::uint64_t second_whole = 0;
    Significance significance{};

    bool operator==(const ComparedShare&) const = default;
};

/// The times of a phase, or of whole messages, of either run, and whether they differ by more than
/// chance. Nothing is tested where a run kept no distribution.
struct ComparedTimes {
    std::string name;
    TimeFigures first{};
    TimeFigures second{};
    TimesDiffer difference{};

    bool operator==(const ComparedTimes&) const = default;
};

struct CheckedBound {
    std::string text;
    /// Nothing where a run has no value for the figure; such a bound does not hold.
    std::optional<double> change;
    std::string unit;
    bool held = false;
    /// Of the difference, where there is a test for the figure.
    std::optional<Significance> significance{};
    /// It does not hold, but only significant differences count, and this one is none.
    bool excused = false;

    bool operator==(const CheckedBound&) const = default;
};

struct RunComparison {
    std::string first_name;
    std::string second_name;
    std::vector<ComparedFigure> figures;
    std::vector<ComparedShare> shares{};
    std::vector<ComparedTimes> times{};
    std::vector<CheckedBound> bounds;

    /// Each bound holds, or is excused.
    bool all_held() const;
};

/// What an exceeded bound needs to count: nothing more, or a difference that is significant at 5 %.
/// A figure without a test, such as the number of attempts, needs nothing more in either case.
enum class BoundRule : std::uint8_t { any_excess, significant_excess };

RunComparison compare(const Summary& first, const Summary& second,
                      std::span<const ChangeBound> bounds, BoundRule rule = BoundRule::any_excess);

/// Tables for the terminal: figures, shares, times; the bounds below.
std::string write_comparison(const RunComparison& comparison, bool colour);

/// The bounds alone, a line each.
std::string write_bounds(std::span<const CheckedBound> bounds, bool colour);

/// The same as JSON, schema 1.
std::string write_comparison_json(const RunComparison& comparison);

}  // namespace twofifty::harness
