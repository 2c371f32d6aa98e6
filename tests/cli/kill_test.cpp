// kill -9 in the middle of a run, at twenty moments. What is stored is judged as incomplete, and
// everything older than 250 ms is stored. The witness is the server: it notes by itself when each
// message was accepted beyond doubt, and knows nothing of the ledger.
#include "harness/ledger/ledger.hpp"
#include "record/token.hpp"
#include "tests/cli/child.hpp"
#include "tests/cli/scripted_target.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <set>
#include <thread>

namespace twofifty::cli {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using testing::HasSubstr;
using testing::StartsWith;

constexpr auto stored_after = 250ms;

const char* const scenario = R"(name = "killed"
[fleet]
senders = 4
messages = 100000
rate = "100/s"
[message]
size = "1KiB"
)";

/// The messages that a ledger knows to have been accepted by the server.
std::set<std::string> accepted_in(const harness::Ledger& ledger) {
    const std::string run_id = ledger.run("run_id");
    std::set<std::string> senders;
    ledger.for_each_event([&](const Event& event) {
        if (event.kind == EventKind::transaction_accepted)
            senders.insert(sender_local_part({run_id, event.message}));
    });
    return senders;
}

class Kill : public testing::TestWithParam<int> {};

INSTANTIATE_TEST_SUITE_P(TwentyMoments, Kill, testing::Range(0, 20));

TEST_P(Kill, LeavesEveryEventOlderThan250MsAndAReportThatIsIncomplete) {
    const TempFolder folder;
    Witness witness;
    const ScriptedTarget target([&](Peer& peer) { witness.serve(peer); });
    folder.write("killed.toml", scenario);
    Child run(twofifty_command({"run", "killed.toml", "--target", target.address()}),
              folder.path());
    for (int look = 0; look < 3000 && witness.accepted().empty(); ++look)
        std::this_thread::sleep_for(10ms);
    // Moments that lie differently to the batches of the writer, of some 100 ms.
    std::this_thread::sleep_for(400ms + GetParam() * 37ms);
    const steady_clock::time_point killed_at = steady_clock::now();
    run.send(SIGKILL);
    ASSERT_EQ(run.wait().signal, SIGKILL);

    const auto ledger = harness::Ledger::open((folder / "results/latest/ledger.sqlite").string());
    const std::set<std::string> stored = accepted_in(ledger);
    std::size_t due = 0;
    for (const Accepted& accepted : witness.accepted()) {
        if (accepted.known_at > killed_at - stored_after) continue;
        ++due;
        EXPECT_TRUE(stored.contains(accepted.sender))
            << accepted.sender << ", accepted "
            << std::chrono::duration<double, std::milli>(killed_at - accepted.known_at).count()
            << " ms before the kill";
    }
    EXPECT_GE(due, 5U) << "too little happened for the claim to mean anything";

    const Ended report = twofifty({"report", "results/latest"}, folder.path());
    EXPECT_EQ(report.exit_code, 2) << report.story();
    EXPECT_THAT(report.out, StartsWith("INCONCLUSIVE  killed\n"));
    EXPECT_THAT(report.out, HasSubstr("The run stopped before all messages were submitted."));
    EXPECT_THAT(report.err, HasSubstr("twofifty: killed: inconclusive: The run stopped"));
}

}  // namespace
}  // namespace twofifty::cli
