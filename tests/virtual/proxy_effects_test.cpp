// What each effect does to a reply: what the client hears and when, what the server hears, and what
// is recorded of it.
#include "tests/virtual/impaired_250.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

namespace twofifty {
namespace {

using namespace std::chrono_literals;
using test::accepted_reply;
using test::achieved;
using test::answer_message;
using test::fired;
using test::firings;
using test::Heard;
using test::heard_250;
using test::ProxyBench;
using test::queued;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Delay, AReplyComesSoMuchLater) {
    ProxyBench bench({{accepted_reply, "{ delay = '3s' }"}});
    answer_message(bench);
    bench.pass(10s);
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{3s, heard_250}));
    EXPECT_THAT(firings(bench), ElementsAre(fired("delay", 3s), achieved("released", at(3s), 3s)));
}

TEST(Delay, NothingOvertakesTheReply) {
    ProxyBench bench({{accepted_reply, "{ delay = '3s' }"}});
    answer_message(bench);
    bench.pass(1s);
    bench.client.says("QUIT\r\n");
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{1s, "QUIT|"}));
    bench.server.says("221 bye\r\n");
    bench.server.closes();
    bench.pass(10s);
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{3s, std::string(heard_250) + "221 bye|"},
                                                  Heard{3s, "<end_of_stream>"}));
}

TEST(Delay, OneBehindAnotherCountsFromItsOwnArrival) {
    ProxyBench bench({{"{ phase = 'rcpt' }", "{ delay = '3s' }"}});
    bench.greet();
    bench.exchange("MAIL FROM:<a@a.test>\r\n", "250 ok\r\n");
    bench.forget();
    bench.client.says("RCPT TO:<b@b.test>\r\nRCPT TO:<c@c.test>\r\n");
    bench.server.says("250 b\r\n");
    bench.pass(1s);
    bench.server.says("250 c\r\n");
    bench.pass(10s);
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{3s, "250 b|"}, Heard{4s, "250 c|"}));
}

TEST(Delay, AShorterOneBehindWaitsForTheLonger) {
    ProxyBench bench(
        {{"{ phase = 'mail' }", "{ delay = '3s' }"}, {"{ phase = 'rcpt' }", "{ delay = '1s' }"}});
    bench.greet();
    bench.forget();
    bench.client.says("MAIL FROM:<a@a.test>\r\nRCPT TO:<b@b.test>\r\n");
    bench.server.says("250 a\r\n250 b\r\n");
    bench.pass(10s);
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{3s, "250 a|250 b|"}));
}

TEST(Delay, WhatIsInFrontOfTheReplyPassesAtOnce) {
    ProxyBench bench({{"{ phase = 'rcpt' }", "{ delay = '3s' }"}});
    bench.greet();
    bench.forget();
    bench.client.says("MAIL FROM:<a@a.test>\r\nRCPT TO:<b@b.test>\r\nDATA\r\n");
    bench.server.says("250 a\r\n250 b\r\n354 go\r\n");
    bench.pass(10s);
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{0s, "250 a|"}, Heard{3s, "250 b|354 go|"}));
}

class DelayShape : public testing::TestWithParam<const char*> {};

TEST_P(DelayShape, WhatIsDrawnIsWhatIsAchieved) {
    for (std::uint32_t message = 1; message <= 20; ++message) {
        ProxyBench bench({{accepted_reply, fmt::format("{{ delay = {} }}", GetParam())}});
        bench.greet();
        bench.send_message(message);
        bench.server.says(queued);
        bench.pass(1h);
        const std::vector<Event> events = firings(bench);
        ASSERT_EQ(events.size(), 2U);
        EXPECT_EQ(events[1].duration, events[0].duration);
        EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{events[0].duration, heard_250}));
        EXPECT_LE(events[0].duration, 1min);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Delay, DelayShape,
    testing::Values("{ distribution = 'fixed', value = '1500ms' }",
                    "{ distribution = 'uniform', min = '1s', max = '2s' }",
                    "{ distribution = 'normal', mean = '1s', deviation = '1s', max = '60s' }",
                    "{ distribution = 'lognormal', median = '1s', sigma = 1.2, max = '60s' }",
                    "{ distribution = 'exponential', mean = '1s', max = '60s' }",
                    "{ distribution = 'pareto', min = '1s', alpha = 1.1, max = '60s' }"));

TEST(Hold, AReplyIsKeptForATime) {
    ProxyBench bench({{accepted_reply, "{ hold = '30s' }"}});
    answer_message(bench);
    bench.pass(1h);
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{30s, heard_250}));
    EXPECT_THAT(firings(bench),
                ElementsAre(fired("hold", 30s), achieved("released", at(30s), 30s)));
}

TEST(Hold, ForeverEndsWithTheClient) {
    ProxyBench bench({{accepted_reply, "{ hold = 'forever' }"}});
    answer_message(bench);
    bench.pass(24h);
    EXPECT_THAT(bench.client.heard(), IsEmpty());
    bench.client.closes();
    EXPECT_THAT(firings(bench), ElementsAre(fired("hold"), achieved("client_gone", at(24h), 24h)));
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{24h, "<end_of_stream>"}));
}

TEST(Hold, UntilTheNextCommandTheClientTakesTheReplyForItsOwn) {
    ProxyBench bench({{accepted_reply, "{ hold = 'next_command' }"}});
    answer_message(bench);
    bench.pass(5s);
    EXPECT_THAT(bench.client.heard(), IsEmpty());
    bench.client.says("QUIT\r\n");
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{5s, "QUIT|"}));
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{5s, heard_250}));
    bench.server.says("221 bye\r\n");
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{5s, "221 bye|"}));
    EXPECT_THAT(firings(bench), ElementsAre(fired("hold"), achieved("released", at(5s), 5s)));
}

TEST(Hold, APartOfACommandIsNotTheNextCommand) {
    ProxyBench bench({{accepted_reply, "{ hold = 'next_command' }"}});
    answer_message(bench);
    bench.client.says("QUI");
    EXPECT_THAT(bench.client.heard(), IsEmpty());
    bench.client.says("T\r\n");
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{0s, heard_250}));
}

TEST(Hold, ACommandThatCameBeforeTheReplyIsNotTheNext) {
    ProxyBench bench({{"{ phase = 'mail' }", "{ hold = 'next_command' }"}});
    bench.greet();
    bench.forget();
    bench.client.says("MAIL FROM:<a@a.test>\r\nRCPT TO:<b@b.test>\r\n");
    bench.server.says("250 a\r\n250 b\r\n");
    EXPECT_THAT(bench.client.heard(), IsEmpty());
    bench.client.says("RSET\r\n");
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{0s, "250 a|250 b|"}));
}

TEST(Drop, TheReplyAndAllBehindItNeverCome) {
    ProxyBench bench({{accepted_reply, "{ drop = 'reply' }"}});
    answer_message(bench);
    bench.pass(1s);
    bench.exchange("NOOP\r\n", "250 behind\r\n");
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{1s, "NOOP|"}));
    bench.server.says("421 timeout\r\n");
    bench.server.closes();
    bench.pass(24h);
    EXPECT_THAT(bench.client.heard(), IsEmpty());
}

TEST(Drop, LastsUntilTheClientGoes) {
    ProxyBench bench({{accepted_reply, "{ drop = 'reply' }"}});
    answer_message(bench);
    bench.pass(10min);
    bench.client.closes();
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{10min, "<end_of_stream>"}));
    EXPECT_THAT(firings(bench),
                ElementsAre(fired("drop"), achieved("client_gone", at(10min), 10min)));
    EXPECT_EQ(bench.recorder.of_kind(EventKind::transaction_accepted).size(), 1U);
}

TEST(Drop, ALaterFiringOnTheSameConnectionIsToldAsUseless) {
    ProxyBench bench(
        {{"{ phase = 'mail' }", "{ drop = 'reply' }"}, {"{ phase = 'rcpt' }", "{ delay = '1s' }"}});
    bench.greet();
    bench.forget();
    bench.client.says("MAIL FROM:<tf.bench.1@a.test>\r\nRCPT TO:<r1@recipient.test>\r\n");
    bench.server.says("250 a\r\n250 b\r\n");
    bench.pass(5s);
    bench.client.closes();
    std::vector<std::string> told;
    for (const Event& event : firings(bench))
        told.push_back(fmt::format("{} {} {}", event.rule, to_string(event.kind), event.text));
    EXPECT_THAT(told, ElementsAre("1 rule_fired drop", "2 rule_fired delay",
                                  "2 rule_achieved client_gone", "1 rule_achieved client_gone"));
}

TEST(Swallow, OnlyThatReplyIsMissing) {
    ProxyBench bench({{accepted_reply, "{ swallow = 'reply' }"}});
    answer_message(bench);
    EXPECT_THAT(bench.client.heard(), IsEmpty());
    bench.exchange("NOOP\r\n", "250 behind\r\n");
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{0s, "250 behind|"}));
    EXPECT_THAT(firings(bench), ElementsAre(fired("swallow"), achieved("released", at(0s), 0s)));
}

TEST(Swallow, APipeliningClientReadsTheNextReplyAsThisOne) {
    ProxyBench bench({{"{ phase = 'mail' }", "{ swallow = 'reply' }"}});
    bench.greet();
    bench.forget();
    bench.client.says("MAIL FROM:<a@a.test>\r\nRCPT TO:<b@b.test>\r\n");
    bench.server.says("250 to MAIL\r\n550 to RCPT\r\n");
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{0s, "550 to RCPT|"}));
}

TEST(Replace, TheClientReadsAnotherReply) {
    ProxyBench bench({{accepted_reply, "{ replace = '451 4.3.0 try later' }"}});
    answer_message(bench);
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{0s, "451 4.3.0 try later|"}));
    EXPECT_EQ(bench.recorder.of_kind(EventKind::transaction_accepted).size(), 1U);
    EXPECT_THAT(firings(bench), ElementsAre(fired("replace"), achieved("released", at(0s), 0s)));
}

TEST(Replace, TheServersOwnReplyDecidesHowTheDialogueGoesOn) {
    ProxyBench bench({{"{ phase = 'data_init' }", "{ replace = '451 no' }"}});
    bench.greet();
    bench.exchange("MAIL FROM:<a@a.test>\r\n", "250 ok\r\n");
    bench.exchange("RCPT TO:<b@b.test>\r\n", "250 ok\r\n");
    bench.forget();
    bench.exchange("DATA\r\n", "354 go\r\n");
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{0s, "451 no|"}));
    // The server awaits content, so this is content.
    bench.client.says("RSET\r\n.\r\n");
    bench.server.says("250 queued\r\n");
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{0s, "250 queued|"}));
}

TEST(HeldReply, AClientThatGoesIsTheEndOfTheWait) {
    ProxyBench bench({{accepted_reply, "{ delay = '30s' }"}});
    answer_message(bench);
    bench.pass(4s);
    bench.client.resets();
    EXPECT_THAT(firings(bench),
                ElementsAre(fired("delay", 30s), achieved("client_gone", at(4s), 4s)));
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{4s, "<end_of_stream>"}));
}

TEST(HeldReply, ComesAlthoughTheServerHasDied) {
    ProxyBench bench({{accepted_reply, "{ delay = '30s' }"}});
    answer_message(bench);
    bench.pass(4s);
    bench.server.resets();
    bench.pass(1h);
    EXPECT_THAT(bench.client.heard(),
                ElementsAre(Heard{30s, heard_250}, Heard{30s, "<end_of_stream>"}));
}

TEST(Pipelined, ARuleOnOneRecipientLeavesTheOthers) {
    ProxyBench bench(
        {{"{ phase = 'rcpt', recipient = 'r2@*' }", "{ replace = '450 4.2.1 busy' }"}});
    bench.greet();
    bench.forget();
    bench.client.says(
        "MAIL FROM:<tf.bench.1@sender.test>\r\nRCPT TO:<r1@recipient.test>\r\n"
        "RCPT TO:<r2@recipient.test>\r\nRCPT TO:<r3@recipient.test>\r\nDATA\r\n");
    bench.server.says("250 a\r\n250 1\r\n250 2\r\n250 3\r\n354 go\r\n");
    EXPECT_THAT(bench.client.heard(),
                ElementsAre(Heard{0s, "250 a|250 1|450 4.2.1 busy|250 3|354 go|"}));
    const std::vector<Event> events = firings(bench);
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(events[0].recipient, 2U);
}

TEST(Lmtp, TheReplyForOneRecipientIsDroppedAndTheOneBeforeCame) {
    ProxyBench bench({{"{ phase = 'data_done', recipient = 'r2@*' }", "{ drop = 'reply' }"}},
                     {.lmtp = true});
    bench.greet();
    bench.send_message(1, {"r1@recipient.test", "r2@recipient.test"});
    bench.server.says("250 2.0.0 first\r\n250 2.0.0 second\r\n");
    bench.pass(1min);
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{0s, "250 2.0.0 first|"}));
    std::vector<std::uint32_t> accepted;
    for (const Event& event : bench.recorder.of_kind(EventKind::transaction_accepted))
        accepted.push_back(event.recipient);
    EXPECT_THAT(accepted, ElementsAre(1U, 2U));
    const std::vector<Event> events = firings(bench);
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].recipient, 2U);
}

TEST(Attempts, ARuleOnTheSecondSparesTheFirst) {
    ProxyBench bench({{"{ phase = 'data_done', attempt = 2 }", "{ replace = '451 no' }"}});
    bench.greet();
    bench.send_message(1);
    bench.server.says(queued);
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{0s, heard_250}));
    bench.send_message(2);
    bench.server.says(queued);
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{0s, heard_250}));
    bench.send_message(1);
    bench.server.says(queued);
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{0s, "451 no|"}));
}

}  // namespace
}  // namespace twofifty
