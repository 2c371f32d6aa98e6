// Effects on accepting, and clients that vanish before they are served: what each side hears, and
// that no session stays.
#include "tests/virtual/impaired_250.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

namespace twofifty {
namespace {

using namespace std::chrono_literals;
using test::Heard;
using test::ProxyBench;
using test::ScriptedPeer;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> noted(const ProxyBench& bench) {
    std::vector<std::string> lines;
    for (const Event& event : test::firings(bench))
        lines.push_back(fmt::format("{} {} {}", event.at.time_since_epoch() / 1ms,
                                    to_string(event.kind), event.text));
    return lines;
}

TEST(Refuse, ConnectionsAreRefusedWithinTheWindowOnly) {
    ProxyBench bench({{"{ from = '1s', until = '2s' }", "{ refuse = 'connection' }"}});
    bench.greet();
    ScriptedPeer refused(bench.world);
    ScriptedPeer served(bench.world);
    ScriptedPeer server(bench.world);
    bench.pass(1s);
    bench.knock(refused);
    EXPECT_FALSE(refused.connected());
    // Who is in stays in.
    bench.exchange("NOOP\r\n", "250 ok\r\n");
    bench.pass(1s);
    bench.connect_also(served, server);
    EXPECT_TRUE(served.connected());
    EXPECT_TRUE(server.connected());
    EXPECT_THAT(noted(bench), ElementsAre("1000 rule_fired refuse", "2000 rule_achieved released"));
}

TEST(Refuse, FromTheBeginningUntilTheRuleGoes) {
    ProxyBench bench({{"{}", "{ refuse = 'connection' }"}});
    bench.knock(bench.client);
    EXPECT_FALSE(bench.client.connected());
    bench.pass(5s);
    bench.change_rules({});
    bench.connect();
    EXPECT_THAT(noted(bench), ElementsAre("0 rule_fired refuse", "5000 rule_achieved released"));
}

TEST(Refuse, AnOnOffProcessOpensAndCloses) {
    ProxyBench bench({{"{ on_off = { good = '1s', bad = '1s' } }", "{ refuse = 'connection' }"}});
    int refused = 0;
    for (int i = 0; i < 200; ++i) {
        ScriptedPeer client(bench.world);
        bench.knock(client);
        refused += !client.connected();
        bench.pass(500ms);
    }
    EXPECT_GT(refused, 60);
    EXPECT_LT(refused, 140);
}

TEST(AcceptLate, TheServerIsConnectedLaterAndHearsWhatWasSaid) {
    ProxyBench bench({{"{}", "{ accept_late = '5s' }"}});
    bench.connect_also(bench.client, bench.server);
    bench.client.says("EHLO c.test\r\n");
    bench.pass(4999ms);
    EXPECT_FALSE(bench.server.connected());
    bench.pass(1ms);
    ASSERT_TRUE(bench.server.connected());
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{5s, "EHLO c.test|"}));
    bench.server.says("220 hello\r\n");
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{5s, "220 hello|"}));
    EXPECT_THAT(noted(bench),
                ElementsAre("0 rule_fired accept_late", "5000 rule_achieved released"));
}

TEST(AcceptLate, AClientThatGoesMeanwhileIsNoticed) {
    ProxyBench bench({{"{}", "{ accept_late = '5s' }"}});
    bench.connect_also(bench.client, bench.server);
    bench.pass(1s);
    bench.client.closes();
    EXPECT_EQ(bench.proxy().sessions(), 0U);
    EXPECT_THAT(noted(bench),
                ElementsAre("0 rule_fired accept_late", "1000 rule_achieved client_gone"));
    bench.pass(1min);
    EXPECT_FALSE(bench.server.connected());
}

TEST(AcceptLate, AClientThatHasSaidAllAndClosedItsHalfIsStillServed) {
    ProxyBench bench({{"{}", "{ accept_late = '5s' }"}});
    bench.connect_also(bench.client, bench.server);
    bench.client.says("QUIT\r\n");
    bench.client.ends_sending();
    bench.pass(5s);
    EXPECT_THAT(bench.server.heard(),
                ElementsAre(Heard{5s, "QUIT|"}, Heard{5s, "<end_of_stream>"}));
}

TEST(AcceptLate, AResetEndsItWhateverWasSaid) {
    ProxyBench bench({{"{}", "{ accept_late = '5s' }"}});
    bench.connect_also(bench.client, bench.server);
    bench.client.says("QUIT\r\n");
    bench.client.resets();
    EXPECT_EQ(bench.proxy().sessions(), 0U);
}

TEST(Connecting, AClientThatGoesBeforeTheServerIsThereIsNoticed) {
    ProxyBench bench({}, {.network = {.latency = 1s}});
    bench.connect_also(bench.client, bench.server);
    bench.pass(2s);
    ASSERT_TRUE(bench.client.connected());
    bench.client.closes();
    bench.pass(1s);
    EXPECT_EQ(bench.proxy().sessions(), 0U);
    bench.pass(1min);
    EXPECT_FALSE(bench.server.connected());
}

TEST(Connecting, WhatWasSaidBeforeTheServerIsThereReachesIt) {
    ProxyBench bench({}, {.network = {.latency = 1s}});
    bench.connect_also(bench.client, bench.server);
    bench.pass(2s);
    bench.client.says("EHLO c.test\r\n");
    bench.pass(10s);
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{5s, "EHLO c.test|"}));
}

TEST(NeverGreet, NobodySaysAWordUntilTheClientLeaves) {
    ProxyBench bench({{"{}", "{ never_greet = 'connection' }"}});
    bench.knock(bench.client);
    bench.client.says("EHLO c.test\r\n");
    bench.pass(5min);
    EXPECT_THAT(bench.client.heard(), IsEmpty());
    EXPECT_EQ(bench.proxy().sessions(), 1U);
    bench.client.resets();
    EXPECT_EQ(bench.proxy().sessions(), 0U);
    EXPECT_THAT(noted(bench),
                ElementsAre("0 rule_fired never_greet", "300000 rule_achieved client_gone"));
}

TEST(TooBusy, TheClientIsToldAndTheConnectionIsClosed) {
    ProxyBench bench({{"{}", "{ too_busy = '421 4.3.2 too busy' }"}});
    bench.knock(bench.client);
    EXPECT_THAT(bench.client.heard(),
                ElementsAre(Heard{0s, "421 4.3.2 too busy|"}, Heard{0s, "<end_of_stream>"}));
    bench.client.says("QUIT\r\n");
    bench.client.closes();
    EXPECT_EQ(bench.proxy().sessions(), 0U);
}

TEST(TooBusy, AClientThatNeverClosesIsNotWaitedForWithoutEnd) {
    ProxyBench bench({{"{}", "{ too_busy = '421 4.3.2 too busy' }"}});
    bench.knock(bench.client);
    bench.pass(10s);
    EXPECT_EQ(bench.proxy().sessions(), 0U);
}

TEST(TooBusy, ChosenConnectionsOnly) {
    ProxyBench bench({{"{ nth = 2 }", "{ too_busy = '421 4.3.2 too busy' }"}});
    bench.connect();
    ScriptedPeer second(bench.world);
    bench.knock(second);
    EXPECT_THAT(second.heard(),
                ElementsAre(Heard{0s, "421 4.3.2 too busy|"}, Heard{0s, "<end_of_stream>"}));
    EXPECT_THAT(bench.client.heard(), IsEmpty());
}

TEST(Reset, TheClientIsResetAtOnce) {
    ProxyBench bench({{"{}", "{ reset = 'connection' }"}});
    bench.knock(bench.client);
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{0s, "<connection_reset>"}));
    EXPECT_EQ(bench.proxy().sessions(), 0U);
}

TEST(ConnectionLimit, OneTooManyWaitsUntilAnotherHasLeft) {
    ProxyBench bench({{"{}", "{ connection_limit = { connections = 1 } }"}});
    bench.connect();
    ScriptedPeer second(bench.world);
    ScriptedPeer its_server(bench.world);
    bench.connect_also(second, its_server);
    EXPECT_TRUE(second.connected());
    bench.pass(5s);
    EXPECT_FALSE(its_server.connected());
    bench.client.closes();
    bench.server.closes();
    bench.pass(0s);
    EXPECT_TRUE(its_server.connected());
    EXPECT_THAT(noted(bench),
                ElementsAre("0 rule_fired connection_limit", "5000 rule_achieved released",
                            "5000 rule_fired connection_limit"));
}

TEST(ConnectionLimit, OneTooManyIsToldSo) {
    ProxyBench bench({{"{}", "{ connection_limit = { connections = 1, then = 'too_busy' } }"}});
    bench.connect();
    ScriptedPeer second(bench.world);
    bench.knock(second);
    EXPECT_THAT(second.heard(), ElementsAre(Heard{0s, "421 4.3.2 too many connections|"},
                                            Heard{0s, "<end_of_stream>"}));
    second.closes();
    bench.client.closes();
    bench.server.closes();
    ScriptedPeer third(bench.world);
    ScriptedPeer its_server(bench.world);
    bench.connect_also(third, its_server);
    EXPECT_TRUE(its_server.connected());
}

TEST(ConnectionLimit, ThatIsRemovedLetsThoseInWhoWait) {
    ProxyBench bench({{"{}", "{ connection_limit = { connections = 1 } }"}});
    bench.connect();
    ScriptedPeer second(bench.world);
    ScriptedPeer its_server(bench.world);
    bench.connect_also(second, its_server);
    bench.change_rules({});
    EXPECT_TRUE(its_server.connected());
}

TEST(Proxy, ItsOwnBoundLetsTheOthersWait) {
    ProxyBench bench({}, {.most_connections = 1});
    bench.connect();
    ScriptedPeer second(bench.world);
    ScriptedPeer its_server(bench.world);
    bench.connect_also(second, its_server);
    EXPECT_FALSE(its_server.connected());
    bench.client.closes();
    bench.server.closes();
    bench.pass(0s);
    EXPECT_TRUE(its_server.connected());
}

}  // namespace
}  // namespace twofifty
