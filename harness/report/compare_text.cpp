// A comparison as text for a terminal.
#include "harness/report/compare.hpp"
#include "harness/report/words.hpp"

#include <fmt/format.h>

#include <cmath>

namespace twofifty::harness {
namespace {

std::string cell(const std::optional<double>& value, std::string_view unit) {
    if (!value) return "-";
    if (unit == "ms") return format_ms(*value);
    return unit == "h" ? fmt::format("{:.4g}", *value) : fmt::format("{}", *value);
}

std::string difference(const ComparedFigure& figure) {
    if (!figure.first || !figure.second) return "-";
    const double change = *figure.second - *figure.first;
    if (change == 0) return "=";
    const std::string amount = cell(std::abs(change), figure.unit);
    std::string text = fmt::format("{}{}", change < 0 ? '-' : '+', amount);
    if (*figure.first == 0) return text;
    return fmt::format("{} ({:+.1f} %)", text, 100 * change / *figure.first);
}

std::string chance(const Significance& significance) {
    if (significance.test.empty()) return "not tested";
    const std::string p =
        significance.p < 0.0001 ? "p < 0.0001" : fmt::format("p = {:.4f}", significance.p);
    return fmt::format("{}{} ({})", p, significance.significant() ? " *" : "", significance.test);
}

void write_shares(std::string& out, const RunComparison& comparison) {
    out += fmt::format("\n{:<32}{:>20}{:>22}   the chance of such a difference, * below 5 %\n",
                       "share of pairs", "", "");
    for (const ComparedShare& share : comparison.shares) {
        if (share.first == 0 && share.second == 0) continue;
        out += fmt::format(
            "{:<32}{:>20}{:>22}   {}\n", share.name, format_share(share.first, share.first_whole),
            format_share(share.second, share.second_whole), chance(share.significance));
    }
}

void write_times(std::string& out, const RunComparison& comparison) {
    out += fmt::format("\n{:<18}{:>34}{:>34}   distance of the two\n", "times in ms",
                       "first: p50, p90, p99", "second: p50, p90, p99");
    const auto three = [](const TimeFigures& times) {
        if (times.count == 0) return fmt::format("{:>34}", "-");
        return fmt::format("{:>10}{:>12}{:>12}", format_ms(times.p50), format_ms(times.p90),
                           format_ms(times.p99));
    };
    for (const ComparedTimes& times : comparison.times) {
        const Significance& significance = times.difference.significance;
        const std::string difference =
            significance.test.empty()
                ? "not tested"
                : fmt::format("{:.3f}, {}", times.difference.distance, chance(significance));
        out += fmt::format("{:<18}{}{}   {}\n", times.name, three(times.first), three(times.second),
                           difference);
    }
}

std::string bound_line(const CheckedBound& bound, bool colour) {
    const std::string_view word = bound.held ? "held    " : bound.excused ? "excused " : "NOT HELD";
    const std::string change =
        bound.change
            ? fmt::format("{:+.4g}{}", *bound.change, bound.unit.empty() ? "" : " " + bound.unit)
            : "cannot be said: a run has no value to start from";
    std::string line = colour ? fmt::format("\x1b[{}m{}\x1b[0m",
                                            bound.held      ? 32
                                            : bound.excused ? 33
                                                            : 31,
                                            word)
                              : std::string(word);
    line += fmt::format("  {}   the change is {}", bound.text, change);
    if (bound.significance && !bound.held)
        line += fmt::format(", {}{}", chance(*bound.significance),
                            bound.excused ? ": it may be chance" : "");
    return line + '\n';
}

}  // namespace

std::string write_bounds(std::span<const CheckedBound> bounds, bool colour) {
    std::string out;
    for (const CheckedBound& bound : bounds) out += bound_line(bound, colour);
    return out;
}

std::string write_comparison(const RunComparison& comparison, bool colour) {
    std::string out = fmt::format("{:<32}{:>20.20}{:>22.22}   {}\n", "", comparison.first_name,
                                  comparison.second_name, "difference");
    for (const ComparedFigure& figure : comparison.figures) {
        out +=
            fmt::format("{:<32}{:>20}{:>22}   {}\n", figure.name, cell(figure.first, figure.unit),
                        cell(figure.second, figure.unit), difference(figure));
    }
    write_shares(out, comparison);
    write_times(out, comparison);
    if (!comparison.bounds.empty()) out += '\n';
    return out + write_bounds(comparison.bounds, colour);
}

}  // namespace twofifty::harness
