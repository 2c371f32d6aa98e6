// The calls that Toxiproxy does not have: firings, release, events, verdict, metrics.
#include "tests/virtual/api_bench.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>

namespace twofifty {
namespace {

using namespace std::chrono_literals;
using test::ApiBench;
using test::error;
using test::Heard;
using test::HttpReply;
using test::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// A client and a server, connected through a proxy whose rule holds the greeting.
class HeldGreeting : public testing::Test {
protected:
    HeldGreeting() {
        bench.connect();
        bench.post("/proxies/smtp/toxics",
                   R"({"name":"held","type":"smtp","attributes":{"when":{"phase":"greeting"},)"
                   R"("effect":{"hold":"released"}}})");
        bench.server.says("220 hello\r\n");
        bench.pass(1s);
    }
    ApiBench bench;
};

std::string firing(std::string_view achieved) {
    return fmt::format(R"({{"firings":[{{"at_ms":0,"proxy":"smtp","rule":"held","connection":1,)"
                       R"("message":0,"attempt":0,"recipient":0,"phase":"greeting","code":220,)"
                       R"("effect":"hold","asked_ms":0,{}}}]}})",
                       achieved);
}

TEST_F(HeldGreeting, AFiringIsShownWhileItLastsAndAfterwards) {
    EXPECT_EQ(bench.get("/twofifty/firings"),
              json(200, firing(R"("achieved_ms":null,"ended":null)")));
    bench.post("/twofifty/release");
    EXPECT_EQ(bench.get("/twofifty/firings?proxy=smtp"),
              json(200, firing(R"("achieved_ms":1000,"ended":"released")")));
    EXPECT_EQ(bench.get("/twofifty/firings?proxy=none"), error(404, "proxy not found"));
}

TEST_F(HeldGreeting, TheFiringOfARuleThatIsGoneKeepsItsName) {
    bench.call("DELETE", "/proxies/smtp/toxics/held");
    EXPECT_EQ(bench.get("/twofifty/firings"),
              json(200, firing(R"("achieved_ms":1000,"ended":"released")")));
}

TEST_F(HeldGreeting, ReleaseLetsGoWhatOneToxicHolds) {
    for (const std::string body : {R"({"toxic":"held"})", R"({"proxy":"smtp","toxic":"held"})",
                                   R"({"proxy":"smtp"})", "{}", ""}) {
        EXPECT_EQ(bench.post("/twofifty/release", body),
                  json(200, R"({"released":[{"proxy":"smtp","toxic":"held"}]})"))
            << body;
    }
    EXPECT_THAT(bench.client->heard(), ElementsAre(Heard{1s, "220 hello|"}));
}

TEST_F(HeldGreeting, ReleaseOfWhatIsNotThereIsNotFound) {
    EXPECT_EQ(bench.post("/twofifty/release", R"({"toxic":"none"})"),
              error(404, "toxic not found"));
    EXPECT_EQ(bench.post("/twofifty/release", R"({"proxy":"none"})"),
              error(404, "proxy not found"));
    EXPECT_EQ(bench.post("/twofifty/release", R"({"rule":"held"})").status, 400);
    EXPECT_THAT(bench.client->heard(), IsEmpty());
}

TEST(ApiFirings, TheLastThousandAreKept) {
    ApiBench bench;
    bench.connect();
    bench.post("/proxies/smtp/toxics",
               R"({"name":"late","type":"smtp","attributes":{"when":{"phase":"other"},)"
               R"("effect":{"delay":"1ms"}}})");
    bench.server.says("220 hello\r\n");
    for (int i = 0; i < 1001; ++i) {
        bench.client->says("NOOP\r\n");
        bench.server.says("250 ok\r\n");
        bench.pass(1ms);
    }
    const std::string body = bench.get("/twofifty/firings").body;
    std::size_t firings = 0;
    for (std::size_t at = body.find("at_ms"); at != std::string::npos;
         at = body.find("at_ms", at + 1))
        ++firings;
    EXPECT_EQ(firings, 1000U);
    EXPECT_THAT(body, HasSubstr(R"({"firings":[{"at_ms":1,)"));
}

TEST(ApiVerdict, IsWhatTheAppSays) {
    ApiBench bench({.verdict = [] { return std::optional<std::string>(R"({"verdict":"pass"})"); }});
    EXPECT_EQ(bench.get("/twofifty/verdict"), json(200, R"({"verdict":"pass"})"));
    EXPECT_EQ(bench.post("/twofifty/verdict"), json(200, R"({"verdict":"pass"})"));
}

TEST(ApiVerdict, IsNotThereWithoutALedger) {
    ApiBench without;
    EXPECT_EQ(without.get("/twofifty/verdict"), error(404, "no ledger is kept"));
    ApiBench none({.verdict = [] { return std::optional<std::string>(); }});
    EXPECT_EQ(none.get("/twofifty/verdict"), error(404, "no ledger is kept"));
}

/// One who watches, and what has come since it was asked last.
class Watched : public testing::Test {
protected:
    Watched() : watcher(bench.open()) {
        watcher->says("GET /twofifty/events HTTP/1.1\r\nHost: a\r\n\r\n");
        news();
    }
    std::string news() {
        std::string text;
        for (const Heard& heard : watcher->heard()) text += heard.what;
        return text;
    }
    ApiBench bench;
    std::unique_ptr<test::ScriptedPeer> watcher;
};

TEST_F(Watched, TheHeadSaysThatEventsCome) {
    EXPECT_THAT(watcher->all_bytes(), HasSubstr("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(watcher->all_bytes(), HasSubstr("Content-Type: text/event-stream\r\n"));
    EXPECT_THAT(watcher->all_bytes(), HasSubstr("Connection: close\r\n"));
}

TEST_F(Watched, ADialogueIsToldAsItPassesAndOfContentsOnlyTheSize) {
    bench.connect();
    EXPECT_EQ(news(),
              "event: connected\ndata: {\"at_ms\":0,\"proxy\":\"smtp\",\"connection\":1,"
              "\"client\":\"127.0.0.1:32770\"}\n\n");
    bench.server.says("220-hello\r\n220 there\r\n");
    EXPECT_EQ(news(),
              "event: reply\ndata: {\"at_ms\":0,\"proxy\":\"smtp\",\"connection\":1,"
              "\"phase\":\"greeting\",\"code\":220,"
              "\"lines\":[\"220-hello\",\"220 there\"]}\n\n");
    bench.client->says("MAIL FROM:<a@a.test>\r\nRCPT");
    EXPECT_EQ(news(),
              "event: command\ndata: {\"at_ms\":0,\"proxy\":\"smtp\",\"connection\":1,"
              "\"line\":\"MAIL FROM:<a@a.test>\"}\n\n");
    bench.client->says(" TO:<b@b.test>\r\nDATA\r\n");
    bench.server.says("250 ok\r\n250 ok\r\n354 go on\r\n");
    news();
    bench.client->says("a secret\r\n");
    EXPECT_EQ(news(), "");
    bench.client->says(".\r\n");
    EXPECT_EQ(news(),
              "event: content\ndata: {\"at_ms\":0,\"proxy\":\"smtp\",\"connection\":1,"
              "\"bytes\":13}\n\n");
    bench.client->resets();
    EXPECT_THAT(watcher->all_bytes(), Not(HasSubstr("secret")));
}

TEST_F(Watched, APasswordIsNotTold) {
    bench.connect();
    bench.server.says("220 hello\r\n");
    bench.client->says("AUTH PLAIN AGJvYgBzZWNyZXQ=\r\n");
    bench.server.says("535 no\r\n");
    bench.client->says("AUTH LOGIN\r\n");
    bench.server.says("334 VXNlcm5hbWU6\r\n");
    bench.client->says("Ym9i\r\n");
    bench.server.says("334 UGFzc3dvcmQ6\r\n");
    bench.client->says("c2VjcmV0\r\n");
    bench.server.says("235 ok\r\n");
    bench.client->says("NOOP\r\n");
    const std::string told = news();
    EXPECT_THAT(told, HasSubstr(R"x("line":"AUTH PLAIN (not shown)")x"));
    EXPECT_THAT(told, HasSubstr(R"("line":"AUTH LOGIN")"));
    EXPECT_THAT(told, HasSubstr(R"("line":"NOOP")"));
    EXPECT_THAT(told, Not(HasSubstr("c2VjcmV0")));
    EXPECT_THAT(told, Not(HasSubstr("AGJv")));
}

TEST_F(Watched, WhatCannotBeFollowedIsCounted) {
    bench.connect();
    bench.server.says("\x01\x02\x03\x04\r\n");
    bench.client->says("abc");
    EXPECT_THAT(watcher->all_bytes(), HasSubstr(R"("stream":"downstream","bytes":6)"));
    EXPECT_THAT(watcher->all_bytes(), HasSubstr(R"("stream":"upstream","bytes":3)"));
}

TEST_F(Watched, FiringsAreTold) {
    bench.connect();
    bench.post("/proxies/smtp/toxics",
               R"({"name":"late","type":"smtp","attributes":{"when":{"phase":"greeting"},)"
               R"("effect":{"delay":"2s"}}})");
    news();
    bench.server.says("220 hello\r\n");
    const std::string begin =
        R"({"at_ms":0,"proxy":"smtp","rule":"late","connection":1,"message":0,"attempt":0,)"
        R"("recipient":0,"phase":"greeting","code":220,"effect":"delay","asked_ms":2000,)";
    EXPECT_THAT(news(), HasSubstr("event: fired\ndata: " + begin +
                                  "\"achieved_ms\":null,\"ended\":null}\n\n"));
    bench.pass(3s);
    EXPECT_EQ(news(), "event: achieved\ndata: " + begin +
                          "\"achieved_ms\":2000,\"ended\":\"released\"}\n\n");
}

TEST_F(Watched, ASilentFeedSaysThatItLives) {
    bench.pass(31s);
    EXPECT_THAT(watcher->heard(), ElementsAre(Heard{15s, ": nothing has happened\n\n"},
                                              Heard{30s, ": nothing has happened\n\n"}));
}

TEST_F(Watched, OneThatLeavesIsForgotten) {
    watcher->closes();
    bench.connect();
    bench.server.says("220 hello\r\n");
    EXPECT_THAT(bench.client->heard(), ElementsAre(Heard{0s, "220 hello|"}));
}

TEST(ApiEvents, ASlowReaderLosesEventsAndIsToldHowMany) {
    world::virtual_world::VirtualWorld world(1);
    netem::api::EventFeed feed(world.clock().ready());
    const auto source = feed.subscribe();
    const std::string data(100 * 1024, 'x');
    for (int i = 0; i < 5; ++i) feed.publish("command", data);
    feed.publish("command", "short");
    const std::string event = "event: command\ndata: " + data + "\n\n";
    EXPECT_EQ(source->take(), event + event + "event: lost\ndata: {\"events\":4}\n\n");
    EXPECT_EQ(source->take(), "");
    feed.publish("command", "short");
    EXPECT_EQ(source->take(), "event: command\ndata: short\n\n");
}

TEST(ApiMetrics, CountWhatHappensAtEachProxy) {
    ApiBench bench;
    bench.connect();
    bench.post("/proxies/smtp/toxics",
               R"({"name":"late","type":"smtp","attributes":{"when":{"phase":"greeting"},)"
               R"("effect":{"delay":"2s"}}})");
    bench.server.says("220 hello\r\n");
    bench.pass(3s);
    bench.client->says("QUIT\r\n");
    const HttpReply metrics = bench.get("/metrics");
    EXPECT_EQ(metrics.status, 200);
    EXPECT_EQ(metrics.content_type, "text/plain; version=0.0.4; charset=utf-8");
    for (
        const std::string line :
        {R"(# TYPE twofifty_proxy_connections_open gauge)",
         R"(twofifty_proxy_connections_open{proxy="smtp"} 1)",
         R"(twofifty_proxy_connections_total{proxy="smtp"} 1)",
         R"(twofifty_proxy_received_bytes_total{direction="upstream",proxy="smtp"} 6)",
         R"(twofifty_proxy_received_bytes_total{direction="downstream",proxy="smtp"} 11)",
         R"(twofifty_proxy_replies_total{class="2xx",phase="greeting",proxy="smtp"} 1)",
         R"(twofifty_rule_matched_total{proxy="smtp",rule="late"} 1)",
         R"(twofifty_rule_firings_total{effect="delay",phase="greeting",proxy="smtp",rule="late"} 1)",
         R"(twofifty_rule_lateness_seconds_count{proxy="smtp"} 1)",
         R"(twofifty_rule_lateness_seconds_sum{proxy="smtp"} 0)",
         R"(twofifty_rule_lateness_seconds_bucket{proxy="smtp",le="0.0001"} 1)",
         R"(twofifty_rule_lateness_seconds_bucket{proxy="smtp",le="+Inf"} 1)"})
        EXPECT_THAT(metrics.body, HasSubstr(line + "\n"));
}

TEST(ApiMetrics, OfAProxyThatIsGoneNothingIsLeft) {
    ApiBench bench;
    bench.connect();
    bench.call("DELETE", "/proxies/smtp");
    EXPECT_THAT(bench.get("/metrics").body, Not(HasSubstr("smtp")));
}

}  // namespace
}  // namespace twofifty
