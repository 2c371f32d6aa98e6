// What passes the impairment layer where no rule acts, what it records of it, and what it does with
// ends that break or do not speak SMTP.
#include "tests/virtual/proxy_bench.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace twofifty {
namespace {

using namespace std::chrono_literals;
using test::Heard;
using test::ProxyBench;
using test::queued;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Proxy, WithoutRulesEveryByteArrivesAtOnce) {
    ProxyBench bench;
    bench.connect();
    bench.server.says("220 hello\r\n");
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{0s, "220 hello|"}));
    bench.pass(1s);
    bench.client.says("MAIL FROM:<a@a.test>\r\nRCPT TO:<b@b.test>\r\nDATA\r\n");
    EXPECT_THAT(bench.server.heard(),
                ElementsAre(Heard{1s, "MAIL FROM:<a@a.test>|RCPT TO:<b@b.test>|DATA|"}));
    bench.pass(1s);
    bench.server.says("250 1\r\n250-2a\r\n250 2b\r\n354 3\r\n");
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{2s, "250 1|250-2a|250 2b|354 3|"}));
    bench.client.says("..a\r\n.\r\nQUIT\r\n");
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{2s, "..a|.|QUIT|"}));
    bench.server.says("250 4\r\n221 5\r\n");
    bench.server.closes();
    EXPECT_THAT(bench.client.heard(),
                ElementsAre(Heard{2s, "250 4|221 5|"}, Heard{2s, "<end_of_stream>"}));
}

TEST(Proxy, BytesArriveThoughTheLineIsNotWhole) {
    ProxyBench bench;
    bench.greet();
    bench.forget();
    bench.client.says("NO");
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{0s, "NO"}));
    bench.client.says("OP\r\n");
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{0s, "OP|"}));
}

TEST(Proxy, WhatTheServerAcceptsIsRecordedForEachRecipient) {
    ProxyBench bench;
    bench.greet();
    bench.pass(1s);
    bench.send_message(7, {"r2@recipient.test", "r1@recipient.test"});
    bench.pass(1500ms);
    bench.server.says(queued);
    const Event accepted{.at = at(2500ms),
                         .kind = EventKind::transaction_accepted,
                         .phase = Phase::data_done,
                         .code = 250,
                         .message = 7,
                         .recipient = 2,
                         .attempt = 1,
                         .connection = 1,
                         .duration = 1500ms,
                         .text = "A1"};
    Event for_the_other = accepted;
    for_the_other.recipient = 1;
    EXPECT_THAT(bench.recorder.events, ElementsAre(accepted, for_the_other));
}

TEST(Proxy, ARefusalIsNoAcceptance) {
    ProxyBench bench;
    bench.greet();
    bench.send_message();
    bench.server.says("451 4.3.0 later\r\n");
    EXPECT_THAT(bench.recorder.events, IsEmpty());
}

TEST(Proxy, ForeignMailPassesAndIsNotRecorded) {
    ProxyBench bench;
    bench.greet();
    bench.exchange("MAIL FROM:<a@a.test>\r\n", "250 ok\r\n");
    bench.exchange("RCPT TO:<r1@recipient.test>\r\n", "250 ok\r\n");
    bench.exchange("DATA\r\n", "354 go\r\n");
    bench.forget();
    bench.exchange("a\r\n.\r\n", queued);
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{0s, "250 2.0.0 Ok: queued as A1|"}));
    EXPECT_THAT(bench.recorder.events, IsEmpty());
}

TEST(Proxy, EachTransactionOfAMessageIsOneAttempt) {
    ProxyBench bench;
    bench.greet();
    for (const std::uint32_t message : {3U, 3U, 4U, 3U}) {
        bench.send_message(message);
        bench.server.says(queued);
    }
    bench.forget();
    bench.send_message(3);
    bench.server.says(queued);
    ASSERT_EQ(bench.recorder.events.size(), 1U);
    EXPECT_EQ(bench.recorder.events[0].attempt, 4U);
}

TEST(Proxy, WhatIsAcceptedBehindAClientThatHasGoneIsStillSeen) {
    ProxyBench bench;
    bench.greet();
    bench.send_message(5);
    bench.client.resets();
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{0s, "<end_of_stream>"}));
    bench.pass(10s);
    bench.server.says(queued);
    const std::vector<Event> accepted = bench.recorder.of_kind(EventKind::transaction_accepted);
    ASSERT_EQ(accepted.size(), 1U);
    EXPECT_EQ(accepted[0].message, 5U);
    EXPECT_EQ(accepted[0].duration, 10s);
}

TEST(Proxy, AServerThatDiesOwingAReplyIsRecorded) {
    ProxyBench bench;
    bench.greet();
    bench.send_message(5);
    bench.pass(2s);
    bench.server.resets();
    EXPECT_THAT(bench.recorder.events, ElementsAre(Event{.at = at(2s),
                                                         .kind = EventKind::server_gone,
                                                         .phase = Phase::data_done,
                                                         .message = 5,
                                                         .attempt = 1,
                                                         .connection = 1,
                                                         .text = "connection_reset"}));
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{2s, "<end_of_stream>"}));
}

TEST(Proxy, AServerThatClosesOwingNothingIsNotRecorded) {
    ProxyBench bench;
    bench.greet();
    bench.forget();
    bench.server.closes();
    EXPECT_THAT(bench.recorder.events, IsEmpty());
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{0s, "<end_of_stream>"}));
}

TEST(Proxy, AServerThatRefusesLooksLikeAConnectionThatFails) {
    ProxyBench bench({}, {.upstream_listens = false});
    bench.connect();
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{0s, "<connection_reset>"}));
    EXPECT_THAT(bench.recorder.of_kind(EventKind::server_gone),
                ElementsAre(Event{.at = at(0s),
                                  .kind = EventKind::server_gone,
                                  .phase = Phase::connect,
                                  .connection = 1,
                                  .text = "connection_refused"}));
}

TEST(Proxy, WhatIsNotSmtpPassesAsItIs) {
    ProxyBench bench({{"{ phase = 'greeting' }", "{ drop = 'reply' }"}});
    bench.connect();
    bench.client.says("GET / HTTP/1.1\r\n\r\n");
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{0s, "GET / HTTP/1.1||"}));
    bench.server.says("HTTP/1.1 400 Bad\r\n");
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{0s, "HTTP/1.1 400 Bad|"}));
    bench.server.says("\r\n250 not a reply\r\nthe end");
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{0s, "|250 not a reply|the end"}));
}

TEST(Proxy, AnEndlessLineOfTheServerPassesWhole) {
    ProxyBench bench;
    bench.connect();
    std::string line;
    for (int i = 0; i < 1'000'000; ++i) line += static_cast<char>('a' + i % 26);
    bench.server.says(line);
    bench.pass(1ms);
    EXPECT_EQ(bench.client.all_bytes().size(), line.size());
    EXPECT_TRUE(bench.client.all_bytes() == line);
}

TEST(Proxy, AReplyThatBeginsWellAndNeverEndsPassesWhole) {
    ProxyBench bench;
    bench.connect();
    std::string reply;
    for (int i = 0; i < 100'000; ++i) reply += "220-" + std::to_string(i) + "\r\n";
    bench.server.says(reply);
    bench.pass(1ms);
    EXPECT_TRUE(bench.client.all_bytes() == reply);
}

TEST(Proxy, AFinOfTheClientReachesTheServerAndEndsBoth) {
    ProxyBench bench;
    bench.greet();
    bench.forget();
    bench.client.ends_sending();
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{0s, "<end_of_stream>"}));
    bench.server.closes();
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{0s, "<end_of_stream>"}));
}

}  // namespace
}  // namespace twofifty
