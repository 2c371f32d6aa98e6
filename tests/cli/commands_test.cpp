// The commands in order, in virtual time: what each prints, leaves behind and tells its caller.
#include "tests/cli/child.hpp"

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace twofifty::cli {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

/// Loses every second reply to the final dot once: each message that it hits gets two copies.
constexpr const char* lossy = R"(name = "lossy"
fleet = { messages = 40, timeouts = { data_done = "1s" }, retry = { schedule = ["1s"] } }
[[impair]]
name = "lose"
when = { phase = "data_done", probability = 0.5, attempt = 1 }
effect = { drop = "reply" }
[expect]
lost = "== 0"
duplicated = ">= 1"
causes.unattributed = "== 0"
)";

constexpr const char* clean = "name = \"clean\"\nfleet.messages = 10\n";

/// The one run of a scenario below the folder of results.
fs::path only_run(const fs::path& results) {
    fs::path found;
    for (const fs::directory_entry& entry : fs::directory_iterator(results)) {
        EXPECT_TRUE(found.empty()) << "a second run: " << entry.path();
        found = entry.path();
    }
    return found;
}

Ended run_virtual(const TempFolder& folder, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"run", "--virtual"});
    return twofifty(std::move(arguments), folder.path());
}

TEST(Help, ShowsTheCommandsExamplesAndExitCodes) {
    const TempFolder folder;
    const Ended ended = twofifty({"--help"}, folder.path());
    EXPECT_EQ(ended.exit_code, 0);
    EXPECT_EQ(ended.err, "");
    for (const char* part : {"run ", "check ", "report ", "compare ", "init ",
                             "Examples:", "twofifty run scenarios/lost-250.toml", "Exit codes:"})
        EXPECT_THAT(ended.out, HasSubstr(part));
}

TEST(Help, EachCommandHasItsOwn) {
    const TempFolder folder;
    for (const char* command : {"run", "sweep", "check", "report", "diagnose", "compare", "init"}) {
        const Ended ended = twofifty({command, "--help"}, folder.path());
        EXPECT_EQ(ended.exit_code, 0) << command;
        EXPECT_THAT(ended.out, HasSubstr("Usage: twofifty " + std::string(command) + " "));
    }
}

TEST(Version, IsOneLine) {
    const TempFolder folder;
    const Ended ended = twofifty({"--version"}, folder.path());
    EXPECT_EQ(ended.exit_code, 0);
    EXPECT_EQ(ended.out, "twofifty " TWOFIFTY_VERSION "\n");
}

TEST(Init, WritesAScenarioThatCheckAcceptsAndARunPasses) {
    const TempFolder folder;
    EXPECT_EQ(twofifty({"init", "mine.toml"}, folder.path()).exit_code, 0);
    EXPECT_EQ(twofifty({"check", "mine.toml"}, folder.path()).exit_code, 0);
    const Ended ended = run_virtual(folder, {"mine.toml"});
    EXPECT_EQ(ended.exit_code, 0) << ended.story();
    EXPECT_THAT(ended.out, StartsWith("PASSED"));
}

TEST(Init, DoesNotWriteOverAFile) {
    const TempFolder folder;
    folder.write("mine.toml", "precious");
    const Ended ended = twofifty({"init", "mine.toml"}, folder.path());
    EXPECT_EQ(ended.exit_code, 3);
    EXPECT_EQ(ended.err, "twofifty: mine.toml exists; name another file\n");
    EXPECT_EQ(read_text(folder / "mine.toml"), "precious");
}

TEST(Init, AFolderThatIsNotThereIsNamed) {
    const TempFolder folder;
    const Ended ended = twofifty({"init", "none/mine.toml"}, folder.path());
    EXPECT_NE(ended.exit_code, 0);
    EXPECT_EQ(ended.err, "twofifty: cannot write none/mine.toml: No such file or directory\n");
}

TEST(Check, ReadsWithoutRunning) {
    const TempFolder folder;
    folder.write("lossy.toml", lossy);
    folder.write("clean.toml", clean);
    const Ended ended = twofifty({"check", "lossy.toml", "clean.toml"}, folder.path());
    EXPECT_EQ(ended.exit_code, 0);
    EXPECT_THAT(ended.out, HasSubstr("lossy.toml: ok (1 rule, 3 expectations)\n"));
    EXPECT_THAT(ended.out, HasSubstr("clean.toml: ok (0 rules, 0 expectations)\n"));
    EXPECT_THAT(folder.names(), ElementsAre("clean.toml", "lossy.toml"));
}

TEST(Run, LeavesAFolderThatIsComplete) {
    const TempFolder folder;
    folder.write("lossy.toml", lossy);
    const Ended ended = run_virtual(folder, {"lossy.toml", "--out", "out"});
    EXPECT_EQ(ended.exit_code, 0) << ended.story();
    EXPECT_EQ(ended.err, "");
    std::vector<std::string> names;
    for (const fs::directory_entry& entry : fs::directory_iterator(only_run(folder / "out/lossy")))
        names.push_back(entry.path().filename());
    EXPECT_THAT(names,
                testing::UnorderedElementsAre("ledger.sqlite", "report.html", "scenario.toml",
                                              "summary.json", "summary.md"));
    EXPECT_EQ(fs::canonical(folder / "out/latest"), fs::canonical(only_run(folder / "out/lossy")));
}

TEST(Run, QuietPrintsNothingWhenAllIsWell) {
    const TempFolder folder;
    folder.write("lossy.toml", lossy);
    const Ended ended = run_virtual(folder, {"--quiet", "lossy.toml"});
    EXPECT_EQ(ended.exit_code, 0);
    EXPECT_EQ(ended.out + ended.err, "");
}

TEST(Run, AFailedExpectationIsExitOneAndOneLine) {
    const TempFolder folder;
    folder.write("lossy.toml", lossy);
    const Ended ended = run_virtual(folder, {"lossy.toml", "--set", "expect.duplicated=== 0"});
    EXPECT_EQ(ended.exit_code, 1);
    EXPECT_THAT(ended.out, StartsWith("FAILED"));
    EXPECT_THAT(ended.err, testing::MatchesRegex(
                               "twofifty: lossy: failed: Expected duplicated == 0, but it is "
                               "[0-9]+\\.\n"));
}

TEST(Run, ARuleThatNeverFiredIsInconclusive) {
    const TempFolder folder;
    folder.write("lossy.toml", lossy);
    const Ended ended = run_virtual(folder, {"lossy.toml", "--set", "expect.duplicated=>= 0",
                                             "--set", "impair.lose.when.attempt=9"});
    EXPECT_EQ(ended.exit_code, 2);
    EXPECT_EQ(ended.err, "twofifty: lossy: inconclusive: The rule lose never fired.\n");
}

TEST(Run, TheWorstOfSeveralScenariosSpeaksForAllAndEachIsRun) {
    const TempFolder folder;
    folder.write("clean.toml", clean);
    folder.write("strict.toml", std::string("expect.copies = '== 11'\n") + "fleet.messages = 10\n");
    const Ended ended = run_virtual(folder, {"strict.toml", "clean.toml", "--out", "out"});
    EXPECT_EQ(ended.exit_code, 1);
    EXPECT_EQ(ended.err, "twofifty: strict: failed: Expected copies == 11, but it is 10.\n");
    EXPECT_TRUE(fs::exists(only_run(folder / "out/strict") / "summary.json"));
    EXPECT_TRUE(fs::exists(only_run(folder / "out/clean") / "summary.json"));
}

TEST(Run, TheSeedOfTheCommandLineWinsAndChangesTheDigest) {
    const TempFolder folder;
    folder.write("lossy.toml", lossy);
    const auto digest_line = [&](const char* seed) {
        const std::string out = run_virtual(folder, {"lossy.toml", "--seed", seed}).out;
        EXPECT_THAT(out, HasSubstr("seed " + std::string(seed) + ";"));
        const std::size_t at = out.find("\ndigest ");
        return out.substr(at, out.find('\n', at + 1) - at);
    };
    const std::string five = digest_line("5");
    EXPECT_THAT(five, testing::MatchesRegex("\ndigest [0-9a-f]{32}"));
    EXPECT_EQ(digest_line("5"), five);
    EXPECT_NE(digest_line("6"), five);
}

TEST(Run, WhatIsSetStandsInTheStoredScenario) {
    const TempFolder folder;
    folder.write("clean.toml", clean);
    const Ended ended = run_virtual(
        folder, {"clean.toml", "--set", "fleet.messages=7", "--set", "expect.copies=== 7"});
    EXPECT_EQ(ended.exit_code, 0) << ended.story();
    EXPECT_THAT(read_text(folder / "results/latest/scenario.toml"), HasSubstr("messages = 7\n"));
}

TEST(Run, TheStoredScenarioRunsAgainToTheSameDigest) {
    const TempFolder folder;
    folder.write("lossy.toml", lossy);
    const std::string first = run_virtual(folder, {"lossy.toml"}).out;
    const std::string stored = fs::canonical(folder / "results/latest") / "scenario.toml";
    const std::string again = run_virtual(folder, {stored, "--out", "again"}).out;
    EXPECT_EQ(again.substr(0, again.find("results: ")), first.substr(0, first.find("results: ")));
}

TEST(Run, JUnitIsWellFormedXmlWithOneCasePerExpectation) {
    const TempFolder folder;
    folder.write("lossy.toml", lossy);
    folder.write("odd.toml", "fleet.messages = 5\nexpect.copies = ['> 5', '< 6']\n");
    const Ended ended = run_virtual(folder, {"lossy.toml", "odd.toml", "--junit", "out.xml"});
    EXPECT_EQ(ended.exit_code, 1);
    boost::property_tree::ptree xml;
    read_xml((folder / "out.xml").string(), xml);
    std::vector<std::pair<std::size_t, std::size_t>> cases_and_failures;
    for (const auto& [name, suite] : xml.get_child("testsuites")) {
        if (name != "testsuite") continue;
        std::size_t failures = 0;
        for (const auto& [part, test_case] : suite) {
            if (part == "testcase") failures += test_case.count("failure");
        }
        cases_and_failures.emplace_back(suite.count("testcase"), failures);
    }
    EXPECT_THAT(cases_and_failures, ElementsAre(std::pair(3, 0), std::pair(2, 1)));
}

TEST(Report, JudgesAgainToTheSameFiles) {
    const TempFolder folder;
    folder.write("lossy.toml", lossy);
    const Ended first = run_virtual(folder, {"lossy.toml"});
    const fs::path run = fs::canonical(folder / "results/latest");
    const std::vector<std::string> files{"summary.json", "summary.md", "report.html"};
    std::vector<std::string> before;
    for (const std::string& file : files) {
        before.push_back(read_text(run / file));
        fs::remove(run / file);
    }
    const Ended ended = twofifty({"report", run}, folder.path());
    EXPECT_EQ(ended.exit_code, 0) << ended.story();
    for (std::size_t i = 0; i < files.size(); ++i)
        EXPECT_EQ(read_text(run / files[i]), before[i]) << files[i];
    EXPECT_THAT(first.out, StartsWith(ended.out));
}

TEST(Report, NeedsNothingButTheRunFolder) {
    const TempFolder folder;
    folder.write("mail/a.eml", "Subject: a\r\n\r\nbody\r\n");
    folder.write("clean.toml", std::string(clean) + "message.corpus = 'mail'\n");
    EXPECT_EQ(run_virtual(folder, {"clean.toml"}).exit_code, 0);
    fs::rename(fs::canonical(folder / "results/latest"), folder / "kept");
    fs::remove_all(folder / "mail");
    const Ended ended = twofifty({"report", "kept", "--quiet"}, folder.path());
    EXPECT_EQ(ended.exit_code, 0) << ended.story();
}

TEST(Report, OfAFailedRunSaysWhyInOneLine) {
    const TempFolder folder;
    folder.write("clean.toml", clean);
    const Ended run = run_virtual(folder, {"clean.toml", "--set", "expect.copies=== 0"});
    const Ended ended = twofifty({"report", "results/latest", "--quiet"}, folder.path());
    EXPECT_EQ(ended.exit_code, 1);
    EXPECT_EQ(ended.out, "");
    EXPECT_EQ(ended.err, run.err);
    EXPECT_EQ(ended.err, "twofifty: clean: failed: Expected copies == 0, but it is 10.\n");
}

TEST(Compare, ShowsTwoRunsAndFailsWhereABoundIsExceeded) {
    const TempFolder folder;
    folder.write("lossy.toml", lossy);
    run_virtual(folder, {"lossy.toml", "--out", "one", "--set", "expect.duplicated=>= 0", "--set",
                         "impair.lose.when.probability=0"});
    run_virtual(folder, {"lossy.toml", "--out", "two"});
    const Ended plain = twofifty({"compare", "one/latest", "two/latest"}, folder.path());
    EXPECT_EQ(plain.exit_code, 0) << plain.story();
    EXPECT_THAT(plain.out, HasSubstr("extra_copies"));
    const Ended worse = twofifty(
        {"compare", "one/latest", "two/latest", "--bound", "duplicated <= +1"}, folder.path());
    EXPECT_EQ(worse.exit_code, 1);
    EXPECT_THAT(worse.err, Not(IsEmpty()));
    const Ended better = twofifty(
        {"compare", "two/latest", "one/latest", "--bound", "duplicated <= +1"}, folder.path());
    EXPECT_EQ(better.exit_code, 0) << better.story();
}

TEST(Compare, ABoundOnAnUnknownFigureIsBadInput) {
    const TempFolder folder;
    folder.write("clean.toml", clean);
    run_virtual(folder, {"clean.toml"});
    const Ended ended =
        twofifty({"compare", "results/latest", "results/latest", "--bound", "dupicated <= 1"},
                 folder.path());
    EXPECT_EQ(ended.exit_code, 3);
    EXPECT_THAT(ended.err, HasSubstr("there is no figure \"dupicated\""));
}

}  // namespace
}  // namespace twofifty::cli
