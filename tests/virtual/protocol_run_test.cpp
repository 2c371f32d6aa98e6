// Whole runs with several recipients, LMTP, BDAT, AUTH, and a receiver that is late by itself.
#include "tests/virtual/one_message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <map>
#include <utility>

namespace twofifty {
namespace {

using namespace std::chrono_literals;
using test::one_message;
using test::run_virtual;
using test::times_of;
using test::VirtualRun;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Recipients, TheOneThatIsRefusedIsResentAlone) {
    const VirtualRun run = run_virtual(one_message(R"(
retry = { schedule = ["5s"], lifetime = "1h" }
[message]
recipients = 2
[[impair]]
name = "busy-mailbox"
when = { phase = "rcpt", recipient = "r2@*", attempt = 1 }
effect = { replace = "450 4.2.1 busy" }
)"));
    // The receiver took r2 although its sender read a 450: r2 gets the first copy and the second.
    std::map<std::pair<std::uint32_t, std::uint32_t>, int> copies;
    for (const Event& event : run.of_kind(EventKind::copy_found))
        ++copies[{event.message, event.recipient}];
    EXPECT_THAT(copies,
                ElementsAre(std::pair(std::pair(1U, 1U), 1), std::pair(std::pair(1U, 2U), 2)));
    EXPECT_EQ(run.judgement.counts.attempts, 2U);
    EXPECT_EQ(run.verdict("once"), 1U);
    EXPECT_EQ(run.verdict("duplicated"), 1U);
}

TEST(Recipients, TheOneThatTheReceiverRefusesForGoodFailsAlone) {
    const VirtualRun run = run_virtual(one_message(R"(
[message]
recipients = 2
[[impair]]
name = "no-such-user"
when = { phase = "rcpt", recipient = "r2@*" }
effect = { replace = "550 5.1.1 no such user" }
)"));
    EXPECT_EQ(run.judgement.counts.sender_ends[harness::SenderEnd::acknowledged], 1U);
    EXPECT_EQ(run.judgement.counts.sender_ends[harness::SenderEnd::gave_up], 1U);
    EXPECT_EQ(run.verdict("once"), 1U);
    EXPECT_EQ(run.judgement.counts.attempts, 1U);
}

TEST(Lmtp, EachRecipientHasItsOwnReplyAndItsOwnRetry) {
    const VirtualRun run = run_virtual(one_message(R"(
timeouts = { data_done = "10s" }
retry = { schedule = ["2s"], lifetime = "1h" }
[message]
recipients = 3
[target]
protocol = "lmtp"
[[impair]]
name = "lose-second"
when = { phase = "data_done", recipient = "r2@*", attempt = 1 }
effect = { drop = "reply" }
)"));
    // The third reply is behind the second on a dead path: both are sent again, the first is not.
    std::map<std::uint32_t, int> copies;
    for (const Event& event : run.of_kind(EventKind::copy_found)) ++copies[event.recipient];
    EXPECT_THAT(copies, ElementsAre(std::pair(1U, 1), std::pair(2U, 2), std::pair(3U, 2)));
    EXPECT_EQ(run.cause("reply_dropped"), 2U);
    EXPECT_EQ(run.judgement.discrepancy_count, 0U);
}

TEST(Bdat, ALostReplyToTheLastChunkMakesADuplicate) {
    const VirtualRun run = run_virtual(one_message(R"(
chunking = true
chunk_size = "1000B"
timeouts = { data_done = "10s" }
retry = { schedule = ["2s"], lifetime = "1h" }
[message]
size = "3500B"
[[impair]]
name = "lose"
when = { phase = "data_done", attempt = 1 }
effect = { drop = "reply" }
)"));
    EXPECT_EQ(run.verdict("duplicated"), 1U);
    EXPECT_EQ(run.cause("reply_dropped"), 1U);
    std::size_t chunks = 0;
    for (const Event& event : run.of_kind(EventKind::reply_seen))
        chunks += event.phase == Phase::data_xfer ? 1 : 0;
    EXPECT_EQ(chunks, 2U * 3U) << "three chunks before the last, in each of two attempts";
}

TEST(Bdat, ACutBeforeTheLastChunkMakesNone) {
    const VirtualRun run = run_virtual(one_message(R"(
chunking = true
chunk_size = "1000B"
retry = { schedule = ["2s"], lifetime = "1h" }
[[impair]]
name = "cut"
when = { phase = "data_xfer", attempt = 1 }
effect = { cut = "both" }
)"));
    EXPECT_EQ(run.judgement.counts.attempts, 2U);
    EXPECT_EQ(run.verdict("once"), 1U);
}

class Authentication : public testing::TestWithParam<const char*> {};

TEST_P(Authentication, LetsMailThroughTheLayer) {
    const VirtualRun run = run_virtual(one_message(fmt::format(R"(
auth = {{ user = "u", password = "secret", mechanism = "{}" }}
[target.reference]
auth = {{ user = "u", password = "secret" }}
)",
                                                               GetParam())));
    EXPECT_EQ(run.verdict("once"), 1U);
    EXPECT_EQ(run.judgement.counts.attempts, 1U);
}

TEST_P(Authentication, AWrongPasswordDeliversNothing) {
    const VirtualRun run = run_virtual(one_message(fmt::format(R"(
auth = {{ user = "u", password = "guess", mechanism = "{}" }}
retry = {{ schedule = ["2s"], lifetime = "3s" }}
[target.reference]
auth = {{ user = "u", password = "secret" }}
)",
                                                               GetParam())));
    EXPECT_EQ(run.verdict("failed"), 1U);
    EXPECT_THAT(run.of_kind(EventKind::copy_found), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Run, Authentication, testing::Values("plain", "login"));

TEST(Receiver, ThatAnswersTooLateIsTheCause) {
    const VirtualRun run = run_virtual(one_message(R"(
timeouts = { data_done = "10s" }
retry = { schedule = ["20s"], lifetime = "40s" }
[target.reference]
service_time = "15s"
[drain]
quiet_for = "10s"
)"));
    // Both attempts are given up after 10 s, and both are stored 15 s after they began.
    EXPECT_THAT(times_of(run, EventKind::attempt_started), ElementsAre(0s, 30s));
    EXPECT_THAT(times_of(run, EventKind::copy_found), ElementsAre(15s, 45s));
    EXPECT_EQ(run.cause("reply_late_server"), 1U);
}

}  // namespace
}  // namespace twofifty
