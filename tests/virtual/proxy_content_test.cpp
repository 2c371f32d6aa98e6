// Rules on data_xfer act where the final dot is about to be given to the server: whatever way its
// bytes arrive, the server must not see the end of the content before the rule has let it go.
#include "tests/virtual/proxy_bench.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <string>
#include <vector>

namespace twofifty {
namespace {

using namespace std::chrono_literals;
using test::Heard;
using test::ProxyBench;
using test::queued;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string in_content = "{ phase = 'data_xfer' }";
const std::string content = "Subject: a\r\n\r\nb\r\n..c\r\n.\r\n";
const std::string final_dot = "\r\n.\r\n";

/// The content in two writes, a second apart, the first `split` bytes long.
void send_split(ProxyBench& bench, std::size_t split) {
    bench.client.says(std::string_view(content).substr(0, split));
    bench.pass(1s);
    bench.client.says(std::string_view(content).substr(split));
}

/// What the server has of the content that a bench sent.
std::string received(const ProxyBench& bench) {
    const std::string& all = bench.server.all_bytes();
    return all.substr(all.find("DATA\r\n") + 6);
}

class EachSplit : public testing::TestWithParam<std::size_t> {};

TEST_P(EachSplit, ACutComesBeforeTheFinalDot) {
    ProxyBench bench({{in_content, "{ cut = 'both' }"}});
    bench.greet();
    bench.begin_message();
    send_split(bench, GetParam());
    EXPECT_THAT(received(bench), Not(HasSubstr(final_dot)));
    EXPECT_TRUE(content.starts_with(received(bench)));
    EXPECT_EQ(bench.client.heard().back(), (Heard{1s, "<connection_reset>"}));
    EXPECT_EQ(bench.server.heard().back(), (Heard{1s, "<connection_reset>"}));
}

TEST_P(EachSplit, ADelayKeepsTheFinalDotForItsTime) {
    ProxyBench bench({{in_content, "{ delay = '3s' }"}});
    bench.greet();
    bench.begin_message();
    send_split(bench, GetParam());
    bench.pass(3s - 1ns);
    EXPECT_THAT(received(bench), Not(HasSubstr(final_dot)));
    bench.pass(1ns);
    EXPECT_EQ(received(bench), content);
    bench.pass(1s);
    bench.server.says(queued);
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{5s, "250 2.0.0 Ok: queued as A1|"}));
    const std::vector<Event> accepted = bench.recorder.of_kind(EventKind::transaction_accepted);
    ASSERT_EQ(accepted.size(), 1U);
    EXPECT_EQ(accepted[0].duration, 1s) << "the server's gap counts from the dot it was given";
}

TEST_P(EachSplit, ADroppedEndNeverComes) {
    ProxyBench bench({{in_content, "{ drop = 'reply' }"}});
    bench.greet();
    bench.begin_message();
    send_split(bench, GetParam());
    bench.pass(24h);
    bench.client.closes();
    EXPECT_THAT(received(bench), Not(HasSubstr(final_dot)));
    EXPECT_EQ(bench.server.heard().back(), (Heard{24h + 1s, "<end_of_stream>"}));
}

TEST_P(EachSplit, WhereNoRuleFiresTheContentPassesWhole) {
    ProxyBench bench({{"{ phase = 'data_xfer', probability = 0 }", "{ cut = 'both' }"}});
    bench.greet();
    bench.begin_message();
    send_split(bench, GetParam());
    EXPECT_EQ(received(bench), content);
    bench.server.says(queued);
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{1s, "250 2.0.0 Ok: queued as A1|"}));
}

INSTANTIATE_TEST_SUITE_P(ContentRule, EachSplit, testing::Range<std::size_t>(0, content.size()));

TEST(ContentRule, ByteByByteADelayHoldsTheFinalDotOnly) {
    ProxyBench bench({{in_content, "{ delay = '3s' }"}});
    bench.greet();
    bench.begin_message();
    for (const char c : content) bench.client.says({&c, 1});
    EXPECT_EQ(received(bench), content.substr(0, content.size() - 3));
    bench.pass(3s);
    EXPECT_EQ(received(bench), content);
}

TEST(ContentRule, AHoldForATimeIsADelay) {
    ProxyBench bench({{in_content, "{ hold = '3s' }"}});
    bench.greet();
    bench.begin_message();
    bench.client.says(content);
    bench.pass(3s - 1ns);
    EXPECT_THAT(received(bench), Not(HasSubstr(final_dot)));
    bench.pass(1ns);
    EXPECT_EQ(received(bench), content);
}

TEST(ContentRule, WhatAskedAndAchievedAreIsRecorded) {
    ProxyBench bench({{in_content, "{ delay = '3s' }"}});
    bench.greet();
    bench.begin_message(9);
    bench.client.says(content);
    bench.pass(5s);
    Event event{.at = at(0s),
                .kind = EventKind::rule_fired,
                .phase = Phase::data_xfer,
                .message = 9,
                .attempt = 1,
                .connection = 1,
                .rule = 1,
                .duration = 3s,
                .text = "delay"};
    Event done = event;
    done.at = at(3s);
    done.kind = EventKind::rule_achieved;
    done.text = "released";
    EXPECT_THAT(bench.recorder.events, ElementsAre(event, done));
}

TEST(ContentRule, AClientThatGoesMeanwhileTakesTheDotWithIt) {
    ProxyBench bench({{in_content, "{ delay = '30s' }"}});
    bench.greet();
    bench.begin_message();
    bench.client.says(content);
    bench.pass(4s);
    bench.client.resets();
    bench.pass(1h);
    EXPECT_THAT(received(bench), Not(HasSubstr(final_dot)));
    EXPECT_EQ(bench.server.heard().back(), (Heard{4s, "<end_of_stream>"}));
    ASSERT_EQ(bench.recorder.events.size(), 2U);
    EXPECT_EQ(bench.recorder.events[1].text, "client_gone");
    EXPECT_EQ(bench.recorder.events[1].duration, 4s);
}

TEST(ContentRule, WhatIsPipelinedBehindTheDotWaitsWithIt) {
    ProxyBench bench({{in_content, "{ delay = '3s' }"}});
    bench.greet();
    bench.begin_message();
    bench.client.says(content + "QUIT\r\n");
    bench.pass(1s);
    EXPECT_THAT(received(bench), Not(HasSubstr("QUIT")));
    bench.pass(2s);
    EXPECT_EQ(received(bench), content + "QUIT\r\n");
}

TEST(ContentRule, ACutOfTheServerLeavesTheClientWaiting) {
    ProxyBench bench({{in_content, "{ cut = 'server' }"}});
    bench.greet();
    bench.begin_message();
    bench.client.says(content);
    bench.pass(9min);
    EXPECT_EQ(bench.server.heard().back(), (Heard{0s, "<connection_reset>"}));
    EXPECT_THAT(bench.client.heard(), IsEmpty());
    bench.client.closes();
}

TEST(ContentRule, ACutOfTheClientIsAnOrderlyEndForTheServer) {
    ProxyBench bench({{in_content, "{ cut = 'client' }"}});
    bench.greet();
    bench.begin_message();
    bench.client.says(content);
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{0s, "<connection_reset>"}));
    EXPECT_EQ(bench.server.heard().back(), (Heard{0s, "<end_of_stream>"}));
    EXPECT_THAT(received(bench), Not(HasSubstr(final_dot)));
}

TEST(ContentRule, ASilentCutIsADeadPath) {
    ProxyBench bench({{in_content, "{ cut = { side = 'both', how = 'silent' } }"}});
    bench.greet();
    bench.begin_message();
    bench.client.says(content);
    bench.pass(4min);
    EXPECT_THAT(bench.client.heard(), IsEmpty());
    EXPECT_EQ(received(bench), content.substr(0, content.size() - 3));
}

TEST(ContentRule, OnlyTheAttemptThatIsMeantIsCut) {
    ProxyBench bench({{"{ phase = 'data_xfer', attempt = 2 }", "{ cut = 'both' }"}});
    bench.greet();
    bench.send_message(1);
    bench.server.says(queued);
    bench.forget();
    bench.begin_message(1);
    bench.client.says(content);
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{0s, "<connection_reset>"}));
}

/// A transaction of message 1 up to the chunks, in order.
void begin_chunks(ProxyBench& bench) {
    bench.greet();
    bench.exchange("MAIL FROM:<tf.bench.1@sender.test>\r\n", "250 ok\r\n");
    bench.exchange("RCPT TO:<r1@recipient.test>\r\n", "250 ok\r\n");
    bench.forget();
}

TEST(ContentRule, TheLastChunkIsHeldBackNotTheOthers) {
    ProxyBench bench({{in_content, "{ delay = '3s' }"}});
    begin_chunks(bench);
    bench.exchange("BDAT 4\r\nabcd", "250 4 octets\r\n");
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{0s, "250 4 octets|"}));
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{0s, "BDAT 4|abcd"}));
    bench.client.says("BDAT 6 LAST\r\nefghij");
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{0s, "BDAT 6 LAST|efg"}));
    bench.pass(3s);
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{3s, "hij"}));
    bench.server.says(queued);
    EXPECT_EQ(bench.recorder.of_kind(EventKind::transaction_accepted).size(), 1U);
}

TEST(ContentRule, ACutComesBeforeTheLastChunkIsWholeHoweverItIsSplit) {
    const std::string chunk = "BDAT 6 LAST\r\nefghij";
    for (std::size_t split = 0; split < chunk.size(); ++split) {
        ProxyBench bench({{in_content, "{ cut = 'both' }"}});
        begin_chunks(bench);
        bench.client.says(std::string_view(chunk).substr(0, split));
        bench.client.says(std::string_view(chunk).substr(split));
        EXPECT_THAT(bench.server.all_bytes(), Not(HasSubstr(chunk))) << "split at " << split;
        EXPECT_EQ(bench.client.heard().back(), (Heard{0s, "<connection_reset>"})) << split;
    }
}

TEST(ContentRule, AnEmptyLastChunkIsItsLine) {
    ProxyBench bench({{in_content, "{ delay = '3s' }"}});
    begin_chunks(bench);
    bench.exchange("BDAT 4\r\nabcd", "250 ok\r\n");
    bench.forget();
    bench.client.says("BDAT 0 LAST\r\n");
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{0s, "BDAT 0 LAS"}));
    bench.pass(3s);
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{3s, "T|"}));
}

TEST(ReplyRule, ToTheLastChunkIsDataDone) {
    ProxyBench bench({{"{ phase = 'data_done', reply = '2xx' }", "{ drop = 'reply' }"}});
    begin_chunks(bench);
    bench.exchange("BDAT 4\r\nabcd", "250 ok\r\n");
    bench.exchange("BDAT 2 LAST\r\nef", queued);
    bench.pass(1h);
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{0s, "250 ok|"}));
    EXPECT_EQ(bench.recorder.of_kind(EventKind::transaction_accepted).size(), 1U);
    EXPECT_EQ(bench.recorder.of_kind(EventKind::rule_fired).size(), 1U);
}

}  // namespace
}  // namespace twofifty
