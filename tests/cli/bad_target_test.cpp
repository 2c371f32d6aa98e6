// Targets that refuse, hang, talk nonsense or die. The run ends by itself, says what is wrong or
// judges honestly, holds no more memory than any other, and its ledger is complete: each submitted
// pair has its end, each attempt that started has ended.
#include "harness/ledger/ledger.hpp"
#include "tests/cli/child.hpp"
#include "tests/cli/scripted_target.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace twofifty::cli {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

/// Well above what a run needs with sanitizers in it, well below the gigabyte that it is offered.
constexpr long memory_limit_kib = 256 * 1024;

/// Three messages to `address`, each given up after some attempts.
std::string scenario_for(const std::string& address) {
    return "name = \"s\"\ntarget.address = \"" + address + R"("
[fleet]
messages = 3
timeouts = { connect = "1s", greeting = "500ms", helo = "500ms", data_done = "500ms", quit = "200ms" }
retry = { schedule = ["200ms"], lifetime = "1500ms" }
[drain]
quiet_for = "200ms"
[expect]
acknowledged = "== 100%"
)";
}

Ended run_against(const TempFolder& folder, const std::string& address) {
    folder.write("s.toml", scenario_for(address));
    return twofifty({"run", "s.toml"}, folder.path());
}

testing::AssertionResult memory_is_bounded(const Ended& ended) {
    if (ended.peak_kib > 0 && ended.peak_kib < memory_limit_kib) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "it held " << ended.peak_kib << " KiB at once";
}

/// What is missing in the ledger of a run that came to its end; empty: nothing.
std::string gaps(const TempFolder& folder) {
    const auto ledger = harness::Ledger::open((folder / "results/latest/ledger.sqlite").string());
    std::set<std::pair<std::uint32_t, std::uint32_t>> open_pairs;
    std::map<std::pair<std::uint32_t, std::uint32_t>, int> open_attempts;
    std::size_t submitted = 0;
    ledger.for_each_event([&](const Event& event) {
        const std::pair pair{event.message, event.recipient};
        switch (event.kind) {
            case EventKind::submitted:
                ++submitted;
                open_pairs.insert(pair);
                break;
            case EventKind::gave_up: open_pairs.erase(pair); break;
            case EventKind::attempt_started: ++open_attempts[{event.message, event.attempt}]; break;
            case EventKind::attempt_ended:
                --open_attempts[{event.message, event.attempt}];
                if (event.outcome == Outcome::accepted) open_pairs.erase(pair);
                break;
            default: break;
        }
    });
    std::string found;
    if (ledger.run("state") != "complete") found += "the state is " + ledger.run("state") + "; ";
    if (submitted == 0) found += "nothing was submitted; ";
    for (const auto& [message, recipient] : open_pairs)
        found += "message " + std::to_string(message) + " has no end; ";
    for (const auto& [attempt, open] : open_attempts) {
        if (open == 0) continue;
        found += "attempt " + std::to_string(attempt.second) + " of message " +
                 std::to_string(attempt.first) + " has no end; ";
    }
    return found;
}

/// A target that never gets as far as a greeting: nothing can be said about it, and that is said.
void expect_never_answered(const TempFolder& folder, const Ended& ended) {
    EXPECT_EQ(ended.exit_code, 2) << ended.story();
    EXPECT_EQ(ended.err,
              "twofifty: s: inconclusive: The target never answered: no attempt got a greeting.\n");
    EXPECT_TRUE(memory_is_bounded(ended));
    EXPECT_EQ(gaps(folder), "");
}

TEST(Target, APortThatIsInUseIsNamed) {
    const TempFolder folder;
    const ScriptedTarget other([](Peer& peer) { peer.until_gone(); });
    folder.write("s.toml", "name = \"s\"\nfleet.messages = 1\ntarget.reference.listen = \"" +
                               other.address() + "\"\n");
    const Ended ended = twofifty({"run", "s.toml"}, folder.path());
    EXPECT_EQ(ended.exit_code, 4);
    EXPECT_EQ(ended.err, "twofifty: s: the reference receiver cannot listen at " + other.address() +
                             ": the address is in use by another program\n");
}

TEST(Target, ThatRefusesIsSaidInOneLine) {
    const TempFolder folder;
    const std::string address = unused_address();
    const Ended ended = run_against(folder, address);
    EXPECT_EQ(ended.exit_code, 4) << ended.story();
    EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
    EXPECT_THAT(ended.err,
                HasSubstr("The target failed: " + address + ": the connection was refused.\n"));
}

TEST(Target, ThatNeverGreetsIsInconclusive) {
    const TempFolder folder;
    const ScriptedTarget target([](Peer& peer) { peer.until_gone(); });
    expect_never_answered(folder, run_against(folder, target.address()));
    EXPECT_GT(target.connections(), 1);
}

TEST(Target, ThatClosesAtOnceIsInconclusive) {
    const TempFolder folder;
    const ScriptedTarget target([](Peer&) {});
    expect_never_answered(folder, run_against(folder, target.address()));
}

TEST(Target, ThatSendsGarbageIsInconclusive) {
    const TempFolder folder;
    const ScriptedTarget target([](Peer& peer) {
        constexpr std::string_view garbage{"\0\xff\xfe\r\n\r\nHTTP/1.1 400 Bad\r\n\n\r\r\n", 29};
        peer.say(garbage);
        peer.until_gone();
    });
    expect_never_answered(folder, run_against(folder, target.address()));
}

TEST(Target, ThatSendsALineWithoutEndIsInconclusiveInBoundedMemory) {
    const TempFolder folder;
    const ScriptedTarget target([](Peer& peer) {
        const std::string block(1 << 20, 'x');
        for (int i = 0; i < 1024 && peer.say(block); ++i) continue;
        peer.until_gone();
    });
    expect_never_answered(folder, run_against(folder, target.address()));
}

TEST(Target, ThatSendsAGigabyteOfBannerIsInconclusiveInBoundedMemory) {
    const TempFolder folder;
    const ScriptedTarget target([](Peer& peer) {
        std::string block;
        while (block.size() < 1 << 20) block += "220-welcome to a server that talks\r\n";
        for (int i = 0; i < 1024 && peer.say(block); ++i) continue;
        peer.until_gone();
    });
    expect_never_answered(folder, run_against(folder, target.address()));
}

TEST(Target, ThatAnswersTheFinalDotWithoutEndIsSurvivedInBoundedMemory) {
    const TempFolder folder;
    const ScriptedTarget target([](Peer& peer) {
        std::string line;
        peer.say("220 t\r\n");
        while (peer.hear(line)) {
            if (line == "DATA") {
                peer.say("354 go on\r\n");
                while (peer.hear(line) && line != ".") continue;
                const std::string block(1 << 20, '2');
                for (int i = 0; i < 1024 && peer.say(block); ++i) continue;
                return;
            }
            peer.say("250 ok\r\n");
        }
    });
    const Ended ended = run_against(folder, target.address());
    EXPECT_EQ(ended.exit_code, 1) << ended.story();
    EXPECT_TRUE(memory_is_bounded(ended));
    EXPECT_EQ(gaps(folder), "");
}

// The server takes ten messages and dies. What it accepted stays accepted, what it did not is given
// up, and no pair is left out.
TEST(Target, ThatDiesInTheMiddleIsJudgedHonestly) {
    const TempFolder folder;
    Witness witness;
    ScriptedTarget target([&](Peer& peer) { witness.serve(peer); });
    std::string scenario = scenario_for(target.address());
    scenario.replace(scenario.find("messages = 3"), 12,
                     "messages = 50\nconnections = 10\nrate = \"50/s\"");
    folder.write("s.toml", scenario);
    Child run(twofifty_command({"run", "s.toml"}), folder.path());
    for (int look = 0; look < 3000 && witness.accepted().size() < 10; ++look)
        std::this_thread::sleep_for(10ms);
    target.die();
    const Ended ended = run.wait();
    EXPECT_EQ(ended.exit_code, 1) << ended.story();
    EXPECT_THAT(ended.err, StartsWith("twofifty: s: failed: Expected acknowledged == 100%"));
    EXPECT_EQ(gaps(folder), "");
    const std::string summary = read_text(folder / "results/latest/summary.json");
    EXPECT_THAT(summary, HasSubstr("\"messages\": 50,"));
    EXPECT_THAT(summary, HasSubstr("\"pending\": 0\n"));
}

}  // namespace
}  // namespace twofifty::cli
