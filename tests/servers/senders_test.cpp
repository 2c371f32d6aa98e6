// Real servers as the sender under test: the fleet's mail goes through them, and what they do when
// a reply is lost is theirs alone. How long they wait is only bounded from below: machines are
// slow.
#include "tests/servers/real_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <ostream>

namespace twofifty::servers {
namespace {

using namespace std::chrono_literals;
using testing::Each;
using testing::Pair;
using testing::SizeIs;

constexpr int messages = 6;

struct Tested {
    const char* server;
    std::chrono::seconds retry;  ///< Between its failure and the next try, at least.
    bool tells_of_timeouts;      ///< Its log says that mail may be sent twice when no reply came,
    bool tells_of_cuts;          ///< and when the connection broke.

    friend std::ostream& operator<<(std::ostream& out, const Tested& tested) {
        return out << tested.server;
    }
};

class Sender : public testing::TestWithParam<Tested> {
protected:
    /// `receivers`: tables of theirs, or nothing. `effect`: what becomes of each first 250.
    static std::string scenario(const std::string& settings, const std::string& effect,
                                const std::string& receivers = "") {
        return fmt::format(R"(
name = "sender"
seed = 7
{}
[sender]
server = "{}"
{}
[fleet]
senders = 2
messages = {}
rate = "20/s"
[[impair]]
name = "unlucky"
when = {{ phase = "data_done", reply = "2xx", attempt = 1 }}
effect = {{ {} }}
[drain]
quiet_for = "1s"
budget = "40s"
)",
                           receivers, GetParam().server, settings, messages, effect);
    }

    static std::string patience(std::chrono::seconds timeout) {
        return fmt::format("timeouts = {{ data_done = '{}s' }}\nretry_every = '3s'",
                           timeout.count());
    }
};

constexpr auto name_of_tested = [](const auto& tested) { return tested.param.server; };

INSTANTIATE_TEST_SUITE_P(Servers, Sender,
                         // Exim and Postfix reckon in whole seconds; Sendmail tries at each queue
                         // run, and one may be due at once.
                         testing::Values(Tested{"postfix", 2s, true, true},
                                         Tested{"exim", 2s, true, true},
                                         Tested{"sendmail", 0s, true, false},
                                         Tested{"haraka", 2s, true, false}),
                         name_of_tested);

/// Every message was accepted twice, and each second copy has this cause.
void expect_two_copies_each(const RealRun& run, const std::string& cause) {
    ASSERT_EQ(run.ended().exit_code, 0) << run.story();
    const Counts accepted = run.accepted();
    EXPECT_THAT(accepted, SizeIs(messages));
    EXPECT_THAT(accepted, Each(Pair(testing::_, 2)));
    EXPECT_EQ(run.figure("copies"), 2 * messages);
    EXPECT_EQ(run.figure("verdicts.duplicated"), messages);
    EXPECT_EQ(run.figure("causes." + cause), messages);
    EXPECT_EQ(run.figure("discrepancies"), 0);
}

void expect_each_again_after(const RealRun& run, std::chrono::nanoseconds least) {
    for (int message = 1; message <= messages; ++message) {
        const auto attempts = run.attempts_of(static_cast<std::uint32_t>(message));
        ASSERT_THAT(attempts, SizeIs(2)) << "message " << message;
        EXPECT_GE(attempts[1] - attempts[0], least) << "message " << message;
    }
}

TEST_P(Sender, SendsAgainWhatWasAcceptedWhenItWaitedInVain) {
    const RealRun run(scenario(patience(2s), "drop = 'reply'"));
    expect_two_copies_each(run, "reply_dropped");
    expect_each_again_after(run, 2s + GetParam().retry);
    EXPECT_EQ(run.figure("routes.same_host"), messages);
    EXPECT_EQ(run.said("sender", "may_be_sent_twice"), GetParam().tells_of_timeouts ? messages : 0);
}

TEST_P(Sender, SendsAgainWhatWasAcceptedWhenTheConnectionBreaks) {
    const RealRun run(scenario(patience(30s), "cut = 'client'"));
    expect_two_copies_each(run, "connection_cut");
    EXPECT_EQ(run.said("sender", "may_be_sent_twice"), GetParam().tells_of_cuts ? messages : 0);
}

// One question in two cells: the reply comes 4 s late, and how long the sender waits decides.
TEST_P(Sender, ALateReplyIsADuplicateForTheImpatient) {
    const RealRun run(scenario(patience(2s), "delay = '4s'"));
    expect_two_copies_each(run, "reply_late_network");
    EXPECT_EQ(run.said("sender", "may_be_sent_twice"), messages);
}

TEST_P(Sender, ALateReplyIsOnlyLateForThePatient) {
    const RealRun run(scenario(patience(20s), "delay = '4s'"));
    ASSERT_EQ(run.ended().exit_code, 0) << run.story();
    EXPECT_THAT(run.accepted(), Each(Pair(testing::_, 1)));
    EXPECT_EQ(run.figure("verdicts.once"), messages);
    EXPECT_EQ(run.figure("extra_copies"), 0);
    EXPECT_EQ(run.said("sender", "may_be_sent_twice"), 0);
}

// Two hosts, as MX records would name them: after an outcome that is not known the next host gets
// the message at once, which then exists at both.
TEST_P(Sender, TriesTheNextHostAfterAnUnknownOutcome) {
    const RealRun run(scenario(patience(2s), "drop = 'reply'",
                               "[[target.receiver]]\nname = 'first'\npreference = 10\n"
                               "[[target.receiver]]\nname = 'second'\npreference = 20\n"));
    expect_two_copies_each(run, "reply_dropped");
    EXPECT_EQ(run.figure("routes.next_host"), messages);
}

// Its queue is empty in the end, and nobody ever acknowledged: it has given the mail up. What it
// tells the senders of that is mail of its own, from nobody.
TEST(PostfixAsSender, HasGivenUpWhatItsQueueNoLongerHolds) {
    const RealRun run(R"(
name = "gives-up"
seed = 7
[sender]
server = "postfix"
timeouts = { data_done = "1s" }
retry_every = "2s"
options = { maximal_queue_lifetime = "3s" }
[fleet]
messages = 2
[[impair]]
name = "unlucky"
when = { phase = "data_done", reply = "2xx", recipient = "r1@recipient.test" }
effect = { drop = "reply" }
[drain]
quiet_for = "1s"
budget = "60s"
)");
    ASSERT_EQ(run.ended().exit_code, 0) << run.story();
    EXPECT_EQ(run.figure("sender_ends.gave_up"), 2);
    EXPECT_EQ(run.figure("sender_ends.pending"), 0);
    EXPECT_GE(run.figure("copies"), 2);
    EXPECT_EQ(run.figure("unexpected"), 2);
    EXPECT_GE(run.said("sender", "bounced"), 2);
}

// Its 300 s after the dot are compiled in, so its clock runs 60 times as fast. It has a second
// host, which does not get the message at once: any host may be the next try's.
TEST(OpenSmtpdAsSender, WaitsForItsNextTryThoughThereIsAnotherHost) {
    const RealRun run(R"(
name = "sender"
seed = 7
[[target.receiver]]
name = "first"
preference = 10
[[target.receiver]]
name = "second"
preference = 20
[sender]
server = "opensmtpd"
options = { "clock.factor" = 60 }
[fleet]
senders = 2
messages = 6
rate = "20/s"
[[impair]]
name = "unlucky"
when = { phase = "data_done", reply = "2xx", attempt = 1 }
effect = { drop = "reply" }
[drain]
quiet_for = "1s"
budget = "40s"
)");
    expect_two_copies_each(run, "reply_dropped");
    expect_each_again_after(run, 4s);
    EXPECT_EQ(run.figure("routes.same_host") + run.figure("routes.next_host"), messages);
    EXPECT_EQ(run.said("sender", "may_be_sent_twice"), 0);
}

}  // namespace
}  // namespace twofifty::servers
