// The API as an HTTP server: who may ask, how much, how long, and how many at a time.
#include "tests/virtual/api_bench.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

namespace twofifty {
namespace {

using namespace std::chrono_literals;
using test::ApiBench;
using test::error;
using test::Heard;
using test::HttpReply;
using test::json;
using test::parse_reply;
using test::ScriptedPeer;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view get_proxies = "GET /proxies HTTP/1.1\r\nHost: localhost\r\n\r\n";

HttpReply last_reply(const ScriptedPeer& peer) {
    return parse_reply(peer.all_bytes()).first;
}

TEST(ApiServer, ABrowserIsRefused) {
    ApiBench bench;
    EXPECT_EQ(bench.call("GET", "/proxies", "", "User-Agent: Mozilla/5.0 (X11)\r\n"),
              (HttpReply{403, "text/plain; charset=utf-8", "User agent not allowed\n"}));
    EXPECT_EQ(bench.call("GET", "/proxies", "", "User-Agent: Wget/2.1\r\n"), json(200, "{}"));
}

TEST(ApiServer, ARequestFromAWebPageIsRefused) {
    ApiBench bench;
    EXPECT_EQ(bench.call("POST", "/reset", "", "Origin: http://evil.test\r\n"),
              (HttpReply{403, "text/plain; charset=utf-8", "Origin not allowed\n"}));
}

TEST(ApiServer, WithATokenEveryRequestMustBringIt) {
    ApiBench bench({.token = "secret"});
    const HttpReply refused = error(401,
                                    "expected the header Authorization: Bearer TOKEN with the "
                                    "token that the proxy was started with");
    EXPECT_EQ(bench.get("/version"), refused);
    EXPECT_EQ(bench.get("/metrics"), refused);
    for (const std::string wrong :
         {"Bearer", "Bearer ", "Bearer secre", "Bearer secrets", "Bearer secretsecret",
          "Bearer Secret", "Basic secret", "secret"})
        EXPECT_EQ(bench.call("GET", "/proxies", "", "Authorization: " + wrong + "\r\n"), refused)
            << wrong;
    EXPECT_EQ(bench.call("GET", "/proxies", "", "Authorization: Bearer secret\r\n"),
              json(200, "{}"));
}

TEST(ApiServer, AnAnswerHasANumberOfItsOwn) {
    ApiBench bench;
    const auto peer = bench.open();
    peer->says(get_proxies);
    EXPECT_THAT(peer->heard(),
                ElementsAre(Heard{0s, "HTTP/1.1 200 OK|Server: twofifty/" TWOFIFTY_VERSION
                                      "|Content-Type: application/json|X-Toxiproxy-Request-Id: "
                                      "0000000000000001|Content-Length: 2||{}"}));
}

TEST(ApiServer, AConnectionIsKept) {
    ApiBench bench;
    const auto peer = bench.open();
    peer->says(get_proxies);
    peer->heard();
    bench.pass(59s);
    peer->says(get_proxies);
    const std::vector<Heard> heard = peer->heard();
    ASSERT_EQ(heard.size(), 1U);
    EXPECT_EQ(heard.front().at, 59s);
}

TEST(ApiServer, AnIdleConnectionIsClosedAfterAMinute) {
    ApiBench bench;
    const auto peer = bench.open();
    bench.pass(2min);
    EXPECT_THAT(peer->heard(), ElementsAre(Heard{60s, "<end_of_stream>"}));
}

TEST(ApiServer, PipelinedRequestsAreAnsweredInOrder) {
    ApiBench bench;
    const auto peer = bench.open();
    peer->says(fmt::format(
        "{0}POST /proxies HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{{}}{0}", get_proxies));
    std::string_view bytes = peer->all_bytes();
    std::vector<HttpReply> replies;
    while (!bytes.empty()) {
        const auto [reply, size] = parse_reply(bytes);
        replies.push_back(reply);
        bytes.remove_prefix(size);
    }
    EXPECT_THAT(replies, ElementsAre(json(200, "{}"), error(400, "missing required field: name"),
                                     json(200, "{}")));
}

TEST(ApiServer, ARequestMayComeByteByByte) {
    ApiBench bench;
    const auto peer = bench.open();
    for (const char c :
         std::string("\r\nPOST /proxies HTTP/1.1\r\nHost: a\r\n"
                     "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"))
        peer->says(std::string(1, c));
    EXPECT_EQ(last_reply(*peer), error(400, "missing required field: name"));
}

TEST(ApiServer, AClientThatWaitsForItIsToldToContinue) {
    ApiBench bench;
    const auto peer = bench.open();
    peer->says(
        "POST /populate HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n"
        "Expect: 100-continue\r\n\r\n");
    EXPECT_THAT(peer->heard(), ElementsAre(Heard{0s, "HTTP/1.1 100 Continue||"}));
    const std::size_t before = peer->all_bytes().size();
    peer->says("[]");
    EXPECT_EQ(parse_reply(peer->all_bytes().substr(before)).first,
              json(201, R"({"proxies":null})"));
}

TEST(ApiServer, WhatIsNoRequestIsAnswered400AndTheConnectionClosed) {
    for (const std::string bytes :
         {"EHLO client.test\r\n\r\n", "GET /proxies HTTP/1.1\r\n\r\n", "GET / HTTP/3.7\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n"}) {
        ApiBench bench;
        const auto peer = bench.open();
        peer->says(bytes);
        EXPECT_EQ(last_reply(*peer), error(400, "this is no HTTP/1.1 request")) << bytes;
        const std::vector<Heard> heard = peer->heard();
        ASSERT_FALSE(heard.empty());
        EXPECT_THAT(heard.back().what, testing::HasSubstr("<end_of_stream>")) << bytes;
    }
}

TEST(ApiServer, AHeaderHasALimit) {
    ApiBench bench;
    const auto peer = bench.open();
    peer->says("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(9000, 'x'));
    EXPECT_EQ(last_reply(*peer), error(431, "the header is larger than 8 KiB"));
}

TEST(ApiServer, ABodyHasALimit) {
    const HttpReply too_large = error(413, "the body is larger than 1 MiB");
    ApiBench bench;
    const auto told = bench.open();
    told->says("POST /populate HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n");
    EXPECT_EQ(last_reply(*told), too_large);
    const auto chunked = bench.open();
    chunked->says(
        "POST /populate HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        "100001\r\n" +
        std::string(0x100001, ' '));
    EXPECT_EQ(last_reply(*chunked), too_large);
    EXPECT_EQ(bench.post("/populate", "[]" + std::string(1048574, ' ')).status, 201);
}

TEST(ApiServer, ARequestThatTakesTooLongIsGivenUp) {
    ApiBench bench;
    const auto peer = bench.open();
    bench.pass(5s);
    for (const char c : std::string("GET /proxies HTTP/1.1\r\n")) {
        peer->says(std::string(1, c));
        bench.pass(1s);
        if (!peer->all_bytes().empty()) break;
    }
    EXPECT_EQ(last_reply(*peer), error(408, "the request did not come within 10 s"));
    EXPECT_EQ(peer->heard().front().at, 15s);
}

TEST(ApiServer, The65thConnectionIsRefusedUntilOneLeaves) {
    ApiBench bench;
    std::vector<std::unique_ptr<ScriptedPeer>> peers;
    for (int i = 0; i < 64; ++i) peers.push_back(bench.open());
    const auto one_more = bench.open();
    one_more->says(get_proxies);
    EXPECT_EQ(last_reply(*one_more),
              error(503, "64 connections are open already, and no more are served"));
    peers.front()->closes();
    EXPECT_EQ(bench.get("/proxies"), json(200, "{}"));
}

TEST(ApiServer, AnOlderClientIsAnsweredAndLetGo) {
    ApiBench bench;
    const auto peer = bench.open();
    peer->says("GET /proxies HTTP/1.0\r\n\r\n");
    EXPECT_EQ(last_reply(*peer), json(200, "{}"));
    EXPECT_THAT(peer->heard().back().what, testing::HasSubstr("<end_of_stream>"));
}

TEST(ApiServer, StopClosesEveryConnection) {
    ApiBench bench;
    const auto peer = bench.open();
    bench.api.stop();
    EXPECT_THAT(peer->heard(), ElementsAre(Heard{0s, "<end_of_stream>"}));
    EXPECT_FALSE(bench.listens("127.0.0.1:8474"));
}

}  // namespace
}  // namespace twofifty
