// Effects on the stream between a client and a server: what each hears, and exactly when.
#include "tests/virtual/impaired_250.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

namespace twofifty {
namespace {

using namespace std::chrono_literals;
using test::Heard;
using test::heard_250;
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

constexpr const char* to_client = "{ direction = 'to_client' }";
constexpr const char* to_server = "{ direction = 'to_server' }";

TEST(StreamEffects, LatencyOfOneDirectionLeavesTheOther) {
    ProxyBench bench({{to_client, "{ latency = '100ms' }"}});
    bench.connect();
    bench.server.says("220 hello\r\n");
    bench.client.says("EHLO c.test\r\n");
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{0s, "EHLO c.test|"}));
    bench.pass(1s);
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{100ms, "220 hello|"}));
    EXPECT_THAT(noted(bench), ElementsAre("0 rule_fired latency", "100 rule_achieved released"));
}

TEST(StreamEffects, LatencyOfBothDirectionsIsTwoFirings) {
    ProxyBench bench({{"{}", "{ latency = '100ms' }"}});
    bench.connect();
    bench.server.says("220 hello\r\n");
    bench.pass(100ms);
    bench.client.says("EHLO c.test\r\n");
    bench.pass(100ms);
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{200ms, "EHLO c.test|"}));
    EXPECT_EQ(test::firings(bench).size(), 4U);
    EXPECT_EQ(bench.rules.entries().front().fired, 1U);
}

TEST(StreamEffects, BandwidthMakesAReplyTrickle) {
    ProxyBench bench({{to_client, "{ bandwidth = '100B/s' }"}});
    bench.connect();
    bench.server.says("220 a\r\n");
    bench.pass(1s);
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{20ms, "22"}, Heard{40ms, "0 "},
                                                  Heard{60ms, "a\r"}, Heard{70ms, "\n"}));
}

TEST(StreamEffects, AStallKeepsTheReplyUntilItsEnd) {
    ProxyBench bench({{to_client, "{ stall = { period = '10s', length = '2s', phase = '5s' } }"}});
    bench.greet();
    bench.send_message();
    bench.pass(6s);
    bench.server.says(queued);
    bench.pass(10s);
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{7s, heard_250}));
    EXPECT_THAT(noted(bench), ElementsAre("6000 rule_fired stall", "7000 rule_achieved released"));
}

TEST(StreamEffects, AnOutageTowardsTheServerDelaysTheDot) {
    ProxyBench bench({{to_server, "{ outage = { from = '1s', length = '30s' } }"}});
    bench.greet();
    bench.begin_message();
    bench.pass(2s);
    bench.client.says("a\r\n.\r\n");
    bench.pass(1min);
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{31s, "a|.|"}));
}

TEST(StreamEffects, ABlackHoleTakesTheLargeMessageAndAllBehindIt) {
    ProxyBench bench({{to_server, "{ mtu_black_hole = { mtu = 1400 } }"}});
    bench.greet();
    bench.begin_message();
    bench.client.says(std::string(1500, 'a') + "\r\n.\r\n");
    bench.client.closes();
    bench.pass(5min);
    // Neither the message nor the client's end comes through.
    EXPECT_THAT(bench.server.heard(), IsEmpty());
    bench.pass(924'600ms - 5min);
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{924'600ms, "<connection_reset>"}));
    EXPECT_EQ(bench.proxy().sessions(), 0U);
}

TEST(StreamEffects, SlicesArriveOneByOne) {
    ProxyBench bench({{to_client, "{ slicer = { average_size = '3B', delay = '10ms' } }"}});
    bench.connect();
    bench.server.says("220 a\r\n");
    bench.pass(1s);
    EXPECT_THAT(bench.client.heard(),
                ElementsAre(Heard{0ms, "220"}, Heard{10ms, " a\r"}, Heard{20ms, "\n"}));
}

TEST(StreamEffects, ALimitClosesBothSidesBehindItsLastByte) {
    ProxyBench bench({{to_client, "{ limit_data = '5B' }"}});
    bench.connect();
    bench.server.says("220 hello\r\n");
    EXPECT_THAT(bench.client.heard(),
                ElementsAre(Heard{0s, "220 h"}, Heard{0s, "<end_of_stream>"}));
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{0s, "<end_of_stream>"}));
    EXPECT_THAT(noted(bench), ElementsAre("0 rule_fired limit_data", "0 rule_achieved released"));
    EXPECT_EQ(bench.proxy().sessions(), 0U);
}

TEST(StreamEffects, ASlowCloseKeepsTheEndFromTheServer) {
    ProxyBench bench({{to_server, "{ slow_close = '3s' }"}});
    bench.greet();
    bench.forget();
    bench.client.closes();
    bench.pass(1min);
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{3s, "<end_of_stream>"}));
}

TEST(StreamEffects, ASlowCloseKeepsTheEndFromTheClient) {
    ProxyBench bench({{to_client, "{ slow_close = '3s' }"}});
    bench.greet();
    bench.forget();
    bench.server.closes();
    bench.pass(1min);
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{3s, "<end_of_stream>"}));
}

TEST(StreamEffects, ATimeoutTowardsTheClientLosesTheGreetingAndClosesBoth) {
    ProxyBench bench({{to_client, "{ timeout = '5s' }"}});
    bench.connect();
    bench.server.says("220 hello\r\n");
    bench.pass(1min);
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{5s, "<end_of_stream>"}));
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{5s, "<end_of_stream>"}));
}

TEST(StreamEffects, ATimeoutPassesTheClientsEnd) {
    ProxyBench bench({{to_server, "{ timeout = '0s' }"}});
    bench.connect();
    bench.client.says("NOOP\r\n");
    bench.pass(1s);
    bench.client.closes();
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{1s, "<end_of_stream>"}));
}

TEST(StreamEffects, AResetTearsBothSidesDownAfterItsTime) {
    ProxyBench bench({{to_client, "{ reset_peer = '5s' }"}});
    bench.connect();
    bench.pass(1s);
    bench.server.says("220 hello\r\n");
    bench.pass(1min);
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{6s, "<connection_reset>"}));
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{6s, "<connection_reset>"}));
    EXPECT_EQ(bench.proxy().sessions(), 0U);
}

TEST(StreamEffects, AnEndOfOneDirectionDropsWhatTheOtherKeeps) {
    ProxyBench bench({{to_server, "{ latency = '1m' }"},
                      {"{ direction = 'to_client', from = '5s' }", "{ reset_peer = '0s' }"}});
    bench.connect();
    bench.client.says("EHLO c.test\r\n");
    bench.pass(5s);
    bench.server.says("220 hello\r\n");
    bench.pass(2min);
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{5s, "<connection_reset>"}));
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{5s, "<connection_reset>"}));
}

TEST(StreamEffects, AToxicThatIsAddedActsOnConnectionsThatExist) {
    ProxyBench bench;
    bench.greet();
    bench.send_message();
    bench.change_rules({{to_client, "{ reset_peer = '0s' }"}});
    EXPECT_THAT(bench.client.heard(), IsEmpty());
    bench.server.says(queued);
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{0s, "<connection_reset>"}));
}

TEST(StreamEffects, ATimeoutThatIsRemovedClosesTheConnection) {
    ProxyBench bench({{to_client, "{ timeout = '0s' }"}});
    bench.connect();
    bench.server.says("220 hello\r\n");
    bench.pass(1h);
    bench.change_rules({});
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{1h, "<end_of_stream>"}));
}

TEST(StreamEffects, ATimeoutEndsAClientWhoseServerIsNotThereYet) {
    ProxyBench bench({{to_client, "{ timeout = '5s' }"}}, {.network = {.latency = 10s}});
    test::ScriptedPeer server(bench.world);
    bench.connect_also(bench.client, server);
    bench.pass(21s);
    ASSERT_TRUE(bench.client.connected());
    bench.pass(1min);
    // The connection was made at 20 s; the rule ends it 5 s later, while the server's is being
    // made.
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{35s, "<end_of_stream>"}));
    EXPECT_EQ(bench.proxy().sessions(), 0U);
}

}  // namespace
}  // namespace twofifty
