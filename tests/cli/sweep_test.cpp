// twofifty sweep and twofifty compare as processes: what they print, leave behind and tell their
// caller.
#include "tests/cli/child.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <thread>

namespace twofifty::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

/// A reply that comes after ten seconds duplicates the mail of whoever waits less.
constexpr const char* cliff = R"(# How long must a sender wait?
name = "cliff"
fleet = { messages = 100, retry = { schedule = ["1m"], lifetime = "1h" } }
drain.budget = "1d"
[[impair]]
name = "late"
when = { phase = "data_done", attempt = 1 }
effect = { delay = "10s" }
[sweep]
seeds = 2
bound = "duplicated <= 5%"
[[sweep.axis]]
key = "fleet.timeouts.data_done"
label = "timeout"
values = ["5s", "20s", "1m"]
)";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

Ended sweep(const TempFolder& folder, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "sweep");
    return twofifty(std::move(arguments), folder.path());
}

/// Without the one line that tells when it was.
std::string without_time(const std::string& json) {
    const std::size_t begin = json.find("  \"started_at\"");
    return json.substr(0, begin) + json.substr(json.find('\n', begin));
}

TEST(Sweep, FindsTheCliffAndRecommends) {
    const TempFolder folder;
    folder.write("cliff.toml", cliff);
    const Ended ended = sweep(folder, {"cliff.toml"});
    EXPECT_EQ(ended.exit_code, 0) << ended.story();
    EXPECT_EQ(ended.err, "");
    EXPECT_THAT(ended.out, HasSubstr("The cliff: duplicates fall most from 5s to 20s (1000.0 to 0 "
                                     "per thousand).\n"));
    EXPECT_THAT(ended.out, HasSubstr("Recommended for timeout: 20s. 0 of 200 pairs"));
    std::vector<std::string> files;
    for (const fs::directory_entry& entry :
         fs::directory_iterator(folder / "results/latest-sweep/"))
        files.push_back(entry.path().filename().string());
    EXPECT_THAT(files, UnorderedElementsAre("scenario.toml", "sweep.csv", "sweep.html",
                                            "sweep.json", "sweep.md", "sweep.svg"));
}

TEST(Sweep, TheResultDoesNotDependOnTheNumberOfJobs) {
    const TempFolder folder;
    folder.write("cliff.toml", replaced(cliff, "delay = \"10s\"",
                                        "delay = { distribution = \"lognormal\", median = \"9s\", "
                                        "sigma = 1 }"));
    for (const char* jobs : {"1", "2", "7"})
        EXPECT_NE(sweep(folder, {"cliff.toml", "--jobs", jobs, "--out", jobs, "--quiet"}).exit_code,
                  3);
    for (const char* file : {"sweep.csv", "sweep.json"}) {
        const auto of = [&](const char* jobs) {
            const std::string text = read_text(folder / jobs / "latest-sweep" / file);
            return file == std::string("sweep.json") ? without_time(text) : text;
        };
        EXPECT_THAT(of("1"), Not(IsEmpty()));
        EXPECT_EQ(of("1"), of("2"));
        EXPECT_EQ(of("1"), of("7"));
    }
}

// What stands in the sweep is what a run with the same values comes to.
TEST(Sweep, ACellIsTheRunWithItsOverrides) {
    const TempFolder folder;
    folder.write("cliff.toml", replaced(cliff, "seeds = 2", "seeds = 1"));
    EXPECT_EQ(sweep(folder, {"cliff.toml", "--quiet"}).exit_code, 0);
    const Ended run = twofifty({"run", "--virtual", "cliff.toml", "--set",
                                "fleet.timeouts.data_done=\"5s\"", "--out", "run"},
                               folder.path());
    EXPECT_EQ(run.exit_code, 0) << run.story();
    EXPECT_THAT(read_text(folder / "run/latest/summary.json"), HasSubstr("\"duplicated\": 100,"));
    EXPECT_THAT(read_text(folder / "results/latest-sweep/sweep.csv"),
                HasSubstr("\n5s,1,100,100,200,200,100,2,100,0,"));
}

TEST(Sweep, WhereNoValueKeepsTheBoundItFails) {
    const TempFolder folder;
    folder.write("cliff.toml", replaced(cliff, "\"20s\", \"1m\"", "\"7s\""));
    const Ended ended = sweep(folder, {"cliff.toml", "--quiet"});
    EXPECT_EQ(ended.exit_code, 1);
    EXPECT_EQ(ended.err, "twofifty: cliff: duplicated <= 5% is kept by no value of timeout\n");
}

TEST(Sweep, ACellThatIsWrongIsNamedAtItsPlaceAndNothingIsStarted) {
    const TempFolder folder;
    folder.write("cliff.toml", replaced(cliff, "[\"5s\", \"20s\", \"1m\"]", "[\"5s\", \"0s\"]"));
    const Ended ended = sweep(folder, {"cliff.toml"});
    EXPECT_EQ(ended.exit_code, 3);
    EXPECT_EQ(ended.err,
              "twofifty: cliff.toml:13:1: fleet.timeouts.data_done: expected a duration from 1ms "
              "to 30d, found the text \"0s\"\n");
    EXPECT_EQ(folder.names(), std::vector<std::string>{"cliff.toml"});
    EXPECT_EQ(twofifty({"check", "cliff.toml"}, folder.path()).err, ended.err);
}

TEST(Sweep, AScenarioWithoutOneIsRefused) {
    const TempFolder folder;
    folder.write("plain.toml", "fleet.messages = 1\n");
    const Ended ended = sweep(folder, {"plain.toml"});
    EXPECT_EQ(ended.exit_code, 3);
    EXPECT_EQ(ended.err,
              "twofifty: plain.toml: it has no [sweep]; docs/sweep.md says how to write one\n");
}

TEST(Sweep, ARealServerNeedsReal) {
    const TempFolder folder;
    folder.write("cliff.toml", cliff);
    const Ended ended = sweep(folder, {"cliff.toml", "--set", "target.address=127.0.0.1:25"});
    EXPECT_EQ(ended.exit_code, 3);
    EXPECT_THAT(ended.err, HasSubstr("give --real\n"));
}

TEST(Sweep, WhatWouldTakeLongIsAskedFor) {
    const TempFolder folder;
    folder.write("cliff.toml", replaced(replaced(cliff, "seeds = 2", "seeds = 300"),
                                        "values = [\"5s\", \"20s\", \"1m\"]",
                                        "from = \"1s\"\nto = \"30m\"\nsteps = 3000"));
    const Ended ended = sweep(folder, {"cliff.toml", "--jobs", "1"});
    EXPECT_EQ(ended.exit_code, 3) << ended.story();
    EXPECT_THAT(ended.err, HasSubstr("cliff: 3000 cells with 300 runs each would take about "));
    EXPECT_THAT(ended.err, HasSubstr("give --yes to start it"));
    EXPECT_EQ(folder.names(), std::vector<std::string>{"cliff.toml"});
}

TEST(Sweep, AnInterruptReportsTheCellsThatWereFinished) {
    const TempFolder folder;
    folder.write("cliff.toml", replaced(replaced(cliff, "seeds = 2", "seeds = 20"),
                                        "values = [\"5s\", \"20s\", \"1m\"]",
                                        "from = \"1s\"\nto = \"30m\"\nsteps = 2000"));
    Child child(twofifty_command({"sweep", "cliff.toml", "--yes"}), folder.path());
    // It stands there when every cell has been read and the first are running.
    for (int i = 0; i < 1200 && !fs::exists(folder / "results/latest-sweep"); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
    child.send(SIGINT);
    const Ended ended = child.wait();
    EXPECT_EQ(ended.exit_code, 2) << ended.story();
    EXPECT_THAT(ended.err, HasSubstr("cliff: interrupted: "));
    EXPECT_THAT(ended.err, HasSubstr(" of 2000 cells were finished\n"));
    EXPECT_THAT(ended.out, HasSubstr("Incomplete: "));
    EXPECT_THAT(read_text(folder / "results/latest-sweep/sweep.json"),
                HasSubstr("\"complete\": false"));
}

TEST(Sweep, RunsOnSocketsWhenTold) {
    const TempFolder folder;
    folder.write("cliff.toml", R"(name = "real"
fleet = { messages = 20, retry = { schedule = ["100ms"], lifetime = "10s" } }
drain.quiet_for = "200ms"
[[impair]]
name = "late"
when = { phase = "data_done", attempt = 1 }
effect = { delay = "300ms" }
[sweep]
seeds = 1
[[sweep.axis]]
key = "fleet.timeouts.data_done"
values = ["100ms", "5s"]
)");
    const Ended ended = sweep(folder, {"cliff.toml", "--real"});
    EXPECT_EQ(ended.exit_code, 0) << ended.story();
    EXPECT_THAT(ended.out, HasSubstr("from 100ms to 5s (1000.0 to 0 per thousand)"));
    EXPECT_THAT(ended.out, HasSubstr("real world"));
}

TEST(Sweep, ARunIgnoresIt) {
    const TempFolder folder;
    folder.write("cliff.toml", cliff);
    const Ended ended = twofifty({"run", "--virtual", "cliff.toml"}, folder.path());
    EXPECT_EQ(ended.exit_code, 0) << ended.story();
    // The scenario that the run left can be swept again.
    EXPECT_EQ(sweep(folder, {"results/latest/scenario.toml", "--out", "again"}).exit_code, 0);
}

TEST(Compare, TwoSweepsCellByCell) {
    const TempFolder folder;
    folder.write("cliff.toml", cliff);
    EXPECT_EQ(sweep(folder, {"cliff.toml", "--quiet", "--out", "one"}).exit_code, 0);
    EXPECT_EQ(sweep(folder, {"cliff.toml", "--quiet", "--out", "two", "--set",
                             "impair.late.effect.delay=30s"})
                  .exit_code,
              0);
    const std::vector<std::string> both{"compare", "one/latest-sweep", "two/latest-sweep"};
    const Ended plain = twofifty(both, folder.path());
    EXPECT_EQ(plain.exit_code, 0) << plain.story();
    EXPECT_THAT(plain.out, HasSubstr("1 of 3 cells differ; by chance alone about 0.15 would.\n"));
    std::vector<std::string> bound = both;
    bound.insert(bound.end(), {"--bound", "duplicated <= +1%"});
    const Ended worse = twofifty(bound, folder.path());
    EXPECT_EQ(worse.exit_code, 1);
    EXPECT_EQ(worse.err, "twofifty: a bound is exceeded\n");
    EXPECT_THAT(worse.out,
                HasSubstr("timeout 20s\nNOT HELD  duplicated <= +1%   the change is +100 %"));
}

TEST(Compare, ARunAndASweepAreNotTwoOfAKind) {
    const TempFolder folder;
    folder.write("cliff.toml", cliff);
    EXPECT_EQ(sweep(folder, {"cliff.toml", "--quiet"}).exit_code, 0);
    EXPECT_EQ(twofifty({"run", "--virtual", "cliff.toml"}, folder.path()).exit_code, 0);
    const Ended ended =
        twofifty({"compare", "results/latest", "results/latest-sweep"}, folder.path());
    EXPECT_EQ(ended.exit_code, 3);
    EXPECT_THAT(ended.err, HasSubstr("expected two of a kind\n"));
}

TEST(Compare, SignificantExcusesWhatMayBeChance) {
    const TempFolder folder;
    const std::string lossy =
        replaced(replaced(cliff, "attempt = 1", "attempt = 1, probability = 0.3"),
                 "delay = \"10s\"", "drop = \"reply\"");
    folder.write("lossy.toml", lossy);
    for (const char* seed : {"1", "2"})
        EXPECT_EQ(twofifty({"run", "--virtual", "lossy.toml", "--seed", seed, "--out", seed},
                           folder.path())
                      .exit_code,
                  0);
    // One of the two has more; a bound of no change does not hold either way.
    std::vector<std::string> arguments{"compare", "1/latest", "2/latest", "--bound",
                                       "duplicated == 0"};
    EXPECT_EQ(twofifty(arguments, folder.path()).exit_code, 1);
    arguments.emplace_back("--significant");
    const Ended excused = twofifty(arguments, folder.path());
    EXPECT_EQ(excused.exit_code, 0) << excused.story();
    EXPECT_THAT(excused.out, HasSubstr("excused   duplicated == 0"));
    EXPECT_THAT(excused.out, HasSubstr("two-proportion z): it may be chance\n"));
}

TEST(Compare, JsonIsPrintedWhenAskedFor) {
    const TempFolder folder;
    folder.write("cliff.toml", cliff);
    EXPECT_EQ(twofifty({"run", "--virtual", "cliff.toml"}, folder.path()).exit_code, 0);
    const Ended ended =
        twofifty({"compare", "results/latest", "results/latest", "--json"}, folder.path());
    EXPECT_EQ(ended.exit_code, 0);
    EXPECT_THAT(ended.out, testing::StartsWith("{\n  \"schema\": 1,\n  \"kind\": \"comparison\""));
    EXPECT_THAT(ended.out, HasSubstr("Kolmogorov-Smirnov"));
}

}  // namespace
}  // namespace twofifty::cli
