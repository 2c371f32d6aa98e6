// Each report format: what it holds, and that no name can break it.
#include "harness/report/escape.hpp"
#include "harness/report/format.hpp"
#include "settings/value.hpp"
#include "tests/unit/report/example_summary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <string>
#include <vector>

namespace twofifty::harness {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// The first thing that makes a text no well-formed XML or (in our dialect) HTML; empty: none.
std::string malformed(const std::string& text) {
    constexpr std::array void_tags{"meta", "?xml", "!doctype"};
    std::vector<std::string> open;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte < 0x20 && text[i] != '\n' && text[i] != '\t') return "a control character";
        if (text[i] == '&' && text.find(';', i) > i + 6) return "a bare & at " + text.substr(i, 20);
        if (text[i] != '<') continue;
        const std::size_t end = text.find('>', i);
        if (end == std::string::npos) return "an endless tag";
        const std::string tag = text.substr(i + 1, end - i - 1);
        const std::string name = tag.substr(0, tag.find_first_of(" /", 1));
        i = end;
        if (tag.find('<') != std::string::npos) return "a bare < in " + tag;
        if (std::ranges::count(tag, '"') % 2 != 0) return "an odd quote in " + tag;
        if (std::ranges::find(void_tags, name) != void_tags.end() || tag.back() == '/') continue;
        if (tag.front() != '/') {
            open.push_back(name);
        } else if (open.empty() || open.back() != tag.substr(1)) {
            return "an unexpected </" + tag.substr(1) + ">";
        } else {
            open.pop_back();
        }
    }
    return open.empty() ? "" : "an open <" + open.back() + ">";
}

std::size_t longest_line(const std::string& text) {
    std::size_t longest = 0;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) longest = std::max(longest, line.size());
    return longest;
}

TEST(Escape, XmlLeavesNothingThatHasAMeaning) {
    EXPECT_EQ(escape_xml(hostile), "a&lt;b&gt;&amp;&quot;c&#39;|d*_`]]&gt;\xef\xbf\xbd");
}

TEST(Escape, MarkdownKeepsACellACell) {
    EXPECT_EQ(escape_markdown("a|b\nc<i>&*_`"), "a\\|b c&lt;i&gt;&amp;\\*\\_\\`");
}

TEST(Json, ReadsBackAsTheSameSummary) {
    EXPECT_EQ(read_json(write_json(example_summary()), "x"), example_summary());
    EXPECT_EQ(read_json(write_json(hostile_summary()), "x"), hostile_summary());
    EXPECT_EQ(read_json(write_json(Summary{}), "x"), Summary{});
}

TEST(Json, HoldsTheKeysOfTheSchemaInOneOrder) {
    const std::string json = write_json(example_summary());
    std::size_t last = 0;
    for (const std::string_view key : {"schema",
                                       "scenario",
                                       "version",
                                       "seed",
                                       "world",
                                       "started_at",
                                       "duration_s",
                                       "digest",
                                       "result",
                                       "result_reasons",
                                       "messages",
                                       "recipients",
                                       "attempts",
                                       "transactions_accepted",
                                       "copies",
                                       "extra_copies",
                                       "unexpected",
                                       "verdicts",
                                       "sender_ends",
                                       "causes",
                                       "routes",
                                       "copies_histogram",
                                       "latency_ms",
                                       "time_to_acknowledge_ms",
                                       "time_to_delivery_ms",
                                       "observed_at",
                                       "rules",
                                       "expectations",
                                       "discrepancies",
                                       "assumptions"}) {
        const std::size_t found = json.find("\n  \"" + std::string(key) + "\": ");
        ASSERT_NE(found, std::string::npos) << key;
        EXPECT_GT(found, last) << key;
        last = found;
    }
    EXPECT_THAT(json, StartsWith("{\n  \"schema\": 1,\n"));
    EXPECT_THAT(json, HasSubstr("\"duration_s\": 14.25,"));
}

TEST(Json, ASummaryOfBeforeThereWereQueuesIsReadAsOneWithoutThem) {
    Summary older = example_summary();
    older.copies_suppressed = 0;
    older.copies_discarded = 0;
    older.wire_duplicated = 0;
    older.copies_queued = older.copies;
    older.queues.clear();
    std::string json = write_json(older);
    for (const std::string key :
         {"copies_queued", "copies_suppressed", "copies_discarded", "wire_duplicated", "queues"}) {
        const std::size_t begin = json.find("\n  \"" + key + "\": ");
        ASSERT_NE(begin, std::string::npos) << key;
        json.erase(begin, json.find('\n', begin + 1) - begin);
    }
    EXPECT_EQ(read_json(json, "old/summary.json"), older);
}

TEST(Reports, TellWhatReceiversKeptFromTheMailboxesAndHowDeepTheirQueuesWere) {
    const Summary summary = example_summary();
    const std::string terminal = write_terminal(summary, false);
    EXPECT_THAT(terminal, HasSubstr("3 copies more were suppressed by the receiver: 43 recipients' "
                                    "messages were accepted twice"));
    EXPECT_THAT(terminal, HasSubstr("5 copies were read to the end, and discarded"));
    EXPECT_THAT(terminal, HasSubstr("domino, incoming: 37 messages at most, at +1h 20m"));
    EXPECT_THAT(write_markdown(summary), HasSubstr("domino, incoming: 37 messages at most"));
    const std::string html = write_html(summary);
    EXPECT_THAT(html, HasSubstr("domino, incoming: 37 messages at most"));
    EXPECT_THAT(html, HasSubstr("<path class=\"depth\" stroke=\"#3b6fd4\" d=\"M60.0 120.0"));
}

TEST(Terminal, DoesNotTellOfQueuesInWhichNobodyWaited) {
    Summary summary = example_summary();
    summary.queues[0].depth_max = 1;
    EXPECT_THAT(write_terminal(summary, false), Not(HasSubstr("Queues")));
}

TEST(Json, AnythingElseIsAnErrorThatNamesTheFile) {
    std::string newer = write_json(example_summary());
    newer.replace(newer.find("\"schema\": 1"), 11, "\"schema\": 2");
    const std::string whole = write_json(example_summary());
    for (const std::string& text :
         {std::string(), std::string("{}"), std::string("[1]"),
          std::string("{\"schema\": \"one\"}"), newer, whole.substr(0, whole.size() / 2)}) {
        try {
            read_json(text, "old/summary.json");
            FAIL() << "read: " << text.substr(0, 40);
        } catch (const settings::Error& error) {
            EXPECT_THAT(error.what(), HasSubstr("old/summary.json")) << text.substr(0, 40);
        }
    }
}

TEST(Json, KeysOfALaterVersionAreLeftAlone) {
    std::string json = write_json(example_summary());
    json.replace(0, 1, "{\"of_tomorrow\": [1, {}],");
    EXPECT_EQ(read_json(json, "x"), example_summary());
}

TEST(Html, IsWellFormedWhateverTheNames) {
    EXPECT_EQ(malformed(write_html(example_summary())), "");
    EXPECT_EQ(malformed(write_html(hostile_summary())), "");
    EXPECT_EQ(malformed(write_html(Summary{})), "");
}

TEST(Html, LoadsNothingAndRunsNothing) {
    const std::string html = write_html(hostile_summary());
    for (const std::string_view banned :
         {"<script", "http:", "https:", "src=", "@import", "url("}) {
        EXPECT_THAT(html, Not(HasSubstr(std::string(banned))));
    }
}

TEST(Html, DrawsOneBarForEachNumberOfCopies) {
    const std::string html = write_html(example_summary());
    std::size_t bars = 0;
    for (std::size_t at = html.find("<rect"); at != std::string::npos;
         at = html.find("<rect", at + 1)) {
        ++bars;
    }
    EXPECT_EQ(bars, 3U);
}

TEST(Markdown, ATableRowHasAsManyCellsAsItsHead) {
    std::istringstream lines(write_markdown(hostile_summary()));
    std::size_t cells = 0;
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with('|')) {
            cells = 0;
            continue;
        }
        std::size_t found = 0;
        for (std::size_t i = 0; i < line.size(); ++i) {
            if (line[i] == '|' && (i == 0 || line[i - 1] != '\\')) ++found;
        }
        if (cells == 0) cells = found;
        EXPECT_EQ(found, cells) << line;
    }
}

TEST(JUnit, HoldsACaseForEachExpectation) {
    const Summary summary = example_summary();
    const std::string xml = write_junit({&summary, 1});
    EXPECT_EQ(malformed(xml), "");
    EXPECT_THAT(xml,
                HasSubstr("<testsuite name=\"lost-250\" tests=\"3\" failures=\"0\" errors=\"0\""));
    EXPECT_THAT(xml, HasSubstr("<testcase classname=\"lost-250\" name=\"duplicated &lt;= 3%\" "
                               "time=\"14.25\"/>"));
}

TEST(JUnit, ABrokenExpectationIsAFailureWithItsValue) {
    Summary summary = example_summary();
    summary.result = Result::failed;
    summary.expectations[0].held = false;
    const std::string xml = write_junit({&summary, 1});
    EXPECT_THAT(xml, HasSubstr("tests=\"3\" failures=\"1\" errors=\"0\""));
    EXPECT_THAT(xml, HasSubstr("<failure message=\"expected duplicated &lt;= 3%, but it is 2 %\""));
}

TEST(JUnit, InAnInconclusiveRunNoCaseIsGreen) {
    Summary summary = example_summary();
    summary.result = Result::inconclusive;
    summary.result_reasons = {"The rule a & b never fired."};
    const std::string xml = write_junit({&summary, 1});
    EXPECT_THAT(xml, HasSubstr("tests=\"3\" failures=\"0\" errors=\"3\""));
    EXPECT_THAT(xml, HasSubstr("<error message=\"The rule a &amp; b never fired.\""));
}

TEST(JUnit, AScenarioThatExpectsNothingHasOneCase) {
    Summary summary = example_summary();
    summary.expectations.clear();
    EXPECT_THAT(write_junit({&summary, 1}), HasSubstr("tests=\"1\" failures=\"0\" errors=\"0\""));
    summary.result = Result::inconclusive;
    EXPECT_THAT(write_junit({&summary, 1}), HasSubstr("tests=\"1\" failures=\"0\" errors=\"1\""));
}

TEST(JUnit, SuitesOfSeveralScenariosAddUp) {
    const std::array summaries{example_summary(), hostile_summary()};
    const std::string xml = write_junit(summaries);
    EXPECT_EQ(malformed(xml), "");
    EXPECT_THAT(xml,
                HasSubstr("<testsuites name=\"twofifty\" tests=\"6\" failures=\"1\" errors=\"0\""));
}

TEST(Terminal, SaysTheResultFirst) {
    EXPECT_THAT(write_terminal(example_summary(), false), StartsWith("PASSED  lost-250\n"));
    EXPECT_THAT(write_terminal(Summary{}, false), StartsWith("INCONCLUSIVE"));
}

TEST(Terminal, IsNeverWiderThanAHundredColumns) {
    Summary summary = hostile_summary();
    summary.result_reasons = {std::string(500, 'x'), "words " + std::string(99, 'y') + " words"};
    summary.rules[0].name = std::string(300, 'r');
    summary.examples[0].title = std::string(300, 't');
    EXPECT_LE(longest_line(write_terminal(summary, false)), 100U);
    EXPECT_LE(longest_line(write_terminal(example_summary(), false)), 100U);
}

TEST(Terminal, HasNoEscapesUnlessToldTo) {
    EXPECT_THAT(write_terminal(hostile_summary(), false), Not(HasSubstr("\x1b")));
    EXPECT_THAT(write_terminal(example_summary(), true), StartsWith("\x1b[1;32mPASSED\x1b[0m"));
}

TEST(Terminal, ExplainsExtraCopiesInWords) {
    EXPECT_THAT(write_terminal(example_summary(), false),
                HasSubstr("41  the reply to the final dot was dropped\n"));
}

TEST(Terminal, FitsOnAScreenOrTwo) {
    Summary summary = example_summary();
    const TimelineEntry entry{1.0, "attempt 1 starts"};
    summary.examples.assign(5, {17, "Message 17", std::vector(40, entry)});
    const std::string text = write_terminal(summary, false);
    EXPECT_LE(std::ranges::count(text, '\n'), 82);
    EXPECT_THAT(text, HasSubstr("... 33 more ..."));
}

TEST(Registry, NamesAndFilesAreUnique) {
    std::vector<std::string_view> names;
    for (const ReportFormat& format : report_formats()) {
        names.push_back(format.name);
        EXPECT_FALSE(format.write(Summary{}).empty()) << format.name;
    }
    EXPECT_THAT(names, testing::ElementsAre("json", "markdown", "html", "junit", "text"));
}

}  // namespace
}  // namespace twofifty::harness
