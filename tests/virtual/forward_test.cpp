// Receivers that hand mail on to each other: who has the copy, what a queue does when the next hop
// refuses, and loops.
#include "tests/virtual/one_message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tuple>

namespace twofifty {
namespace {

using namespace std::chrono_literals;
using test::one_message;
using test::run_virtual;
using test::times_of;
using test::VirtualRun;
using testing::ElementsAre;
using testing::IsEmpty;

/// A front server and a mailbox server behind it; `mailbox` and `front` are further keys of each.
std::string relayed(std::string_view front, std::string_view mailbox, std::string_view fleet = "") {
    return one_message(fmt::format(R"(
{}
[[target.receiver]]
name = "front"
domains = ["recipient.test"]
forward = [{{ recipients = "*", to = "mailbox" }}]
{}
[[target.receiver]]
name = "mailbox"
domains = ["elsewhere.test"]
{}
)",
                                   fleet, front, mailbox));
}

/// Receiver, Received headers and queue id of each copy.
std::vector<std::tuple<int, int, std::string>> copies(const VirtualRun& run) {
    std::vector<std::tuple<int, int, std::string>> found;
    for (const Event& copy : run.of_kind(EventKind::copy_found))
        found.emplace_back(copy.node, copy.quantity, copy.text);
    return found;
}

/// When, outcome and code of each try to hand the message on.
std::vector<std::tuple<Duration, Outcome, int>> hops(const VirtualRun& run) {
    std::vector<std::tuple<Duration, Outcome, int>> found;
    for (const Event& event : run.of_kind(EventKind::forwarded))
        found.emplace_back(event.at.time_since_epoch(), event.outcome, event.code);
    return found;
}

TEST(Forwarding, MakesOneCopyAtTheSecondReceiver) {
    const VirtualRun run = run_virtual(relayed("service_time = '2s'", "service_time = '7s'"));
    EXPECT_THAT(copies(run), ElementsAre(std::tuple(2, 1, "0000000001")));
    EXPECT_THAT(times_of(run, EventKind::copy_found), ElementsAre(9s));
    EXPECT_THAT(times_of(run, EventKind::attempt_ended), ElementsAre(2s));
    EXPECT_EQ(run.verdict("once"), 1U);
    EXPECT_EQ(run.judgement.discrepancy_count, 0U);
    EXPECT_EQ(run.judgement.drain_end, "quiet");
}

TEST(Forwarding, SaysHowEachHopEnded) {
    const VirtualRun run = run_virtual(relayed("", "service_time = '7s'"));
    const std::vector<Event> forwarded = run.of_kind(EventKind::forwarded);
    ASSERT_EQ(forwarded.size(), 1U);
    EXPECT_EQ(forwarded[0], (Event{.at = at(7s),
                                   .kind = EventKind::forwarded,
                                   .outcome = Outcome::accepted,
                                   .code = 250,
                                   .node = 1,
                                   .message = 1,
                                   .recipient = 1,
                                   .attempt = 1,
                                   .duration = 7s,
                                   .quantity = 1,
                                   .text = "mailbox"}));
}

TEST(Forwarding, DeliversHereTooWhereItKeeps) {
    const VirtualRun run = run_virtual(one_message(R"(
[[target.receiver]]
name = "front"
forward = [{ recipients = "R1@*", to = "archive", keep = true }]
[[target.receiver]]
name = "archive"
domains = ["elsewhere.test"]
)"));
    EXPECT_THAT(copies(run),
                ElementsAre(std::tuple(1, 0, "0000000001"), std::tuple(2, 1, "0000000001")));
    EXPECT_EQ(run.cause("receiver_itself"), 1U);
    EXPECT_EQ(run.cause("loop"), 0U);
}

TEST(Forwarding, TouchesOnlyTheRecipientsThatItIsAbout) {
    const VirtualRun run = run_virtual(one_message(R"(
[message]
recipients = 2
[[target.receiver]]
name = "front"
domains = ["recipient.test"]
forward = [{ recipients = "r2@*", to = "mailbox" }]
[[target.receiver]]
name = "mailbox"
domains = ["elsewhere.test"]
)"));
    std::vector<std::tuple<int, int>> found;
    for (const Event& copy : run.of_kind(EventKind::copy_found))
        found.emplace_back(copy.node, copy.recipient);
    EXPECT_THAT(found, ElementsAre(std::tuple(1, 1), std::tuple(2, 2)));
    EXPECT_EQ(run.verdict("once"), 2U);
}

TEST(Forwarding, TriesAgainWhenTheNextHopRefusesForNow) {
    const VirtualRun run =
        run_virtual(relayed("forward_retry = '3m'", "greylist = { delay = '5m' }") +
                    "[drain]\nbudget = '1h'\n");
    EXPECT_THAT(hops(run), ElementsAre(std::tuple(0s, Outcome::refused_for_now, 451),
                                       std::tuple(3min, Outcome::refused_for_now, 451),
                                       std::tuple(6min, Outcome::accepted, 250)));
    EXPECT_THAT(copies(run), ElementsAre(std::tuple(2, 1, "0000000001")));
    EXPECT_EQ(run.judgement.drain_end, "quiet");
}

TEST(Forwarding, GivesUpAtTheEndOfItsLifetime) {
    const VirtualRun run = run_virtual(
        relayed("forward_retry = '3m'\nforward_lifetime = '5m'", "greylist = { delay = '5m' }") +
        "[drain]\nbudget = '1h'\n");
    EXPECT_EQ(hops(run).size(), 2U);
    EXPECT_THAT(copies(run), IsEmpty());
    EXPECT_EQ(run.verdict("lost"), 1U);
}

TEST(Forwarding, OfALateReplyMakesTheSecondReceiverTakeItTwice) {
    const VirtualRun run =
        run_virtual(relayed("forward_retry = '1m'\nforward_timeout = '10s'\n"
                            "forward_lifetime = '80s'",
                            "service_time = '20s'"));
    EXPECT_THAT(times_of(run, EventKind::copy_found), ElementsAre(20s, 90s));
    EXPECT_EQ(run.cause("receiver_itself"), 1U);
}

TEST(Forwarding, KeepsTheIdByWhichTheFirstReceiverKnewTheMessage) {
    // Two messages, of which only the second is handed on: the ids of the two servers differ.
    const VirtualRun run = run_virtual(R"(
[fleet]
messages = 2
connections = 1
[message]
to = ["a@recipient.test", "b@recipient.test"]
[[target.receiver]]
name = "front"
domains = ["recipient.test"]
forward = [{ recipients = "b@*", to = "mailbox" }]
[[target.receiver]]
name = "mailbox"
domains = ["elsewhere.test"]
)");
    EXPECT_THAT(copies(run),
                ElementsAre(std::tuple(1, 0, "0000000001"), std::tuple(2, 1, "0000000002")));
}

TEST(Loop, MakesACopyAtEachRoundUntilTheHopLimit) {
    const VirtualRun run = run_virtual(one_message(R"(
[[target.receiver]]
name = "first"
domains = ["recipient.test"]
forward = [{ recipients = "*", to = "second", keep = true }]
hop_limit = 12
[[target.receiver]]
name = "second"
domains = ["elsewhere.test"]
forward = [{ recipients = "*", to = "first" }]
)"));
    // With 0, 2, ..., 12 Received headers; with 14 it is refused.
    EXPECT_EQ(run.judgement.counts.copies, 7U);
    EXPECT_EQ(run.judgement.counts.extra_copies, 6U);
    EXPECT_EQ(run.cause("loop"), 6U);
    EXPECT_EQ(std::get<1>(hops(run).back()), Outcome::refused_for_good);
    EXPECT_EQ(std::get<2>(hops(run).back()), 554);
    EXPECT_EQ(run.judgement.drain_end, "quiet");
}

}  // namespace
}  // namespace twofifty
