// Ctrl-C, in both worlds: the load ends, the drain is bounded, what there is is judged and written.
#include "tests/cli/child.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <thread>

namespace twofifty::cli {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// Waits until the run has a ledger, hence takes signals soon after; then for a little more.
void wait_until_running(const std::filesystem::path& results) {
    for (int look = 0; look < 3000; ++look) {
        if (std::filesystem::exists(results / "latest/ledger.sqlite")) break;
        std::this_thread::sleep_for(10ms);
    }
    std::this_thread::sleep_for(500ms);
}

void expect_judged(const TempFolder& folder, const Ended& ended) {
    EXPECT_EQ(ended.exit_code, 2) << ended.story();
    EXPECT_EQ(ended.out.substr(0, 12), "INCONCLUSIVE");
    EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
    EXPECT_THAT(read_text(folder / "results/latest/summary.json"),
                HasSubstr("\"result\": \"inconclusive\""));
}

TEST(Interrupt, EndsTheLoadOfARealRunAndWritesItsResults) {
    const TempFolder folder;
    folder.write("s.toml", "fleet = { messages = 100000, rate = '50/s' }\n");
    Child run(twofifty_command({"run", "s.toml"}), folder.path());
    wait_until_running(folder / "results");
    run.send(SIGINT);
    const Ended ended = run.wait();
    expect_judged(folder, ended);
    EXPECT_THAT(ended.err, HasSubstr("The load was interrupted before all messages were"));
    EXPECT_THAT(read_text(folder / "results/latest/summary.json"), HasSubstr("\"pending\": 0"));
}

TEST(Interrupt, BoundsTheDrainOfARealRun) {
    const TempFolder folder;
    folder.write("s.toml",
                 "fleet = { messages = 100000, rate = '50/s', retry = { schedule = ['1h'] } }\n"
                 "drain = { budget = '10h' }\n"
                 "[[impair]]\nname = 'r'\nwhen = { phase = 'data_done', first = 1 }\n"
                 "effect = { hold = '1h' }\n");
    Child run(twofifty_command({"run", "s.toml"}), folder.path());
    wait_until_running(folder / "results");
    run.send(SIGTERM);
    const Ended ended = run.wait();
    expect_judged(folder, ended);
    EXPECT_THAT(ended.out, HasSubstr("pending"));
}

TEST(Interrupt, ASecondOneEndsTheDrainAtOnce) {
    const TempFolder folder;
    folder.write("s.toml",
                 "fleet = { messages = 20, retry = { schedule = ['1h'] } }\n"
                 "drain = { budget = '10h' }\n"
                 "[[impair]]\nname = 'r'\nwhen = { phase = 'data_done', first = 1 }\n"
                 "effect = { hold = '1h' }\n");
    Child run(twofifty_command({"run", "s.toml"}), folder.path());
    wait_until_running(folder / "results");
    run.send(SIGINT);
    std::this_thread::sleep_for(300ms);
    const auto second = std::chrono::steady_clock::now();
    run.send(SIGINT);
    const Ended ended = run.wait();
    expect_judged(folder, ended);
    EXPECT_LT(std::chrono::steady_clock::now() - second, 8s) << "as long as one alone";
}

TEST(Interrupt, EndsAVirtualRunWhereItStands) {
    const TempFolder folder;
    folder.write("s.toml", "fleet.messages = 100000000\n");
    Child run(twofifty_command({"run", "--virtual", "s.toml"}), folder.path());
    wait_until_running(folder / "results");
    run.send(SIGINT);
    expect_judged(folder, run.wait(120s));
}

TEST(Progress, IsSilentWhereStandardErrorIsNoTerminal) {
    const TempFolder folder;
    folder.write("s.toml", "fleet = { messages = 40, rate = '40/s' }\ndrain.quiet_for = '100ms'\n");
    const Ended ended = twofifty({"run", "s.toml"}, folder.path());
    EXPECT_EQ(ended.exit_code, 0) << ended.story();
    EXPECT_EQ(ended.err, "");
}

}  // namespace
}  // namespace twofifty::cli
