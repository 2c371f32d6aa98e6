// The reports of a sweep: what each says, and that no name breaks it.
#include "harness/sweep/formats.hpp"

#include "harness/sweep/chart.hpp"
#include "harness/sweep/matrix.hpp"
#include "harness/sweep/table.hpp"
#include "harness/sweep/words.hpp"
#include "settings/value.hpp"
#include "tests/unit/sweep/example_sweep.hpp"

#include <boost/json.hpp>
#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace twofifty::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// Throws where the text is no XML.
boost::property_tree::ptree parse_xml(const std::string& text) {
    std::istringstream stream(text);
    boost::property_tree::ptree tree;
    boost::property_tree::read_xml(stream, tree);
    return tree;
}

std::vector<std::string> lines_of_text(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

TEST(SweepWords, FiguresAreShortAndNeverSayNoneWhereThereAreSome) {
    EXPECT_EQ(per_thousand(0), "0");
    EXPECT_EQ(per_thousand(1e-9), "< 0.001");
    EXPECT_EQ(per_thousand(0.0001), "0.100");
    EXPECT_EQ(per_thousand(0.00213), "2.13");
    EXPECT_EQ(per_thousand(0.3124), "312.4");
    EXPECT_EQ(short_time(0.4), "400us");
    EXPECT_EQ(short_time(4210), "4.21s");
    EXPECT_EQ(short_time(738'000), "12.3m");
    EXPECT_EQ(short_time(3 * 3600e3), "3h");
    EXPECT_EQ(short_time(5 * 86400e3), "5d");
}

TEST(SweepWords, ALineSaysCliffRecommendationAndCost) {
    const SweepResult result = example_sweep();
    EXPECT_THAT(
        line_in_full(result, result.lines[0]),
        ElementsAre("The cliff: duplicates fall most from 30s to 1m (290.0 to 0 per thousand).",
                    "Recommended for timeout: 1m. 0 of 1000 pairs, hence with 95 % confidence at "
                    "most 0.383 %: the smallest value that keeps duplicated <= 1%.",
                    "Against 30s, the next smaller: 1.5 connection hours instead of 1.5, delivery "
                    "p99 1.5s instead of 1.5s, a receiver that is really gone is noticed after 1m "
                    "instead of 30s.",
                    "Against 10m, the largest: 1.5 connection hours instead of 1.5, delivery p99 "
                    "1.5s instead of 1.5s, a receiver that is really gone is noticed after 1m "
                    "instead of 10m."));
    EXPECT_EQ(line_in_short(result, result.lines[0]),
              "falls off from 30s to 1m (290.0 to 0 per thousand); recommended: 1m");
}

TEST(SweepWords, WhereNoneKeepsTheBoundTheNearestIsNamed) {
    const SweepResult result = two_axes();
    EXPECT_THAT(line_in_full(result, result.lines[1]),
                ElementsAre("The cliff: duplicates fall most from 5s to 10m (500.0 to 400.0 per "
                            "thousand).",
                            "No value of timeout keeps duplicated <= 1%; 10m comes nearest, with "
                            "up to 43.1 %."));
}

TEST(SweepTable, AColumnThatIsNoughtEverywhereIsLeftOutAndNamed) {
    SweepResult result = example_sweep();
    result.cells[0]->ghost = 3;
    const SweepTable table = table_of(result);
    std::vector<std::string> titles;
    for (const TableColumn& column : table.columns) titles.push_back(column.bottom);
    EXPECT_THAT(titles, testing::Contains("ghost"));
    EXPECT_THAT(titles, Not(testing::Contains("lost")));
    EXPECT_THAT(table.nowhere, ElementsAre("failed", "lost", "pending", "corrupted", "unobserved"));
}

TEST(SweepTable, MarksTheCellBehindTheCliffAndTheRecommendedOne) {
    std::vector<CellMark> marks;
    for (const TableRow& row : table_of(example_sweep()).rows) marks.push_back(row.mark);
    EXPECT_THAT(marks, ElementsAre(CellMark::none, CellMark::none, CellMark::both, CellMark::none));
}

TEST(SweepMatrix, TwoAxesGoDownAndAcross) {
    const SweepMatrix matrix = *matrix_of(two_axes());
    EXPECT_EQ(matrix.down, "sender");
    EXPECT_EQ(matrix.across, "timeout");
    EXPECT_THAT(matrix.row_names, ElementsAre("exim", "postfix"));
    EXPECT_THAT(matrix.column_names, ElementsAre("5s", "10m"));
    EXPECT_EQ(matrix.rows[1][1].share, 0.4);
    EXPECT_TRUE(matrix.rows[0][1].falls_across);
}

TEST(SweepMatrix, OfThreeAxesEachCombinationIsARow) {
    Sweep sweep{.timeout = 1};
    sweep.axes = {words("a", {"x", "y"}), durations("t", {{"1m", 60}, {"5s", 5}}),
                  words("b", {"u", "v"})};
    std::vector<std::optional<CellFigures>> cells;
    for (std::uint64_t i = 0; i < 8; ++i) cells.push_back(cell_with(i));
    const SweepMatrix matrix = *matrix_of(sweep_with(sweep, cells));
    EXPECT_THAT(matrix.row_names, ElementsAre("x, u", "x, v", "y, u", "y, v"));
    EXPECT_THAT(matrix.column_names, ElementsAre("5s", "1m"));
    // x, v at 5s is cell (0, 1, 1).
    EXPECT_EQ(matrix.rows[1][0].share, 0.003);
}

TEST(SweepMatrix, OneAxisHasNone) {
    EXPECT_FALSE(matrix_of(example_sweep()).has_value());
}

TEST(SweepTerminal, IsNotWiderThanAScreen) {
    for (const SweepResult& result : {example_sweep(), two_axes()})
        for (const std::string& line : lines_of_text(write_sweep_terminal(result, false)))
            EXPECT_LE(line.size(), 120U) << line;
}

TEST(SweepTerminal, SaysWhatFollowsFirst) {
    const std::string text = write_sweep_terminal(example_sweep(), false);
    EXPECT_LT(text.find("Recommended for timeout: 1m."), text.find("per 1000"));
    EXPECT_THAT(text, HasSubstr("< cliff, recommended\n"));
}

TEST(SweepTerminal, NoNameIsTakenForACommand) {
    EXPECT_THAT(write_sweep_terminal(hostile_sweep(), false), Not(HasSubstr("\x1b")));
}

TEST(SweepTerminal, AnInterruptedSweepSaysSo) {
    SweepResult result = example_sweep();
    result.cells[3].reset();
    result.lines = judge_lines(result.sweep, result.cells);
    EXPECT_THAT(write_sweep_terminal(result, false),
                HasSubstr("Incomplete: 3 of 4 cells were finished before the sweep was "
                          "interrupted."));
}

TEST(SweepCsv, HasALineForEachCell) {
    const std::vector<std::string> lines = lines_of_text(write_sweep_csv(example_sweep()));
    ASSERT_EQ(lines.size(), 5U);
    EXPECT_THAT(lines[0], testing::StartsWith("timeout,runs,messages,pairs,"));
    EXPECT_THAT(lines[3],
                testing::StartsWith("1m,2,1000,1000,1000,1000,0,1,0,0,0,0,0,0,0,0,0,3.82"));
    EXPECT_THAT(lines[3], testing::EndsWith(",2.5,1500,61000,0,1.5,passed,yes,yes"));
}

TEST(SweepCsv, QuotesWhatWouldBreakALine) {
    const std::string csv = write_sweep_csv(hostile_sweep());
    EXPECT_THAT(csv, HasSubstr("\"a<b>&\"\"c'|d,e*_`]]>\x1b\n\",5s,2,"));
}

TEST(SweepJson, CellsReadBackAsTheyWere) {
    for (const SweepResult& result : {example_sweep(), hostile_sweep()}) {
        const ReadSweep read = read_sweep_json(write_sweep_json(result), "sweep.json");
        EXPECT_EQ(read.name, result.name);
        ASSERT_EQ(read.cells.size(), result.cells.size());
        for (std::size_t i = 0; i < read.cells.size(); ++i) {
            EXPECT_EQ(read.cells[i].figures, *result.cells[i]);
            EXPECT_EQ(read.cells[i].name, name_of_cell(result.sweep, i));
        }
    }
}

TEST(SweepJson, NamesOverridesSeedsAndTheRecommendation) {
    const boost::json::value root = boost::json::parse(write_sweep_json(example_sweep()));
    EXPECT_EQ(root.at("schema"), 1);
    EXPECT_EQ(root.at("kind"), "sweep");
    EXPECT_EQ(root.at("complete"), true);
    EXPECT_EQ(root.at("cells").at(1).at("overrides"),
              boost::json::array{"fleet.timeouts.data_done=\"30s\""});
    EXPECT_EQ(root.at("cells").at(1).at("seeds"), (boost::json::array{1, 2}));
    EXPECT_EQ(root.at("lines").at(0).at("recommendation").at("value"), "1m");
    EXPECT_EQ(root.at("lines").at(0).at("cliff").at("before"), 1);
}

TEST(SweepJson, WhatIsNoneIsAnErrorThatNamesTheFile) {
    for (const std::string_view text :
         {"", "{}", "[]", "{\"schema\": 1}", "{\"schema\": 2, \"kind\": \"sweep\"}"}) {
        try {
            read_sweep_json(text, "my.json");
            ADD_FAILURE() << text;
        } catch (const settings::Error& error) {
            EXPECT_THAT(error.what(), testing::StartsWith("my.json: this is no sweep.json"));
        }
    }
    EXPECT_FALSE(is_sweep_json("{\"schema\": 1}"));
    EXPECT_TRUE(is_sweep_json(write_sweep_json(example_sweep())));
}

TEST(SweepMarkdown, NamesKeepWithinTheirCells) {
    const std::string text = write_sweep_markdown(hostile_sweep());
    EXPECT_THAT(text, HasSubstr("\\|d,e"));
    EXPECT_THAT(text, Not(HasSubstr("'|d,e")));
}

class SweepPictures : public testing::TestWithParam<int> {};
TEST_P(SweepPictures, AreXmlWhateverTheNames) {
    SweepResult result = GetParam() == 0   ? example_sweep()
                         : GetParam() == 1 ? two_axes()
                                           : hostile_sweep();
    EXPECT_NO_THROW(parse_xml(write_sweep_svg(result)));
    result.cells[0].reset();
    result.lines = judge_lines(result.sweep, result.cells);
    EXPECT_NO_THROW(parse_xml(write_sweep_svg(result)));
    for (auto& cell : result.cells) cell.reset();
    result.lines = judge_lines(result.sweep, result.cells);
    EXPECT_NO_THROW(parse_xml(write_sweep_svg(result)));
}
INSTANTIATE_TEST_SUITE_P(All, SweepPictures, testing::Values(0, 1, 2));

TEST(SweepPictures, TheLineNamesCliffRecommendationAndBound) {
    const std::string svg = write_sweep_svg(example_sweep());
    EXPECT_THAT(svg, HasSubstr(">cliff</text>"));
    EXPECT_THAT(svg, HasSubstr(">recommended: 1m</text>"));
    EXPECT_THAT(svg, HasSubstr(">bound 10</text>"));
}

TEST(SweepPictures, EachCellOfAHeatMapBearsItsFigure) {
    const std::string svg = write_sweep_svg(two_axes());
    for (const char* text : {">300</text>", ">500</text>", ">400</text>", ">0</text>"})
        EXPECT_THAT(svg, HasSubstr(text));
}

TEST(SweepPictures, TicksAreRoundAndReachTheTop) {
    EXPECT_THAT(round_ticks(300), ElementsAre(0, 100, 200, 300));
    EXPECT_THAT(round_ticks(0.7), ElementsAre(0, 0.2, 0.4, testing::DoubleNear(0.6, 1e-9),
                                              testing::DoubleNear(0.8, 1e-9)));
    EXPECT_THAT(round_ticks(0), ElementsAre(0, 1));
}

TEST(SweepHtml, IsOnePageWithTheChartAndLoadsNothing) {
    const std::string html = write_sweep_html(example_sweep());
    EXPECT_THAT(html, HasSubstr("<svg "));
    EXPECT_THAT(html, HasSubstr("Recommended for timeout: 1m."));
    for (const char* loaded : {"<script", "<link", "<img", "@import", "url("})
        EXPECT_THAT(html, Not(HasSubstr(loaded)));
    EXPECT_THAT(write_sweep_html(hostile_sweep()), Not(HasSubstr("a<b>")));
}

}  // namespace
}  // namespace twofifty::harness
