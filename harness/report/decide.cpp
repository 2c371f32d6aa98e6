// From figures to a verdict on the run: passed, failed or inconclusive, with the reasons. Green
// means that the question was asked and answered as expected, never that nothing was looked at.
#include "harness/report/summary.hpp"
#include "harness/scenario/figures.hpp"

#include <fmt/format.h>

#include <array>

namespace twofifty::harness {
namespace {

bool holds(Comparison comparison, double value, double bound) {
    switch (comparison) {
        case Comparison::equal: return value == bound;
        case Comparison::not_equal: return value != bound;
        case Comparison::less: return value < bound;
        case Comparison::less_or_equal: return value <= bound;
        case Comparison::greater: return value > bound;
        case Comparison::greater_or_equal: return value >= bound;
    }
    return false;
}

/// A share is compared as a share, so that 3 of 100 is "<= 3%" although 0.03 * 100 is not 3.
ExpectationFigures evaluate(const Summary& summary, const Expectation& expectation) {
    const std::string canonical = canonical_figure(expectation.figure);
    ExpectationFigures evaluated;
    evaluated.figure = expectation.figure;
    evaluated.bound = expectation.bound;
    evaluated.unit = expectation.percent ? "%" : unit_of_figure(canonical);
    std::optional<double> value = figure_value(summary, canonical);
    if (value && expectation.percent) {
        if (summary.recipients == 0) return evaluated;
        *value /= static_cast<double>(summary.recipients);
    }
    if (!value) return evaluated;
    evaluated.held = holds(expectation.comparison, *value, expectation.value);
    evaluated.value = expectation.percent ? *value * 100 : *value;
    return evaluated;
}

std::string value_in_words(const ExpectationFigures& expectation) {
    if (expectation.unit == "%") return fmt::format("{:.4g} %", *expectation.value);
    if (expectation.unit.empty()) return fmt::format("{}", *expectation.value);
    return fmt::format("{:.6g} {}", *expectation.value, expectation.unit);
}

/// Reasons for which no figure can be trusted yet.
std::vector<std::string> reasons_to_doubt(const Summary& summary) {
    std::vector<std::string> reasons = summary.incomplete;
    if (summary.messages == 0) {
        reasons.emplace_back("No message was submitted.");
        return reasons;
    }
    bool answered = summary.copies > 0 || summary.transactions_accepted > 0;
    for (const PhaseLatency& latency : summary.latency) {
        answered = answered || (latency.phase != "connect" && latency.times.count > 0);
    }
    if (!answered) reasons.emplace_back("The target never answered: no attempt got a greeting.");
    return reasons;
}

}  // namespace

std::string_view to_string(Result result) {
    constexpr std::array<std::string_view, 3> names{"passed", "failed", "inconclusive"};
    return names[static_cast<std::size_t>(result)];
}

void decide(Summary& summary, std::span<const Expectation> expectations) {
    summary.expectations.clear();
    std::vector<std::string> broken;
    std::vector<std::string> unasked;
    for (const RuleCounts& rule : summary.rules) {
        if (rule.fired > 0) continue;
        unasked.push_back(fmt::format("The rule {} never fired.", rule.name));
    }
    for (const Expectation& expectation : expectations) {
        const ExpectationFigures& evaluated =
            summary.expectations.emplace_back(evaluate(summary, expectation));
        if (evaluated.held) continue;
        if (evaluated.value) {
            broken.push_back(fmt::format("Expected {} {}, but it is {}.", evaluated.figure,
                                         evaluated.bound, value_in_words(evaluated)));
        } else {
            unasked.push_back(fmt::format("Expected {} {}, but nothing was measured for it.",
                                          evaluated.figure, evaluated.bound));
        }
    }

    std::vector<std::string> doubts = reasons_to_doubt(summary);
    if (!doubts.empty()) {
        summary.result = Result::inconclusive;
        summary.result_reasons = std::move(doubts);
        return;
    }
    summary.result_reasons = std::move(broken);
    summary.result = summary.result_reasons.empty()
                         ? (unasked.empty() ? Result::passed : Result::inconclusive)
                         : Result::failed;
    summary.result_reasons.insert(summary.result_reasons.end(), unasked.begin(), unasked.end());
    if (!summary.result_reasons.empty()) return;
    summary.result_reasons.emplace_back(expectations.empty()
                                            ? "The run is complete; the scenario expects nothing."
                                            : "Every expectation held.");
}

int exit_code(Result result) {
    switch (result) {
        case Result::passed: return 0;
        case Result::failed: return 1;
        case Result::inconclusive: return 2;
    }
    return 2;
}

}  // namespace twofifty::harness
