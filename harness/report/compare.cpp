#include "harness/report/compare.hpp"

#include "harness/report/words.hpp"
#include "settings/units.hpp"
#include "settings/value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <set>
#include <utility>

namespace twofifty::harness {
namespace {

[[noreturn]] void fail(std::string_view text, std::string_view message) {
    throw settings::Error(settings::Place{.source = fmt::format("bound \"{}\"", text)},
                          std::string(message));
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(' ');
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

std::optional<double> parse_number(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) {
        return std::nullopt;
    }
    return value;
}

struct Operator {
    Comparison comparison;
    std::string_view spelling;
};

// The longer spellings first: "<" is the beginning of "<=".
constexpr std::array<Operator, 6> operators{{
    {Comparison::less_or_equal, "<="},
    {Comparison::greater_or_equal, ">="},
    {Comparison::equal, "=="},
    {Comparison::not_equal, "!="},
    {Comparison::less, "<"},
    {Comparison::greater, ">"},
}};

bool holds(Comparison comparison, double value, double bound) {
    // A difference of two shares is not exact: 0.5 points must hold "<= +0.5%".
    constexpr double tolerance = 1e-9;
    const bool same = std::abs(value - bound) <= tolerance * std::max(1.0, std::abs(bound));
    switch (comparison) {
        case Comparison::equal: return same;
        case Comparison::not_equal: return !same;
        case Comparison::less: return !same && value < bound;
        case Comparison::less_or_equal: return same || value < bound;
        case Comparison::greater: return !same && value > bound;
        case Comparison::greater_or_equal: return same || value > bound;
    }
    return false;
}

/// "+20%", "-3", "+20ms" after the operator.
void read_amount(ChangeBound& bound, std::string_view amount) {
    double sign = 1;
    if (amount.starts_with('+') || amount.starts_with('-')) {
        if (amount.front() == '-') sign = -1;
        amount.remove_prefix(1);
    }
    if (amount.empty() || amount.front() < '0' || amount.front() > '9') {
        fail(bound.text, "an amount such as +0.5%, +10 or +20ms is needed after the comparison");
    }
    bound.percent = amount.ends_with('%');
    if (bound.percent) amount = trimmed(amount.substr(0, amount.size() - 1));
    if (bound.figure.kind == FigureKind::time && !bound.percent) {
        const std::optional<Duration> duration = settings::parse_duration(amount);
        if (!duration) fail(bound.text, "a time such as +20ms, or a share such as +20%, is needed");
        bound.value = sign * to_ms(*duration);
        return;
    }
    const std::optional<double> number = parse_number(amount);
    if (!number) fail(bound.text, "a number such as +10, or a share such as +0.5%, is needed");
    bound.value = sign * *number;
}

CheckedBound check(const ChangeBound& bound, const Summary& first, const Summary& second) {
    CheckedBound checked;
    checked.text = bound.text;
    checked.unit = bound.percent ? "%" : std::string(unit_of_figure(bound.figure.canonical));
    const std::optional<double> before = figure_value(first, bound.figure.canonical);
    const std::optional<double> after = figure_value(second, bound.figure.canonical);
    if (!before || !after) return checked;
    if (!bound.percent) {
        checked.change = *after - *before;
    } else if (bound.figure.kind == FigureKind::pairs) {
        if (first.recipients == 0 || second.recipients == 0) return checked;
        checked.change = 100 * (*after / static_cast<double>(second.recipients) -
                                *before / static_cast<double>(first.recipients));
    } else if (*before == *after) {
        checked.change = 0;
    } else {
        // From nothing to something has no percentage.
        if (*before == 0) return checked;
        checked.change = 100 * (*after - *before) / *before;
    }
    checked.held = holds(bound.comparison, *checked.change, bound.value);
    return checked;
}

/// The names that either run has, in the order of the first one.
template <class Range, class Name>
std::vector<std::string> names_of_both(const Range& first, const Range& second, Name name) {
    std::vector<std::string> names;
    std::set<std::string> seen;
    for (const Range* range : {&first, &second}) {
        for (const auto& element : *range) {
            if (seen.insert(name(element)).second) names.push_back(name(element));
        }
    }
    return names;
}

std::vector<std::string> compared_figures(const Summary& first, const Summary& second) {
    std::vector<std::string> figures{"messages",     "recipients", "attempts",        "copies",
                                     "extra_copies", "unexpected", "connection_hours"};
    const auto count_name = [](const Count& count) { return count.name; };
    for (const auto& name : names_of_both(first.verdicts, second.verdicts, count_name)) {
        figures.push_back("verdicts." + name);
    }
    for (const auto& name : names_of_both(first.causes, second.causes, count_name)) {
        figures.push_back("causes." + name);
    }
    const auto phase_name = [](const PhaseLatency& latency) { return latency.phase; };
    for (const auto& name : names_of_both(first.latency, second.latency, phase_name)) {
        for (const std::string_view figure : {"max", "censored"}) {
            figures.push_back(fmt::format("latency_ms.{}.{}", name, figure));
        }
    }
    for (const std::string_view time : {"time_to_acknowledge_ms", "time_to_delivery_ms"}) {
        figures.push_back(fmt::format("{}.max", time));
    }
    return figures;
}

constexpr std::array<std::string_view, 4> tested_verdicts{"duplicated", "ghost", "lost", "failed"};

Significance compare_counts(const Summary& first, const Summary& second, double before,
                            double after) {
    return compare_shares(static_cast<std::uint64_t>(before), first.recipients,
                          static_cast<std::uint64_t>(after), second.recipients);
}

std::vector<ComparedShare> compared_shares(const Summary& first, const Summary& second) {
    std::vector<ComparedShare> shares;
    for (const std::string_view verdict : tested_verdicts) {
        ComparedShare share{.name = std::string(verdict),
                            .first = count_of(first.verdicts, verdict),
                            .first_whole = first.recipients,
                            .second = count_of(second.verdicts, verdict),
                            .second_whole = second.recipients};
        share.significance =
            compare_shares(share.first, share.first_whole, share.second, share.second_whole);
        shares.push_back(std::move(share));
    }
    return shares;
}

TimesDiffer difference_of(const TimeFigures& first, const TimeFigures& second) {
    return compare_times(first.histogram, second.histogram);
}

/// The times that a figure is a percentile of; null for another figure.
const TimeFigures* times_behind(const Summary& summary, std::string_view canonical) {
    if (canonical.starts_with("time_to_delivery_ms.")) return &summary.time_to_delivery;
    if (canonical.starts_with("time_to_acknowledge_ms.")) return &summary.time_to_acknowledge;
    constexpr std::string_view latency = "latency_ms.";
    if (!canonical.starts_with(latency)) return nullptr;
    const std::string_view phase =
        canonical.substr(latency.size(), canonical.rfind('.') - latency.size());
    const auto found = std::ranges::find(summary.latency, phase, &PhaseLatency::phase);
    return found == summary.latency.end() ? nullptr : &found->times;
}

std::vector<ComparedTimes> compared_times(const Summary& first, const Summary& second) {
    std::vector<ComparedTimes> times;
    const auto add = [&times](std::string name, const TimeFigures& before,
                              const TimeFigures& after) {
        if (before.count == 0 && after.count == 0) return;
        times.push_back({std::move(name), before, after, difference_of(before, after)});
    };
    const auto phase_name = [](const PhaseLatency& latency) { return latency.phase; };
    for (const auto& name : names_of_both(first.latency, second.latency, phase_name)) {
        const std::string figure = fmt::format("latency_ms.{}.p50", name);
        const TimeFigures* before = times_behind(first, figure);
        const TimeFigures* after = times_behind(second, figure);
        add(name, before ? *before : TimeFigures{}, after ? *after : TimeFigures{});
    }
    add("to acknowledge", first.time_to_acknowledge, second.time_to_acknowledge);
    add("to deliver", first.time_to_delivery, second.time_to_delivery);
    return times;
}

/// Nothing where there is no test for the figure, or no distribution to test.
std::optional<Significance> significance_of(const Figure& figure, const Summary& first,
                                            const Summary& second) {
    if (figure.kind == FigureKind::pairs) {
        const auto before = figure_value(first, figure.canonical);
        const auto after = figure_value(second, figure.canonical);
        if (!before || !after) return std::nullopt;
        return compare_counts(first, second, *before, *after);
    }
    const TimeFigures* before = times_behind(first, figure.canonical);
    const TimeFigures* after = times_behind(second, figure.canonical);
    if (!before || !after || figure.canonical.ends_with(".censored")) return std::nullopt;
    const TimesDiffer difference = difference_of(*before, *after);
    if (difference.significance.test.empty()) return std::nullopt;
    return difference.significance;
}

}  // namespace

ChangeBound parse_change_bound(std::string_view text) {
    ChangeBound bound;
    bound.text = trimmed(text);
    const std::size_t begin = text.find_first_of("<>=!");
    if (begin == std::string_view::npos) {
        fail(text, "a comparison is missing; write for example \"duplicated <= +0.5%\"");
    }
    const std::string_view name = trimmed(text.substr(0, begin));
    const std::optional<Figure> figure = find_figure(name);
    if (!figure) fail(text, fmt::format("there is no figure \"{}\" in a summary", name));
    bound.figure = *figure;
    const std::string_view rest = text.substr(begin);
    const auto found = std::ranges::find_if(
        operators, [&](const Operator& known) { return rest.starts_with(known.spelling); });
    if (found == operators.end()) fail(text, "the comparison must be <=, <, >=, >, == or !=");
    bound.comparison = found->comparison;
    read_amount(bound, trimmed(rest.substr(found->spelling.size())));
    return bound;
}

bool RunComparison::all_held() const {
    return std::ranges::all_of(
        bounds, [](const CheckedBound& bound) { return bound.held || bound.excused; });
}

RunComparison compare(const Summary& first, const Summary& second,
                      std::span<const ChangeBound> bounds, BoundRule rule) {
    RunComparison comparison;
    const auto name = [](const Summary& summary) {
        return summary.started_at.empty() ? summary.scenario : summary.started_at;
    };
    comparison.first_name = name(first);
    comparison.second_name = name(second);
    for (const std::string& figure : compared_figures(first, second)) {
        ComparedFigure compared;
        compared.name = figure;
        compared.unit = unit_of_figure(figure);
        compared.first = figure_value(first, figure);
        compared.second = figure_value(second, figure);
        const bool nothing = compared.first.value_or(0) == 0 && compared.second.value_or(0) == 0;
        const bool always =
            figure.starts_with("verdicts.") || figure.find('.') == std::string::npos;
        if (nothing && !always) continue;
        comparison.figures.push_back(std::move(compared));
    }
    comparison.shares = compared_shares(first, second);
    comparison.times = compared_times(first, second);
    for (const ChangeBound& bound : bounds) {
        CheckedBound checked = check(bound, first, second);
        checked.significance = significance_of(bound.figure, first, second);
        checked.excused = rule == BoundRule::significant_excess && !checked.held &&
                          checked.change && checked.significance &&
                          !checked.significance->significant();
        comparison.bounds.push_back(std::move(checked));
    }
    return comparison;
}

}  // namespace twofifty::harness
