// JUnit XML, the format that every CI server shows: a suite per scenario, a test case per
// expectation. There is no schema of its own; what is written here is what Jenkins, GitLab and
// GitHub's reporters all read.
#include "harness/report/escape.hpp"
#include "harness/report/format.hpp"
#include "harness/report/words.hpp"

#include <fmt/format.h>

#include <iterator>

namespace twofifty::harness {
namespace {

std::string reasons(const Summary& summary) {
    return fmt::format("{}", fmt::join(summary.result_reasons, " "));
}

std::string outcome(const Summary& summary, const ExpectationFigures& expectation) {
    if (summary.result == Result::inconclusive) {
        return fmt::format("      <error message=\"{}\" type=\"inconclusive\"/>\n",
                           escape_xml(reasons(summary)));
    }
    if (expectation.held) return {};
    return fmt::format("      <failure message=\"{}\" type=\"expectation\"/>\n",
                       escape_xml(fmt::format("expected {} {}, but it is {}", expectation.figure,
                                              expectation.bound,
                                              format_value(expectation.value, expectation.unit))));
}

void write_case(std::string& out, const Summary& summary, const std::string& name,
                const std::string& inside) {
    fmt::format_to(std::back_inserter(out),
                   "    <testcase classname=\"{}\" name=\"{}\" time=\"{}\"",
                   escape_xml(summary.scenario), escape_xml(name), summary.duration_s);
    out += inside.empty() ? "/>\n" : fmt::format(">\n{}    </testcase>\n", inside);
}

struct Totals {
    std::size_t tests = 0;
    std::size_t failures = 0;
    std::size_t errors = 0;
};

Totals totals_of(const Summary& summary) {
    Totals totals{.tests = std::max<std::size_t>(summary.expectations.size(), 1)};
    if (summary.result == Result::inconclusive) {
        totals.errors = totals.tests;
        return totals;
    }
    for (const ExpectationFigures& expectation : summary.expectations) {
        if (!expectation.held) ++totals.failures;
    }
    return totals;
}

void write_suite(std::string& out, const Summary& summary) {
    const Totals totals = totals_of(summary);
    fmt::format_to(std::back_inserter(out),
                   "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" "
                   "skipped=\"0\" time=\"{}\" timestamp=\"{}\">\n",
                   escape_xml(summary.scenario), totals.tests, totals.failures, totals.errors,
                   summary.duration_s, escape_xml(summary.started_at));
    for (const ExpectationFigures& expectation : summary.expectations) {
        write_case(out, summary, fmt::format("{} {}", expectation.figure, expectation.bound),
                   outcome(summary, expectation));
    }
    if (summary.expectations.empty()) {
        ExpectationFigures nothing;
        nothing.held = true;
        write_case(out, summary, "run", outcome(summary, nothing));
    }
    fmt::format_to(std::back_inserter(out), "    <system-out>{}</system-out>\n  </testsuite>\n",
                   escape_xml(write_terminal(summary, false)));
}

}  // namespace

std::string write_junit(std::span<const Summary> summaries) {
    Totals all;
    double seconds = 0;
    std::string suites;
    for (const Summary& summary : summaries) {
        const Totals totals = totals_of(summary);
        all.tests += totals.tests;
        all.failures += totals.failures;
        all.errors += totals.errors;
        seconds += summary.duration_s;
        write_suite(suites, summary);
    }
    return fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"twofifty\" tests=\"{}\" "
        "failures=\"{}\" errors=\"{}\" time=\"{}\">\n{}</testsuites>\n",
        all.tests, all.failures, all.errors, seconds, suites);
}

}  // namespace twofifty::harness
