// Conditions whose value only a session knows: what passed, how often, and whose.
#include "tests/virtual/impaired_250.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace twofifty {
namespace {

using namespace std::chrono_literals;
using test::accepted_reply;
using test::firings;
using test::Heard;
using test::heard_250;
using test::ProxyBench;
using test::queued;
using testing::ElementsAre;

constexpr const char* refuse = "{ replace = '451 no' }";

/// What the client hears to message `ordinal`.
std::string answer_to(ProxyBench& bench, std::uint32_t ordinal = 1) {
    bench.send_message(ordinal);
    bench.server.says(queued);
    return bench.client.heard().at(0).what;
}

// Of send_message() 20 bytes pass: "Subject: a", an empty line, "b" and the dot, with CRLF each.
TEST(SizeCondition, IsOfTheContentAsItPassed) {
    ProxyBench fits({{"{ phase = 'data_done', size_least = '20B', size_most = '20B' }", refuse}});
    fits.greet();
    EXPECT_EQ(answer_to(fits), "451 no|");
    ProxyBench spared({{"{ phase = 'data_done', size_least = '21B' }", refuse}});
    spared.greet();
    EXPECT_EQ(answer_to(spared), heard_250);
}

TEST(SizeCondition, OfTheNextMessageBeginsAnew) {
    ProxyBench bench({{"{ phase = 'data_done', size_least = '21B' }", refuse}});
    bench.greet();
    answer_to(bench, 1);
    EXPECT_EQ(answer_to(bench, 2), heard_250);
}

TEST(EndedByCondition, TellsChunksFromDots) {
    ProxyBench bench({{"{ phase = 'data_done', ended_by = 'bdat' }", refuse}});
    bench.greet();
    EXPECT_EQ(answer_to(bench), heard_250);
    bench.exchange("MAIL FROM:<tf.bench.2@sender.test>\r\n", "250 ok\r\n");
    bench.exchange("RCPT TO:<r1@recipient.test>\r\n", "250 ok\r\n");
    bench.forget();
    bench.exchange("BDAT 2 LAST\r\nef", queued);
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{0s, "451 no|"}));
}

TEST(TransactionCondition, CountsOnItsConnection) {
    ProxyBench bench({{"{ phase = 'data_done', transaction = 2 }", refuse}});
    bench.greet();
    EXPECT_EQ(answer_to(bench, 1), heard_250);
    EXPECT_EQ(answer_to(bench, 2), "451 no|");
    EXPECT_EQ(answer_to(bench, 3), heard_250);
}

TEST(AnyPhase, IsEveryReplyOfTheSession) {
    ProxyBench bench({{"{ phase = 'any', text = '*ESMTP*' }", "{ replace = '421 busy' }"}});
    bench.connect();
    bench.server.says("220 server.test ESMTP\r\n");
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{0s, "421 busy|"}));
}

TEST(TimeCondition, IsOfTheRunsTime) {
    ProxyBench bench({{"{ phase = 'data_done', from = '5s', until = '10s' }", refuse}});
    bench.greet();
    EXPECT_EQ(answer_to(bench, 1), heard_250);
    bench.pass(5s);
    EXPECT_EQ(answer_to(bench, 2), "451 no|");
    bench.pass(5s);
    EXPECT_EQ(answer_to(bench, 3), heard_250);
}

TEST(AtOnce, SparesWhatComesWhileAnotherIsHeld) {
    ProxyBench bench({{"{ phase = 'data_done' }", "{ delay = '3s' }", "budget = { at_once = 1 }"}},
                     {.lmtp = true});
    bench.greet();
    bench.send_message(1, {"r1@recipient.test", "r2@recipient.test"});
    bench.server.says("250 first\r\n250 second\r\n");
    bench.pass(10s);
    EXPECT_EQ(bench.recorder.of_kind(EventKind::rule_fired).size(), 1U);
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{3s, "250 first|250 second|"}));
    bench.send_message(2);
    bench.server.says(queued);
    EXPECT_EQ(bench.recorder.of_kind(EventKind::rule_fired).size(), 1U) << "it may act again";
}

TEST(Continue, ADelayAndAReplacementActTogether) {
    ProxyBench bench({{accepted_reply, "{ delay = '2s' }", "continue = true"},
                      {accepted_reply, refuse},
                      {accepted_reply, "{ drop = 'reply' }"}});
    test::answer_message(bench);
    bench.pass(1min);
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{2s, "451 no|"}));
    EXPECT_EQ(firings(bench).size(), 4U) << "each of the two fired and ended";
}

}  // namespace
}  // namespace twofifty
