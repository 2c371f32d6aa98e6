// What a run comes to does not depend on how its events are kept: judged as they were written,
// judged again from the ledger, and without any ledger.
#include "harness/app/run_in_memory.hpp"
#include "harness/report/format.hpp"
#include "harness/scenario/read_scenario.hpp"
#include "tests/cli/child.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <string>
#include <vector>

namespace twofifty::parity {
namespace {

using harness::Summary;

/// Between them: lost, late, replaced and cut replies, several recipients, LMTP, a bounce.
constexpr const char* lost = R"(# Are lost replies counted alike?
name = "lost"
[fleet]
senders = 3
messages = 60
rate = "200/s"
timeouts = { data_done = "300ms" }
retry = { schedule = ["50ms"], lifetime = "1m" }
[message]
recipients = 2
[[impair]]
name = "lose-250"
when = { phase = "data_done", reply = "2xx", probability = 0.4 }
effect = { drop = "reply" }
[drain]
quiet_for = "200ms"
[expect]
lost = "== 0"
duplicated = ">= 1"
)";

constexpr const char* refused = R"(# Are bounces counted alike?
name = "refused"
[fleet]
messages = 40
timeouts = { data_done = "300ms" }
retry = { schedule = ["20ms"], lifetime = "100ms" }
[[impair]]
name = "replace"
when = { phase = "data_done", probability = 0.6 }
effect = { replace = "451 4.3.0 try later" }
[[impair]]
name = "cut"
when = { phase = "data_xfer", probability = 0.2 }
effect = { cut = "both" }
[drain]
quiet_for = "200ms"
)";

constexpr const char* late = R"(# Are late replies counted alike?
name = "late"
[fleet]
messages = 40
timeouts = { data_done = "200ms" }
retry = { schedule = ["30ms"], lifetime = "1m" }
[message]
recipients = 2
[target]
protocol = "lmtp"
[target.reference]
service_time = "5ms"
[[impair]]
name = "slow"
when = { phase = "data_done", first = 1, probability = 0.5 }
effect = { delay = "250ms" }
[[impair]]
name = "far"
effect = { latency = "1ms" }
[drain]
quiet_for = "400ms"
)";

const std::vector<std::string> scenarios{lost, refused, late};

Summary summary_of(const std::filesystem::path& run) {
    return harness::read_json(cli::read_text(run / "summary.json"), "summary.json");
}

/// What `run` wrote, and what `report` then makes of the ledger alone.
void expect_same_when_judged_again(const std::string& scenario, const std::string& world) {
    const cli::TempFolder folder;
    folder.write("scenario.toml", scenario);
    const cli::Ended run = cli::twofifty({"run", world, "scenario.toml"}, folder.path());
    ASSERT_LE(run.exit_code, 2) << run.story();
    const std::filesystem::path results = folder / "results" / "latest";
    const Summary written = summary_of(results);
    std::filesystem::remove(results / "summary.json");
    const cli::Ended report = cli::twofifty({"report", "results/latest"}, folder.path());
    EXPECT_EQ(report.exit_code, run.exit_code) << report.story();
    ASSERT_FALSE(written.examples.empty());
    EXPECT_EQ(summary_of(results), written);
}

TEST(JudgedAsItIsWritten, IsJudgedAlikeFromTheLedgerInVirtualTime) {
    for (const std::string& scenario : scenarios)
        expect_same_when_judged_again(scenario, "--virtual");
}

TEST(JudgedAsItIsWritten, IsJudgedAlikeFromTheLedgerInRealTime) {
    for (const std::string& scenario : scenarios)
        expect_same_when_judged_again(scenario, "--quiet");
}

/// The program's summary, without what only a ledger and a clock can give.
Summary by_the_program(const std::string& scenario) {
    const cli::TempFolder folder;
    folder.write("scenario.toml", scenario);
    const cli::Ended run = cli::twofifty({"run", "--virtual", "scenario.toml"}, folder.path());
    EXPECT_LE(run.exit_code, 2) << run.story();
    Summary summary = summary_of(folder / "results" / "latest");
    summary.examples.clear();
    summary.started_at.clear();
    return summary;
}

Summary in_memory(const std::string& scenario) {
    const std::atomic<bool> stop{false};
    return harness::run_in_memory(harness::parse_scenario(scenario, "scenario.toml"), stop);
}

TEST(RunInMemory, ComesToWhatTheProgramComesTo) {
    for (const std::string& scenario : scenarios)
        EXPECT_EQ(in_memory(scenario), by_the_program(scenario));
}

TEST(RunInMemory, RunsOnManyThreadsAtOnce) {
    std::vector<std::future<Summary>> runs;
    for (int repetition = 0; repetition < 4; ++repetition)
        for (const std::string& scenario : scenarios)
            runs.push_back(std::async(std::launch::async, [&] { return in_memory(scenario); }));
    for (std::size_t i = 0; i < runs.size(); ++i)
        EXPECT_EQ(runs[i].get(), in_memory(scenarios[i % scenarios.size()])) << i;
}

TEST(RunInMemory, ThatIsStoppedIsIncomplete) {
    const std::atomic<bool> stop{true};
    const Summary summary =
        harness::run_in_memory(harness::parse_scenario(lost, "scenario.toml"), stop);
    EXPECT_EQ(summary.result, harness::Result::inconclusive);
    EXPECT_EQ(summary.incomplete,
              (std::vector<std::string>{
                  "The run stopped before all messages were submitted.",
                  "The run stopped before copies were quiet and queues were empty."}));
}

}  // namespace
}  // namespace twofifty::parity
