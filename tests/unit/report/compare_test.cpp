// Two runs side by side.
#include "harness/report/compare.hpp"
#include "settings/value.hpp"
#include "tests/unit/report/example_summary.hpp"

#include <boost/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace twofifty::harness {
namespace {

using testing::HasSubstr;

CheckedBound checked(const Summary& second, std::string_view text) {
    const ChangeBound bound = parse_change_bound(text);
    return compare(example_summary(), second, {&bound, 1}).bounds.at(0);
}

TEST(Compare, ARunEqualsItself) {
    for (const ComparedFigure& figure : compare(example_summary(), example_summary(), {}).figures) {
        EXPECT_EQ(figure.first, figure.second) << figure.name;
    }
}

TEST(Compare, FiguresOfEitherRunAreShown) {
    Summary second = example_summary();
    second.causes = {{"connection_cut", 3}};
    const RunComparison comparison = compare(example_summary(), second, {});
    EXPECT_THAT(comparison.figures,
                testing::Contains(ComparedFigure{"causes.reply_dropped", "", 41, 0}));
    EXPECT_THAT(comparison.figures,
                testing::Contains(ComparedFigure{"causes.connection_cut", "", 0, 3}));
}

TEST(Compare, AShareOfRecipientsIsComparedInPoints) {
    Summary second = example_summary();
    second.recipients = 4000;
    second.verdicts = {{"duplicated", 100}};  // 2.5 % after 2 %.
    EXPECT_EQ(checked(second, "duplicated <= +0.5%").held, true);
    EXPECT_EQ(checked(second, "duplicated <= +0.4%").held, false);
    EXPECT_NEAR(checked(second, "duplicated <= +0.4%").change.value(), 0.5, 1e-9);
}

TEST(Compare, ATimeIsComparedWithTheFirstRunsOrInItsUnit) {
    Summary second = example_summary();
    second.latency[1].times.p99 = 5.7;  // 20 % above 4.75.
    EXPECT_TRUE(checked(second, "latency.data_done.p99 <= +20%").held);
    EXPECT_FALSE(checked(second, "latency.data_done.p99 <= +19%").held);
    EXPECT_TRUE(checked(second, "latency.data_done.p99 <= +1ms").held);
    EXPECT_FALSE(checked(second, "latency.data_done.p99 <= +900us").held);
}

TEST(Compare, ACountIsComparedAsACount) {
    Summary second = example_summary();
    second.attempts = 2053;
    EXPECT_TRUE(checked(second, "attempts <= +10").held);
    EXPECT_FALSE(checked(second, "attempts <= +9").held);
    EXPECT_FALSE(checked(second, "attempts <= -1").held);
}

TEST(Compare, ABoundOnAFigureThatARunLacksDoesNotHold) {
    Summary second = example_summary();
    second.latency.clear();
    EXPECT_EQ(checked(second, "latency.data_done.p99 <= +20%"),
              (CheckedBound{.text = "latency.data_done.p99 <= +20%", .change = {}, .unit = "%"}));
}

TEST(Compare, FromNothingToSomethingHasNoPercentage) {
    Summary first = example_summary();
    first.attempts = 0;
    const ChangeBound bound = parse_change_bound("attempts <= +20%");
    EXPECT_FALSE(compare(first, example_summary(), {&bound, 1}).bounds.at(0).held);
    EXPECT_TRUE(compare(first, first, {&bound, 1}).bounds.at(0).held);
}

TEST(Compare, OneBrokenBoundIsEnough) {
    const std::array bounds{parse_change_bound("lost == 0"), parse_change_bound("attempts < 0")};
    EXPECT_FALSE(compare(example_summary(), example_summary(), bounds).all_held());
    EXPECT_TRUE(
        compare(example_summary(), example_summary(), std::span(bounds).first(1)).all_held());
}

CheckedBound leniently(const Summary& second, std::string_view text) {
    const ChangeBound bound = parse_change_bound(text);
    return compare(example_summary(), second, {&bound, 1}, BoundRule::significant_excess)
        .bounds.at(0);
}

// 40 of 2000 and 45 of 2000: such a difference comes by chance in three of five pairs of runs.
TEST(Compare, ADifferenceThatMayBeChanceIsExcusedWhereOnlySignificantOnesCount) {
    Summary second = example_summary();
    second.verdicts = {{"duplicated", 45}};
    EXPECT_FALSE(checked(second, "duplicated <= +0.1%").excused);
    const CheckedBound found = leniently(second, "duplicated <= +0.1%");
    EXPECT_FALSE(found.held);
    EXPECT_TRUE(found.excused);
    EXPECT_NEAR(found.significance->p, 0.583, 1e-3);
    EXPECT_EQ(found.significance->test, "two-proportion z");
}

TEST(Compare, ASignificantDifferenceIsNotExcused) {
    Summary second = example_summary();
    second.verdicts = {{"duplicated", 90}};
    EXPECT_FALSE(leniently(second, "duplicated <= +0.1%").excused);
}

TEST(Compare, AFigureWithoutATestIsNeverExcused) {
    Summary second = example_summary();
    second.attempts = 2044;
    const CheckedBound found = leniently(second, "attempts <= 0");
    EXPECT_FALSE(found.held);
    EXPECT_FALSE(found.excused);
    EXPECT_EQ(found.significance, std::nullopt);
}

TEST(Compare, TimesAreTestedWithTheirDistributions) {
    using namespace std::chrono_literals;
    Summary first = example_summary();
    Summary second = example_summary();
    first.latency[1].times.histogram = {{1ms, 1000}, {2ms, 1000}};
    second.latency[1].times.histogram = {{1ms, 500}, {2ms, 1500}};
    second.latency[1].times.p99 = 9;
    const ChangeBound bound = parse_change_bound("latency.data_done.p99 <= +20%");
    const RunComparison found = compare(first, second, {&bound, 1});
    const auto times = std::ranges::find(found.times, "data_done", &ComparedTimes::name);
    ASSERT_NE(times, found.times.end());
    EXPECT_EQ(times->difference.distance, 0.25);
    EXPECT_EQ(found.bounds.at(0).significance, times->difference.significance);
    EXPECT_LT(times->difference.significance.p, 1e-9);
}

TEST(Compare, RunsThatKeptNoDistributionAreNotTested) {
    const RunComparison found = compare(example_summary(), example_summary(), {});
    EXPECT_THAT(write_comparison(found, false), HasSubstr("not tested"));
    EXPECT_EQ(found.times.at(0).difference, TimesDiffer{});
}

TEST(Compare, TheVerdictsThatHurtAreTested) {
    std::vector<std::string> names;
    for (const ComparedShare& share : compare(example_summary(), example_summary(), {}).shares)
        names.push_back(share.name);
    EXPECT_THAT(names, testing::ElementsAre("duplicated", "ghost", "lost", "failed"));
}

TEST(Compare, JsonSaysWhatTheTableSays) {
    Summary second = example_summary();
    second.verdicts = {{"duplicated", 90}};
    const ChangeBound bound = parse_change_bound("duplicated <= +1%");
    const boost::json::value root =
        boost::json::parse(write_comparison_json(compare(example_summary(), second, {&bound, 1})));
    EXPECT_EQ(root.at("kind"), "comparison");
    EXPECT_EQ(root.at("all_held"), false);
    EXPECT_EQ(root.at("bounds").at(0).at("change"), 2.5);
    EXPECT_EQ(root.at("shares").at(0).at("first"), 40);
    EXPECT_EQ(root.at("shares").at(0).at("significance").at("significant"), true);
}

TEST(Compare, WhatIsNoBoundIsAnErrorThatQuotesIt) {
    for (const std::string_view text :
         {"", "duplicated", "duplicated <=", "duplicated <= %", "duplicated <= +x%",
          "nonsense <= 1", "duplicated = 1", "duplicated <= +1 2", "latency.data_done.p99 <= +20",
          "<= 1", "attempts <= +1ms", "attempts <= ++1", "attempts <= inf",
          "duplicated <= +1e999"}) {
        try {
            parse_change_bound(text);
            ADD_FAILURE() << "read: " << text;
        } catch (const settings::Error& error) {
            EXPECT_THAT(error.what(), HasSubstr(std::string(text)));
        }
    }
}

TEST(Compare, TheTableNamesWhatDoesNotHold) {
    const ChangeBound bound = parse_change_bound("attempts < 0");
    const std::string text =
        write_comparison(compare(example_summary(), example_summary(), {&bound, 1}), false);
    EXPECT_THAT(text, HasSubstr("NOT HELD  attempts < 0   the change is +0\n"));
}

}  // namespace
}  // namespace twofifty::harness
