// What is done to a real server in the course of a run, and what becomes of the mail: nothing that
// was acknowledged may be lost.
#include "tests/servers/real_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

namespace twofifty::servers {
namespace {

using testing::ElementsAre;
using testing::Ge;
using testing::Pair;
using testing::SizeIs;

constexpr int messages = 40;

/// `effect` strikes Postfix in the middle of the load, and lasts 3 s.
std::string scenario(const std::string& effect, const std::string& settings = "") {
    return fmt::format(R"(
name = "fault"
seed = 7
[target]
server = "postfix"
{}
[fleet]
senders = 4
messages = {}
rate = "20/s"
timeouts = {{ connect = "2s", greeting = "2s", data_done = "2s" }}
retry = {{ schedule = ["1s"], lifetime = "2m" }}
[[fault]]
effect = "{}"
at_message = 12
lasting = "3s"
[drain]
quiet_for = "2s"
budget = "45s"
)",
                       settings, messages, effect);
}

/// Every message was acknowledged at last, and is there.
void expect_nothing_lost(const RealRun& run) {
    ASSERT_EQ(run.ended().exit_code, 0) << run.story();
    EXPECT_EQ(run.figure("sender_ends.acknowledged"), messages);
    EXPECT_EQ(run.figure("verdicts.lost"), 0);
    EXPECT_EQ(run.figure("verdicts.once") + run.figure("verdicts.duplicated"), messages);
}

// What was acknowledged lies in its queue on the disk; what was not, the senders bring again. A
// message may be there for which nobody was told anything.
TEST(Fault, KillLosesNothingThatWasAcknowledged) {
    const RealRun run(scenario("kill"));
    expect_nothing_lost(run);
    EXPECT_THAT(run.changes("postfix"), ElementsAre("start", "kill", "restart"));
    const Counts found = run.found_below(run.server("postfix") / "mail");
    EXPECT_THAT(found, SizeIs(messages));
    for (const auto& [token, count] : run.accepted())
        EXPECT_THAT(found, testing::Contains(Pair(token, Ge(count))));
    EXPECT_GT(run.figure("attempts"), messages);
}

TEST(Fault, TerminateLosesNothingEither) {
    const RealRun run(scenario("terminate"));
    expect_nothing_lost(run);
    EXPECT_THAT(run.changes("postfix"), ElementsAre("start", "terminate", "restart"));
    EXPECT_GT(run.figure("attempts"), messages);
}

// It stands still with messages that it has been given: its replies are late, the senders gave up
// after 2 s, and it goes on with what nobody waits for any more.
TEST(Fault, PauseMakesRepliesLateAndSoDuplicates) {
    const RealRun run(scenario("pause"));
    expect_nothing_lost(run);
    EXPECT_THAT(run.changes("postfix"), ElementsAre("start", "pause", "resume"));
    EXPECT_GE(run.figure("causes.reply_late_server"), 1);
    EXPECT_EQ(run.figure("extra_copies"), run.figure("causes.reply_late_server"));
    EXPECT_EQ(run.found_below(run.server("postfix") / "mail"), run.accepted());
    EXPECT_EQ(run.figure("discrepancies"), 0);
}

// It refuses for the time being, and nothing is half there.
TEST(Fault, FullDiskMakesItRefuseUntilThereIsRoom) {
    const RealRun run(scenario("full_disk", "disk = '8MiB'"));
    expect_nothing_lost(run);
    EXPECT_THAT(run.changes("postfix"), ElementsAre("start", "full_disk", "free_disk"));
    EXPECT_GT(run.figure("attempts"), messages);
    EXPECT_EQ(run.found_below(run.server("postfix") / "mail"), run.accepted());
}

// The server under test is another one's client, too: what it had accepted comes out once it is
// back.
TEST(Fault, ASenderThatIsKilledGoesOnWithItsQueue) {
    const RealRun run(R"(
name = "killed-sender"
seed = 7
[sender]
server = "postfix"
retry_every = "2s"
[fleet]
senders = 2
messages = 20
rate = "20/s"
timeouts = { connect = "2s", greeting = "2s" }
retry = { schedule = ["1s"], lifetime = "2m" }
[[fault]]
server = "sender"
effect = "kill"
at = "500ms"
lasting = "1s"
[drain]
quiet_for = "2s"
budget = "45s"
)");
    ASSERT_EQ(run.ended().exit_code, 0) << run.story();
    EXPECT_THAT(run.changes("sender"), ElementsAre("start", "kill", "restart"));
    EXPECT_EQ(run.figure("verdicts.lost"), 0);
    EXPECT_EQ(run.figure("verdicts.once") + run.figure("verdicts.duplicated"), 20);
}

}  // namespace
}  // namespace twofifty::servers
