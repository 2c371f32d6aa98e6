// Two sweeps side by side.
#include "harness/sweep/compare_sweeps.hpp"

#include "settings/value.hpp"
#include "tests/unit/sweep/example_sweep.hpp"

#include <boost/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace twofifty::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

ReadSweep read(const SweepResult& result) {
    return read_sweep_json(write_sweep_json(result), "sweep.json");
}

SweepComparison compared(const ReadSweep& first, const ReadSweep& second, std::string_view bound) {
    const ChangeBound read = parse_change_bound(bound);
    return compare_sweeps(first, second, {&read, 1}, BoundRule::any_excess);
}

TEST(CompareSweeps, CellsBelongTogetherByTheirValuesNotTheirOrder) {
    ReadSweep turned = read(example_sweep());
    std::ranges::reverse(turned.cells);
    const SweepComparison found = compared(read(example_sweep()), turned, "duplicated == 0");
    EXPECT_EQ(found.cells.size(), 4U);
    EXPECT_TRUE(found.all_held());
}

TEST(CompareSweeps, ABoundIsCheckedInEveryCell) {
    ReadSweep worse = read(example_sweep());
    worse.cells[2].figures.duplicated = 50;
    const SweepComparison found = compared(read(example_sweep()), worse, "duplicated <= +1%");
    EXPECT_FALSE(found.all_held());
    EXPECT_THAT(write_sweep_comparison(found, false),
                HasSubstr("timeout 1m\nNOT HELD  duplicated <= +1%   the change is +5 %"));
}

TEST(CompareSweeps, TimesOfACellAreBoundToo) {
    ReadSweep slower = read(example_sweep());
    for (NamedCell& cell : slower.cells) cell.figures.delivery.p90 *= 2;
    EXPECT_FALSE(
        compared(read(example_sweep()), slower, "time_to_delivery.p90 <= +50%").all_held());
    EXPECT_TRUE(compared(read(example_sweep()), slower, "time_to_delivery.p99 <= +50%").all_held());
}

TEST(CompareSweeps, CellsOfOneSweepOnlyAreNamed) {
    ReadSweep second = read(example_sweep());
    second.cells[0].name = "timeout 6s";
    const SweepComparison found = compared(read(example_sweep()), second, "duplicated == 0");
    EXPECT_THAT(found.only_first, ElementsAre("timeout 5s"));
    EXPECT_THAT(found.only_second, ElementsAre("timeout 6s"));
}

// It would read as 0 in both, and the bound as held.
TEST(CompareSweeps, ABoundOnAFigureThatCellsDoNotKeepIsRefused) {
    for (const std::string_view bound :
         {"causes.reply_dropped <= +1", "latency.data_done.p99 <= +20%", "acknowledged <= +1%",
          "copies_histogram.2 <= +1", "discrepancies <= +1"})
        EXPECT_THROW(compared(read(example_sweep()), read(example_sweep()), bound), settings::Error)
            << bound;
}

TEST(CompareSweeps, JsonHasEveryCell) {
    const boost::json::value root = boost::json::parse(write_sweep_comparison_json(
        compared(read(example_sweep()), read(example_sweep()), "duplicated == 0")));
    EXPECT_EQ(root.at("all_held"), true);
    EXPECT_EQ(root.at("cells").as_array().size(), 4U);
    EXPECT_EQ(root.at("cells").at(1).at("cell"), "timeout 30s");
}

}  // namespace
}  // namespace twofifty::harness
