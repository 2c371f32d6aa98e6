// Where the duplicates fall off, and which value is recommended.
#include "harness/sweep/recommend.hpp"
#include "tests/unit/sweep/example_sweep.hpp"

#include <gtest/gtest.h>

namespace twofifty::harness {
namespace {

using Cells = std::vector<std::optional<CellFigures>>;

CellFigures of(std::uint64_t duplicated, std::uint64_t pairs) {
    CellFigures cell = cell_with(duplicated);
    cell.pairs = pairs;
    return cell;
}

TEST(Cliff, IsWhereTheDuplicatesFallMost) {
    const Cells cells{cell_with(320), cell_with(300), cell_with(40), cell_with(0)};
    EXPECT_EQ(find_cliff({0, 1, 2, 3}, cells), (Cliff{1, 2, 0.26}));
}

TEST(Cliff, AFallThatMayBeChanceIsNone) {
    EXPECT_EQ(find_cliff({0, 1}, {cell_with(20), cell_with(12)}), std::nullopt);
}

// Along a reply time, which the timeout must outlast.
TEST(Cliff, IsWhereTheDuplicatesSetInToo) {
    EXPECT_EQ(find_cliff({0, 1, 2}, {cell_with(0), cell_with(500), cell_with(600)}),
              (Cliff{0, 1, -0.5}));
}

TEST(Cliff, FollowsTheOrderOfTheLineNotOfTheCells) {
    EXPECT_EQ(find_cliff({1, 0}, {cell_with(0), cell_with(500)}), (Cliff{1, 0, 0.5}));
}

TEST(Cliff, ACellThatWasNotFinishedIsPassedOver) {
    EXPECT_EQ(find_cliff({0, 1, 2}, {cell_with(500), std::nullopt, cell_with(0)}),
              (Cliff{0, 2, 0.5}));
}

TEST(Recommendation, IsTheSmallestValueThatKeepsTheBound) {
    const Cells cells{cell_with(300), cell_with(1), cell_with(0), cell_with(0)};
    const Recommendation expected{
        .cell = 1, .next_smaller = 0, .largest = 3, .larger_exceeds = false, .best = 2};
    EXPECT_EQ(recommend({0, 1, 2, 3}, cells, at_most(0.01)), expected);
}

// 0 of 100 is below 1 %, but so few pairs cannot show it: the interval reaches to 3.7 %.
TEST(Recommendation, TheUpperEndOfTheIntervalMustKeepTheBound) {
    const Cells cells{of(0, 100), of(0, 1000)};
    EXPECT_EQ(recommend({0, 1}, cells, at_most(0.01)).cell, 1U);
}

TEST(Recommendation, NoneKeepsTheBoundAndTheNearestIsNamed) {
    const Cells cells{cell_with(300), cell_with(20), cell_with(40)};
    const Recommendation expected{.best = 1};
    EXPECT_EQ(recommend({0, 1, 2}, cells, at_most(0.01)), expected);
}

TEST(Recommendation, TheLargestItselfHasNoLargerOne) {
    const Recommendation said = recommend({0, 1}, {cell_with(300), cell_with(0)}, at_most(0.01));
    EXPECT_EQ(said.cell, 1U);
    EXPECT_EQ(said.next_smaller, 0U);
    EXPECT_EQ(said.largest, std::nullopt);
}

TEST(Recommendation, TheSmallestOfAllHasNoSmallerOne) {
    const Recommendation said = recommend({0, 1}, {cell_with(0), cell_with(0)}, at_most(0.01));
    EXPECT_EQ(said.cell, 0U);
    EXPECT_EQ(said.next_smaller, std::nullopt);
}

TEST(Recommendation, ALargerValueThatExceedsTheBoundIsTold) {
    const Cells cells{cell_with(0), cell_with(300)};
    const Recommendation said = recommend({0, 1}, cells, at_most(0.01));
    EXPECT_EQ(said.cell, 0U);
    EXPECT_TRUE(said.larger_exceeds);
}

// Its rule never fired, say: that there were no duplicates shows nothing.
TEST(Recommendation, AnInconclusiveCellIsNeverRecommended) {
    Cells cells{cell_with(0), cell_with(0)};
    cells[0]->result = Result::inconclusive;
    EXPECT_EQ(recommend({0, 1}, cells, at_most(0.01)).cell, 1U);
}

TEST(Recommendation, IsAboutTheFigureOfTheBound) {
    Cells cells{cell_with(300)};
    cells[0]->bounded = 0;
    EXPECT_EQ(recommend({0}, cells, at_most(0.01)).cell, 0U);
}

TEST(Recommendation, AStrictBoundExcludesItsOwnValue) {
    const double high = share_interval(0, 1000).high;
    Expectation bound = at_most(high);
    EXPECT_TRUE(keeps(bound, cell_with(0)));
    bound.comparison = Comparison::less;
    EXPECT_FALSE(keeps(bound, cell_with(0)));
}

TEST(Lines, EachCombinationOfTheOtherAxesIsOne) {
    const SweepResult result = two_axes();
    ASSERT_EQ(result.lines.size(), 2U);
    EXPECT_EQ(result.lines[0].cells, (std::vector<std::uint64_t>{0, 1}));
    EXPECT_EQ(result.lines[1].cells, (std::vector<std::uint64_t>{2, 3}));
    EXPECT_EQ(result.lines[0].recommendation->cell, 1U);
    EXPECT_EQ(result.lines[1].recommendation->cell, std::nullopt);
    EXPECT_EQ(name_of_line(result.sweep, result.lines[1]), "sender postfix");
}

TEST(Lines, ValuesAscendWhateverTheirOrderInTheFile) {
    Sweep sweep{.timeout = 0};
    sweep.axes = {durations("timeout", {{"10m", 600}, {"5s", 5}, {"1m", 60}})};
    EXPECT_EQ(lines_of(sweep), (std::vector<SweepLine>{{.cells = {1, 2, 0}}}));
}

TEST(Lines, PairedAxesAreOneLine) {
    Sweep sweep{.paired = true, .timeout = 1};
    sweep.axes = {words("sender", {"a", "b"}), durations("timeout", {{"10m", 600}, {"5s", 5}})};
    EXPECT_EQ(lines_of(sweep), (std::vector<SweepLine>{{.cells = {1, 0}}}));
}

TEST(Lines, WithoutSuchAnAxisAllCellsAreOneAndNothingFollows) {
    Sweep sweep;
    sweep.axes = {words("sender", {"a", "b"})};
    const SweepResult result = sweep_with(sweep, {cell_with(500), cell_with(0)});
    EXPECT_EQ(result.lines, (std::vector<SweepLine>{{.cells = {0, 1}}}));
}

}  // namespace
}  // namespace twofifty::harness
