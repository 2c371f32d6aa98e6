// Toxics that come, change and go while a connection is open, and what each type does to it.
#include "tests/virtual/api_bench.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <array>
#include <string>

namespace twofifty {
namespace {

using namespace std::chrono_literals;
using test::ApiBench;
using test::error;
using test::Heard;
using test::json;
using test::no_content;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view toxics_path = "/proxies/smtp/toxics";

/// A client and a server, connected through a proxy, with a toxic that came afterwards.
class LiveConnection : public testing::Test {
protected:
    LiveConnection() { bench.connect(); }
    void add(std::string_view toxic) {
        const test::HttpReply reply = bench.post(toxics_path, toxic);
        EXPECT_EQ(reply.status, 200) << reply.body;
    }
    ApiBench bench;
};

TEST_F(LiveConnection, LatencyActsOnItsStreamOnly) {
    add(R"({"type":"latency","attributes":{"latency":100}})");
    bench.server.says("220 hello\r\n");
    bench.client->says("EHLO a\r\n");
    bench.pass(1s);
    EXPECT_THAT(bench.client->heard(), ElementsAre(Heard{100ms, "220 hello|"}));
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{0s, "EHLO a|"}));
}

TEST_F(LiveConnection, LatencyUpstreamActsOnTheClientsBytes) {
    add(R"({"type":"latency","stream":"upstream","attributes":{"latency":100}})");
    bench.client->says("EHLO a\r\n");
    bench.pass(1s);
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{100ms, "EHLO a|"}));
}

TEST_F(LiveConnection, AChangeActsFromThenOn) {
    add(R"({"type":"latency","attributes":{"latency":100}})");
    bench.post("/proxies/smtp/toxics/latency_downstream", R"({"attributes":{"latency":3000}})");
    bench.server.says("220 hello\r\n");
    bench.pass(5s);
    EXPECT_THAT(bench.client->heard(), ElementsAre(Heard{3s, "220 hello|"}));
}

TEST_F(LiveConnection, ARemovedToxicLetsGoWhatItKept) {
    add(R"({"type":"latency","attributes":{"latency":60000}})");
    bench.server.says("220 hello\r\n");
    bench.pass(1s);
    EXPECT_EQ(bench.call("DELETE", "/proxies/smtp/toxics/latency_downstream"), no_content);
    EXPECT_THAT(bench.client->heard(), ElementsAre(Heard{1s, "220 hello|"}));
}

TEST_F(LiveConnection, OneWithToxicityZeroNeverActs) {
    for (const std::string type :
         {"latency", "bandwidth", "slow_close", "timeout", "reset_peer", "slicer", "limit_data"})
        add(fmt::format(R"({{"type":"{}","toxicity":0,"attributes":{{"latency":9000}}}})", type));
    add(R"({"type":"smtp","toxicity":0,"attributes":{"when":{"phase":"greeting"},)"
        R"("effect":{"drop":"reply"}}})");
    bench.server.says("220 hello\r\n");
    bench.server.closes();
    bench.pass(10s);
    EXPECT_THAT(bench.client->heard(),
                ElementsAre(Heard{0s, "220 hello|"}, Heard{0s, "<end_of_stream>"}));
    EXPECT_THAT(bench.recorder.of_kind(EventKind::rule_fired), IsEmpty());
}

TEST_F(LiveConnection, OneThatIsSetToZeroActsNoMore) {
    add(R"({"type":"latency","attributes":{"latency":1000}})");
    bench.post("/proxies/smtp/toxics/latency_downstream", R"({"toxicity":0})");
    bench.server.says("220 hello\r\n");
    bench.pass(5s);
    EXPECT_THAT(bench.client->heard(), ElementsAre(Heard{0s, "220 hello|"}));
}

TEST_F(LiveConnection, BandwidthIsInThousandsOfBytes) {
    add(R"({"type":"bandwidth","attributes":{"rate":1}})");
    bench.server.says("220 " + std::string(994, 'x') + "\r\n");
    bench.pass(10s);
    EXPECT_EQ(bench.client->heard().back().at, 1s);
}

TEST_F(LiveConnection, BandwidthZeroKeepsEverythingUntilItIsRemoved) {
    add(R"({"type":"bandwidth"})");
    bench.server.says("220 hello\r\n");
    bench.pass(1h);
    EXPECT_THAT(bench.client->heard(), IsEmpty());
    bench.call("DELETE", "/proxies/smtp/toxics/bandwidth_downstream");
    EXPECT_THAT(bench.client->heard(), ElementsAre(Heard{1h, "220 hello|"}));
}

TEST_F(LiveConnection, SlowCloseKeepsTheEnd) {
    add(R"({"type":"slow_close","attributes":{"delay":2000}})");
    bench.server.says("220 hello\r\n");
    bench.server.closes();
    bench.pass(10s);
    EXPECT_THAT(bench.client->heard(),
                ElementsAre(Heard{0s, "220 hello|"}, Heard{2s, "<end_of_stream>"}));
}

TEST_F(LiveConnection, TimeoutLosesAllAndCloses) {
    add(R"({"type":"timeout","attributes":{"timeout":3000}})");
    bench.server.says("220 hello\r\n");
    bench.pass(10s);
    EXPECT_THAT(bench.client->heard(), ElementsAre(Heard{3s, "<end_of_stream>"}));
}

TEST_F(LiveConnection, ResetPeerTearsDown) {
    add(R"({"type":"reset_peer","attributes":{"timeout":1000}})");
    bench.server.says("220 hello\r\n");
    bench.pass(10s);
    EXPECT_THAT(bench.client->heard(), ElementsAre(Heard{1s, "<connection_reset>"}));
}

TEST_F(LiveConnection, SlicerCountsItsDelayInMicroseconds) {
    add(R"({"type":"slicer","attributes":{"average_size":4,"size_variation":0,"delay":1000}})");
    bench.server.says("220 hi\r\n");
    bench.pass(1s);
    EXPECT_THAT(bench.client->heard(), ElementsAre(Heard{0s, "220 "}, Heard{1ms, "hi|"}));
}

TEST_F(LiveConnection, LimitDataClosesBehindItsBytes) {
    add(R"({"type":"limit_data","attributes":{"bytes":4}})");
    bench.server.says("220 hello\r\n");
    bench.pass(1s);
    EXPECT_THAT(bench.client->heard(),
                ElementsAre(Heard{0s, "220 "}, Heard{0s, "<end_of_stream>"}));
}

TEST_F(LiveConnection, AnSmtpToxicIsARule) {
    const std::string toxic =
        R"({"attributes":{"when":{"phase":"greeting","reply":"2xx"},"effect":{"delay":"3s"}},)"
        R"("name":"late","type":"smtp","stream":"downstream","toxicity":1})";
    EXPECT_EQ(bench.post(toxics_path, toxic), json(200, toxic));
    EXPECT_EQ(bench.get("/proxies/smtp/toxics/late"), json(200, toxic));
    bench.server.says("220 hello\r\n");
    bench.pass(5s);
    EXPECT_THAT(bench.client->heard(), ElementsAre(Heard{3s, "220 hello|"}));
}

TEST_F(LiveConnection, AnUpdateOfAnSmtpToxicExchangesWholeTables) {
    add(R"({"name":"late","type":"smtp","attributes":{"when":{"phase":"greeting"},)"
        R"("effect":{"delay":"3s"},"continue":true}})");
    EXPECT_EQ(
        bench.post("/proxies/smtp/toxics/late", R"({"attributes":{"effect":{"delay":"7s"}}})"),
        json(200, R"({"attributes":{"when":{"phase":"greeting"},"effect":{"delay":"7s"},)"
                  R"("continue":true},"name":"late","type":"smtp","stream":"downstream",)"
                  R"("toxicity":1})"));
    bench.server.says("220 hello\r\n");
    bench.pass(10s);
    EXPECT_THAT(bench.client->heard(), ElementsAre(Heard{7s, "220 hello|"}));
}

TEST_F(LiveConnection, RulesOfAFileAreToxics) {
    netem::Rule rule;
    rule.name = "late";
    rule.when.phase = Phase::greeting;
    rule.effect = netem::Delay{world::fixed(Duration{3s})};
    netem::NamedProxy& proxy = *bench.proxies.find("smtp");
    EXPECT_TRUE(bench.proxies.add_rules(proxy, std::array{rule}).has_value());
    EXPECT_EQ(
        bench.get("/proxies/smtp/toxics/late"),
        json(200, R"({"attributes":{"when":{"phase":"greeting","reply":"any","probability":1,)"
                  R"("scope":"message"},"effect":{"delay":"3s"}},"name":"late","type":"smtp",)"
                  R"("stream":"downstream","toxicity":1})"));
    bench.server.says("220 hello\r\n");
    bench.pass(5s);
    EXPECT_THAT(bench.client->heard(), ElementsAre(Heard{3s, "220 hello|"}));
    rule.name = "other";
    netem::Rule again = rule;
    again.name = "late";
    const netem::Changed<void> added = bench.proxies.add_rules(proxy, std::array{rule, again});
    ASSERT_FALSE(added.has_value());
    EXPECT_EQ(added.error(),
              (netem::Problem{netem::Problem::Kind::exists, "another toxic is named \"late\""}));
    EXPECT_EQ(proxy.toxics().size(), 1U);
}

TEST_F(LiveConnection, AMoveClosesIt) {
    bench.post("/proxies/smtp", R"({"upstream":"127.0.0.1:26"})");
    EXPECT_THAT(bench.client->heard(), ElementsAre(Heard{0s, "<end_of_stream>"}));
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{0s, "<end_of_stream>"}));
}

TEST_F(LiveConnection, DisablingClosesIt) {
    bench.post("/proxies/smtp", R"({"enabled":false})");
    EXPECT_THAT(bench.client->heard(), ElementsAre(Heard{0s, "<end_of_stream>"}));
}

TEST_F(LiveConnection, RemovingTheProxyClosesIt) {
    bench.call("DELETE", "/proxies/smtp");
    EXPECT_THAT(bench.client->heard(), ElementsAre(Heard{0s, "<end_of_stream>"}));
}

TEST_F(LiveConnection, AnUpdateThatChangesNothingLeavesItAlone) {
    bench.post("/proxies/smtp", R"({"listen":"localhost:2525","enabled":true})");
    bench.server.says("220 hello\r\n");
    EXPECT_THAT(bench.client->heard(), ElementsAre(Heard{0s, "220 hello|"}));
}

TEST_F(LiveConnection, AProxyThatRefusesConnectionsMayMove) {
    add(R"({"name":"no","type":"smtp","attributes":{"effect":{"refuse":"connection"}}})");
    bench.pass(1s);
    EXPECT_FALSE(bench.listens("127.0.0.1:2525"));
    EXPECT_EQ(bench.post("/proxies/smtp", R"({"upstream":"127.0.0.1:26"})").status, 200);
    bench.call("DELETE", "/proxies/smtp/toxics/no");
    bench.pass(1s);
    EXPECT_TRUE(bench.listens("127.0.0.1:2525"));
}

}  // namespace
}  // namespace twofifty
