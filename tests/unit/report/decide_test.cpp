// The result of a run, and the figures it rests on.
#include "harness/report/summary.hpp"
#include "harness/scenario/figures.hpp"
#include "tests/unit/report/example_summary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace twofifty::harness {
namespace {

using testing::ElementsAre;

Expectation expect(std::string_view figure, std::string_view bound) {
    constexpr std::array<std::string_view, 1> rules{"lose-250"};
    return read_expectation(figure, bound, {}, rules);
}

Summary decided(Summary summary, const std::vector<Expectation>& expectations) {
    decide(summary, expectations);
    return summary;
}

TEST(Figures, EachCanonicalNameHasItsValue) {
    const Summary summary = example_summary();
    const std::vector<std::pair<std::string_view, std::optional<double>>> expected{
        {"messages", 2000},
        {"recipients", 2000},
        {"attempts", 2043},
        {"transactions_accepted", 2041},
        {"copies", 2041},
        {"extra_copies", 41},
        {"unexpected", 0},
        {"discrepancies", 1},
        {"copies_max", 3},
        {"verdicts.duplicated", 40},
        {"sender_ends.acknowledged", 2000},
        {"causes.reply_dropped", 41},
        {"routes.same_host", 41},
        {"copies_histogram.2", 39},
        {"copies_histogram.6", 0},
        {"latency_ms.data_done.p50", 0.61},
        {"latency_ms.data_done.p90", 0.92},
        {"latency_ms.data_done.p99", 4.75},
        {"latency_ms.data_done.max", 13.25},
        {"latency_ms.data_done.censored", 41},
        {"latency_ms.helo.p99", std::nullopt},
        {"latency_ms.helo.censored", 0},
        {"time_to_acknowledge_ms.p99", 3004},
        {"time_to_delivery_ms.max", 14},
        {"rules.lose-250.fired", 41},
        {"rules.lose-250.matched", 2043},
        {"rules.other.fired", std::nullopt},
        {"nonsense", std::nullopt},
        {"latency_ms.", std::nullopt},
        {"", std::nullopt},
    };
    for (const auto& [name, value] : expected)
        EXPECT_EQ(figure_value(summary, name), value) << name;
}

TEST(Figures, ARuleWithDotsInItsNameIsFound) {
    Summary summary;
    summary.rules = {{"a.fired.b", "", std::nullopt, 5}};
    EXPECT_EQ(figure_value(summary, "rules.a.fired.b.fired"), 5);
}

TEST(Figures, EveryFigureThatMayBeExpectedIsKnownToTheSummary) {
    Summary summary = example_summary();
    for (const std::string_view written : {"messages",
                                           "recipients",
                                           "attempts",
                                           "copies",
                                           "extra_copies",
                                           "unexpected",
                                           "once",
                                           "duplicated",
                                           "lost",
                                           "ghost",
                                           "failed",
                                           "pending",
                                           "corrupted",
                                           "unobserved",
                                           "acknowledged",
                                           "gave_up",
                                           "causes.reply_dropped",
                                           "routes.same_host",
                                           "copies_histogram.2",
                                           "copies_max",
                                           "latency.data_done.p99",
                                           "time_to_acknowledge.p50",
                                           "time_to_delivery.max",
                                           "fired.lose-250",
                                           "matched.lose-250",
                                           "discrepancies"}) {
        const std::string canonical = canonical_figure(written);
        EXPECT_TRUE(figure_value(summary, canonical).has_value()) << written << " " << canonical;
    }
}

TEST(Decide, ExpectationsThatHoldMakeARunPass) {
    const Summary summary =
        decided(example_summary(), {expect("duplicated", "<= 3%"), expect("lost", "== 0")});
    EXPECT_EQ(summary.result, Result::passed);
    EXPECT_EQ(summary.expectations,
              (std::vector<ExpectationFigures>{{"duplicated", "<= 3%", 2.0, "%", true},
                                               {"lost", "== 0", 0.0, "", true}}));
}

TEST(Decide, ABrokenExpectationFailsTheRunAndSaysTheValue) {
    const Summary summary = decided(example_summary(), {expect("duplicated", "<= 1%")});
    EXPECT_EQ(summary.result, Result::failed);
    EXPECT_THAT(summary.result_reasons, ElementsAre("Expected duplicated <= 1%, but it is 2 %."));
}

TEST(Decide, ATimeIsComparedInMilliseconds) {
    EXPECT_EQ(decided(example_summary(), {expect("latency.data_done.p99", "< 5ms")}).result,
              Result::passed);
    EXPECT_EQ(decided(example_summary(), {expect("latency.data_done.p99", "< 4ms")}).result,
              Result::failed);
}

TEST(Decide, EachComparisonIncludesOrExcludesItsBound) {
    const std::vector<std::pair<std::string_view, bool>> bounds{
        {"== 41", true}, {"== 40", false}, {"!= 41", false}, {"!= 40", true},
        {"< 41", false}, {"< 42", true},   {"<= 41", true},  {"<= 40", false},
        {"> 41", false}, {"> 40", true},   {">= 41", true},  {">= 42", false}};
    for (const auto& [bound, held] : bounds) {
        const Summary summary = decided(example_summary(), {expect("extra_copies", bound)});
        EXPECT_EQ(summary.expectations.at(0).held, held) << bound;
    }
}

TEST(Decide, AShareExactlyAtItsBoundHolds) {
    Summary summary = example_summary();
    for (std::uint64_t whole = 1; whole <= 100; ++whole) {
        summary.recipients = 100;
        summary.verdicts = {{"duplicated", whole}};
        const auto bound = "<= " + std::to_string(whole) + "%";
        EXPECT_TRUE(decided(summary, {expect("duplicated", bound)}).expectations.at(0).held)
            << bound;
    }
}

TEST(Decide, ARuleThatNeverFiredIsNotGreen) {
    Summary summary = example_summary();
    summary.rules[0].fired = 0;
    summary = decided(summary, {expect("lost", "== 0")});
    EXPECT_EQ(summary.result, Result::inconclusive);
    EXPECT_THAT(summary.result_reasons, ElementsAre("The rule lose-250 never fired."));
}

TEST(Decide, ABrokenExpectationWinsOverARuleThatNeverFired) {
    Summary summary = example_summary();
    summary.rules[0].fired = 0;
    summary = decided(summary, {expect("duplicated", "== 0")});
    EXPECT_EQ(summary.result, Result::failed);
    EXPECT_EQ(summary.result_reasons.size(), 2U);
}

TEST(Decide, AnIncompleteRunIsInconclusiveAlsoWhereAnExpectationIsBroken) {
    Summary summary = example_summary();
    summary.incomplete = {"The drain's budget ended."};
    summary = decided(summary, {expect("duplicated", "== 0")});
    EXPECT_EQ(summary.result, Result::inconclusive);
    EXPECT_THAT(summary.result_reasons, ElementsAre("The drain's budget ended."));
}

TEST(Decide, ATargetThatNeverAnsweredIsInconclusive) {
    Summary summary = example_summary();
    summary.rules.clear();
    summary.copies = 0;
    summary.transactions_accepted = 0;
    summary.latency = {{"connect", {.count = 80, .p50 = 1, .p90 = 1, .p99 = 1, .max = 1}},
                       {"greeting", {.count = 0, .censored = 80}}};
    summary = decided(summary, {expect("duplicated", "== 40")});
    EXPECT_EQ(summary.result, Result::inconclusive);
    EXPECT_THAT(summary.result_reasons,
                ElementsAre("The target never answered: no attempt got a greeting."));
}

TEST(Decide, ARunWithoutMessagesIsInconclusive) {
    const Summary summary = decided(Summary{}, {});
    EXPECT_EQ(summary.result, Result::inconclusive);
    EXPECT_THAT(summary.result_reasons, ElementsAre("No message was submitted."));
}

TEST(Decide, AFigureWithoutAValueIsInconclusiveAndNotHeld) {
    const Summary summary = decided(example_summary(), {expect("latency.quit.p99", "< 1s")});
    EXPECT_EQ(summary.result, Result::inconclusive);
    EXPECT_EQ(
        summary.expectations,
        (std::vector<ExpectationFigures>{{"latency.quit.p99", "< 1s", std::nullopt, "ms", false}}));
}

TEST(Decide, DecidingAgainStartsAfresh) {
    const Summary once = decided(example_summary(), {expect("lost", "== 0")});
    EXPECT_EQ(decided(once, {expect("lost", "== 0")}), once);
}

TEST(Decide, ExitCodesAreThoseOfTheManual) {
    EXPECT_EQ(exit_code(Result::passed), 0);
    EXPECT_EQ(exit_code(Result::failed), 1);
    EXPECT_EQ(exit_code(Result::inconclusive), 2);
}

}  // namespace
}  // namespace twofifty::harness
