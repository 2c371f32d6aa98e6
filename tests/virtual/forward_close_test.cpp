// When and how the server learns that its client has gone.
#include "tests/virtual/impaired_250.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

namespace twofifty {
namespace {

using namespace std::chrono_literals;
using test::Heard;
using test::ProxyBench;
using test::queued;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> noted(const ProxyBench& bench) {
    std::vector<std::string> lines;
    for (const Event& event : test::firings(bench))
        lines.push_back(fmt::format("{} {} {}", event.at.time_since_epoch() / 1ms,
                                    to_string(event.kind), event.text));
    return lines;
}

constexpr const char* end = "<end_of_stream>";
constexpr const char* rst = "<connection_reset>";

/// A client that leaves at 1 s, its message sent and not answered.
struct Case {
    const char* name;
    const char* effect;  ///< Empty: no rule.
    bool client_resets;
    Duration heard_at;
    const char* heard;
};

class ForwardClose : public testing::TestWithParam<Case> {};

TEST_P(ForwardClose, TheServerHearsItThenAndSo) {
    const Case& tested = GetParam();
    ProxyBench bench;
    if (*tested.effect != 0) bench.change_rules({{"{}", tested.effect}});
    bench.greet();
    bench.send_message();
    bench.pass(1s);
    if (tested.client_resets)
        bench.client.resets();
    else
        bench.client.closes();
    bench.pass(30min);
    EXPECT_EQ(bench.server.heard(), (std::vector<Heard>{{tested.heard_at, tested.heard}}));
    EXPECT_EQ(bench.proxy().sessions(), 0U);
}

INSTANTIATE_TEST_SUITE_P(
    Ways, ForwardClose,
    testing::Values(Case{"without_a_rule_at_once", "", false, 1s, end},
                    Case{"without_a_rule_a_reset_is_a_fin", "", true, 1s, end},
                    Case{"at_once", "{ forward_close = 'at_once' }", false, 1s, end},
                    Case{"later", "{ forward_close = '30s' }", false, 31s, end},
                    Case{"later_as_rst", "{ forward_close = { after = '30s', as = 'rst' } }", false,
                         31s, rst},
                    Case{"the_same_fin", "{ forward_close = { as = 'same' } }", false, 1s, end},
                    Case{"the_same_rst", "{ forward_close = { as = 'same' } }", true, 1s, rst},
                    Case{"a_reset_as_fin", "{ forward_close = { as = 'fin' } }", true, 1s, end},
                    Case{"never_until_a_kernel_gives_up", "{ forward_close = 'never' }", false,
                         925'600ms, rst}),
    [](const auto& tested) { return std::string(tested.param.name); });

// Who waits for the server to store what its client no longer waits for asks this.
TEST(Unanswered, CountsServersThatOweAReplyToADotWhoeverHasGone) {
    ProxyBench bench;
    bench.greet();
    bench.begin_message(5);
    EXPECT_EQ(bench.proxy().unanswered(), 0U);
    bench.client.says("Subject: x\r\n\r\nx\r\n.\r\n");
    EXPECT_EQ(bench.proxy().unanswered(), 1U);
    bench.client.closes();
    bench.pass(10s);
    EXPECT_EQ(bench.proxy().unanswered(), 1U);
    bench.server.says(queued);
    EXPECT_EQ(bench.proxy().unanswered(), 0U);
}

TEST(Unanswered, ForgetsTheServerThatCloses) {
    ProxyBench bench;
    bench.greet();
    bench.send_message();
    bench.server.closes();
    EXPECT_EQ(bench.proxy().unanswered(), 0U);
}

TEST(Unanswered, ForgetsWhatTheLayerTearsDown) {
    ProxyBench bench({{test::accepted_reply, "{ cut = 'both' }"}});
    test::answer_message(bench);
    EXPECT_EQ(bench.proxy().unanswered(), 0U);
}

TEST(HiddenClose, WhatTheServerAnswersMeanwhileIsSeen) {
    ProxyBench bench({{"{}", "{ forward_close = '30s' }"}});
    bench.greet();
    bench.send_message(5);
    bench.client.closes();
    bench.pass(10s);
    bench.server.says(queued);
    EXPECT_EQ(bench.recorder.of_kind(EventKind::transaction_accepted).size(), 1U);
    EXPECT_THAT(bench.server.heard(), IsEmpty());
    bench.pass(20s);
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{30s, end}));
    EXPECT_THAT(noted(bench),
                ElementsAre("0 rule_fired forward_close", "30000 rule_achieved released"));
}

TEST(HiddenClose, EndsWhenTheServerCloses) {
    ProxyBench bench({{"{}", "{ forward_close = 'never' }"}});
    bench.greet();
    bench.send_message();
    bench.client.closes();
    bench.pass(5min);
    bench.server.closes();
    EXPECT_THAT(noted(bench),
                ElementsAre("0 rule_fired forward_close", "300000 rule_achieved server_gone"));
    EXPECT_EQ(bench.proxy().sessions(), 0U);
}

TEST(HiddenClose, AConnectionThatTheLayerCutIsNotHidden) {
    ProxyBench bench(
        {{test::accepted_reply, "{ cut = 'both' }"}, {"{}", "{ forward_close = 'never' }"}});
    test::answer_message(bench);
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{0s, rst}));
    EXPECT_THAT(noted(bench), ElementsAre("0 rule_fired cut", "0 rule_achieved released"));
}

/// A message with QUIT and the end of the client's direction right behind it, as Exim sends its
/// last one; two seconds later the server answers both.
void exchange_last_message(ProxyBench& bench) {
    bench.greet();
    bench.begin_message();
    bench.client.says("Subject: last\r\n\r\nbody\r\n.\r\nQUIT\r\n");
    bench.client.ends_sending();
    bench.forget();
    bench.pass(2s);
    bench.server.says(std::string(queued) + "221 2.0.0 Bye\r\n");
    bench.server.closes();
    bench.pass(1s);
}

TEST(ForwardClose, AClientThatHasSaidQuitStillReads) {
    ProxyBench bench;
    exchange_last_message(bench);
    EXPECT_EQ(bench.client.heard(),
              (std::vector<Heard>{{2s, "250 2.0.0 Ok: queued as A1|221 2.0.0 Bye|"}, {2s, end}}));
    EXPECT_EQ(bench.proxy().sessions(), 0U);
}

TEST(ForwardClose, AClientThatHasSaidQuitHearsNothingOfADroppedReply) {
    ProxyBench bench({{R"({ phase = "data_done" })", R"({ drop = "reply" })"}});
    exchange_last_message(bench);
    EXPECT_THAT(bench.client.heard(), IsEmpty());
}

// Exim and Postfix say QUIT, too, when they have waited in vain: nobody reads what comes then.
TEST(ForwardClose, AClientThatSaysQuitAfterItsTimeoutIsGone) {
    ProxyBench bench({{R"({ phase = "data_done" })", R"({ delay = "4s" })"}});
    bench.greet();
    bench.begin_message();
    bench.client.says("Subject: last\r\n\r\nbody\r\n.\r\n");
    bench.server.says(queued);
    bench.pass(2s);
    bench.client.says("QUIT\r\n");
    bench.client.ends_sending();
    bench.forget();
    bench.pass(5s);
    EXPECT_THAT(bench.client.heard(), IsEmpty());
}

}  // namespace
}  // namespace twofifty
