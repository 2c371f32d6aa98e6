// What the API refuses, and that nothing has changed then.
#include "tests/virtual/api_bench.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <string>
#include <vector>

namespace twofifty {
namespace {

using test::ApiBench;
using test::create_smtp;
using test::error;
using test::HttpReply;
using test::json;
using test::smtp_proxy;

/// With a proxy named smtp; at the end it is as it was.
class OneProxy : public testing::Test {
protected:
    OneProxy() { bench.post("/proxies", create_smtp); }
    ~OneProxy() override {
        EXPECT_EQ(bench.get("/proxies"), json(200, "{\"smtp\":" + smtp_proxy() + "}"));
    }
    HttpReply add_toxic(std::string_view body) { return bench.post("/proxies/smtp/toxics", body); }
    ApiBench bench;
};

TEST_F(OneProxy, WithoutANameOrAnUpstreamIsNotCreated) {
    EXPECT_EQ(bench.post("/proxies", "{}"), error(400, "missing required field: name"));
    EXPECT_EQ(bench.post("/proxies", "null"), error(400, "missing required field: name"));
    EXPECT_EQ(bench.post("/proxies", R"({"name":"a","upstream":""})"),
              error(400, "missing required field: upstream"));
}

TEST_F(OneProxy, IsNotCreatedTwice) {
    EXPECT_EQ(bench.post("/proxies", R"({"name":"smtp","listen":"127.0.0.1:2599",)"
                                     R"("upstream":"127.0.0.1:25"})"),
              error(409, "proxy already exists"));
}

TEST_F(OneProxy, WhatIsNoJsonIsRefusedWithItsPlace) {
    EXPECT_EQ(bench.post("/proxies", ""),
              error(400,
                    "bad request body: request:1:1: not JSON: a value is missing, and the "
                    "document ends"));
    EXPECT_EQ(bench.post("/proxies", "[]"),
              error(400, "bad request body: request:1:1: : expected a table, found a list"));
}

TEST_F(OneProxy, AFieldOfAnotherTypeIsRefused) {
    EXPECT_EQ(bench.post("/proxies", R"({"name":1})"),
              error(400,
                    "bad request body: request:1:2: name: expected a text in quotes, found "
                    "the number 1"));
    EXPECT_EQ(bench.post("/proxies/smtp", R"({"enabled":"no"})"),
              error(400,
                    "bad request body: request:1:2: enabled: expected true or false, found "
                    "the text \"no\""));
    EXPECT_EQ(add_toxic(R"({"type":"latency","toxicity":"high"})").status, 400);
    EXPECT_EQ(add_toxic(R"({"type":"latency","attributes":{"latency":1.5}})").status, 400);
    EXPECT_EQ(add_toxic(R"({"type":"latency","attributes":[]})").status, 400);
}

TEST_F(OneProxy, APortThatIsTakenIsAnError500) {
    EXPECT_EQ(bench.post("/proxies",
                         R"({"name":"a","listen":"localhost:2525","upstream":"127.0.0.1:25"})"),
              error(500, "listen tcp 127.0.0.1:2525: bind: address already in use"));
}

TEST_F(OneProxy, AnAddressThatIsNoneIsRefused) {
    EXPECT_EQ(
        bench.post("/proxies", R"({"name":"a","listen":"local373","upstream":"127.0.0.1:25"})"),
        error(500, "listen tcp: address local373: missing port in address"));
    EXPECT_EQ(bench.post("/proxies", R"({"name":"a","upstream":"localhost"})"),
              error(400,
                    "upstream: expected host:port, such as 127.0.0.1:25, found "
                    "\"localhost\""));
    EXPECT_EQ(bench.post("/proxies", R"({"name":"a","upstream":"mail.test:25"})"),
              error(400, "upstream: mail.test:25: the host name does not resolve"));
}

TEST_F(OneProxy, ATargetThatIsNotOursIsRefused) {
    const std::string why =
        "upstream 8.8.8.8:25: 8.8.8.8 is neither loopback nor private; if the server is yours to "
        "load, start the proxy with --i-may-send-to 8.8.8.8";
    EXPECT_EQ(bench.post("/proxies", R"({"name":"a","upstream":"8.8.8.8:25"})"), error(403, why));
    EXPECT_EQ(bench.post("/proxies/smtp", R"({"upstream":"8.8.8.8:25"})"), error(403, why));
    EXPECT_EQ(bench.post("/populate", R"([{"name":"a","upstream":"8.8.8.8:25"}])"),
              json(403, fmt::format(R"({{"error":"{}","status":403,"proxies":null}})", why)));
}

TEST(ApiTargets, AreThoseThatTheAppAllows) {
    netem::ProxySetOptions options;
    options.resolve = [](const std::string& host) -> world::Result<std::vector<std::string>> {
        if (host == "inside.test") return std::vector<std::string>{"10.0.0.1"};
        if (host == "outside.test") return std::vector<std::string>{"10.0.0.1", "192.0.2.1"};
        if (host == "mine.test") return std::vector<std::string>{"192.0.2.1"};
        return world::Error::name_not_found;
    };
    options.may_send_to = [](const std::string& host) { return host == "mine.test"; };
    ApiBench bench({.proxies = std::move(options)});
    const auto status = [&bench](std::string_view host) {
        return bench.post("/proxies", fmt::format(R"({{"name":"{0}","upstream":"{0}:25"}})", host))
            .status;
    };
    EXPECT_EQ(status("inside.test"), 201);
    EXPECT_EQ(status("mine.test"), 201);
    EXPECT_EQ(status("outside.test"), 403);
    EXPECT_EQ(status("nowhere.test"), 400);
}

TEST_F(OneProxy, AMoveThatFailsChangesNothing) {
    auto taken = bench.world.network().listen({"127.0.0.1", 2526});
    EXPECT_EQ(bench.post("/proxies/smtp", R"({"listen":"127.0.0.1:2526","enabled":true})"),
              error(500, "listen tcp 127.0.0.1:2526: bind: address already in use"));
    EXPECT_TRUE(bench.listens("127.0.0.1:2525"));
}

TEST_F(OneProxy, AnUnknownProxyIsNotFound) {
    for (const std::string method : {"GET", "POST", "PATCH", "DELETE"})
        EXPECT_EQ(bench.call(method, "/proxies/none", "{}"), error(404, "proxy not found"));
    EXPECT_EQ(bench.get("/proxies/none/toxics"), error(404, "proxy not found"));
    EXPECT_EQ(bench.post("/proxies/none/toxics", "{}"), error(404, "proxy not found"));
    EXPECT_EQ(bench.get("/proxies/none/toxics/a"), error(404, "proxy not found"));
}

TEST_F(OneProxy, AnUnknownToxicIsNotFound) {
    for (const std::string method : {"GET", "POST", "PATCH", "DELETE"})
        EXPECT_EQ(bench.call(method, "/proxies/smtp/toxics/none", "{}"),
                  error(404, "toxic not found"));
}

TEST_F(OneProxy, AnInvalidToxicIsNotAdded) {
    const HttpReply stream = error(400, "stream was invalid, can be either upstream or downstream");
    EXPECT_EQ(add_toxic(R"({"type":"latency","stream":"walrustream"})"), stream);
    EXPECT_EQ(add_toxic(R"({"type":"latency","stream":""})"), stream);
    EXPECT_EQ(add_toxic(R"({"type":"molasses"})"), error(400, "invalid toxic type"));
    EXPECT_EQ(add_toxic("{}"), error(400, "invalid toxic type"));
}

TEST(ApiErrors, AToxicIsNotAddedTwiceWhateverItsStream) {
    ApiBench bench;
    bench.post("/proxies", create_smtp);
    bench.post("/proxies/smtp/toxics", R"({"name":"a","type":"latency","stream":"upstream"})");
    EXPECT_EQ(bench.post("/proxies/smtp/toxics", R"({"name":"a","type":"slow_close"})"),
              error(409, "toxic already exists"));
}

TEST_F(OneProxy, AnSmtpToxicNamesTheKeyThatIsWrong) {
    EXPECT_EQ(add_toxic(R"({"type":"smtp","attributes":{"when":{"phase":"data_don"},)"
                        R"("effect":{"drop":"reply"}}})"),
              error(400,
                    "bad request body: request:1:38: attributes.when.phase: expected one of "
                    R"("greeting", "helo", "starttls", "auth", "mail", "rcpt", "data_init", )"
                    R"("data_xfer", "data_done", "rset", "quit", "other", "any"; did you mean )"
                    R"("data_done"?, found the text "data_don")"));
    EXPECT_EQ(add_toxic(R"({"type":"smtp","attributes":{"name":"a"}})"),
              error(400,
                    "bad request body: request:1:30: attributes.name: the rule is named as "
                    "its toxic; remove it"));
    EXPECT_EQ(add_toxic(R"({"type":"smtp"})").status, 400);
}

TEST_F(OneProxy, APopulateWithOneBadEntryChangesNothing) {
    const auto populate = [this](std::string_view bad) {
        return bench.post("/populate",
                          fmt::format(R"([{{"name":"a","listen":"127.0.0.1:2526",)"
                                      R"("upstream":"127.0.0.1:25"}},{},)"
                                      R"({{"name":"smtp","upstream":"127.0.0.1:99"}}])",
                                      bad));
    };
    const auto refused = [](int status, std::string_view message) {
        return json(status,
                    fmt::format(R"({{"error":"{}","status":{},"proxies":null}})", message, status));
    };
    EXPECT_EQ(populate(R"({"upstream":"127.0.0.1:25"})"),
              refused(400, "missing required field: name at proxy 2"));
    EXPECT_EQ(populate(R"({"name":"b"})"),
              refused(400, "missing required field: upstream at proxy 2"));
    EXPECT_EQ(populate(R"({"name":"b","listen":"local373","upstream":"127.0.0.1:25"})"),
              refused(500, "listen tcp: address local373: missing port in address"));
    EXPECT_EQ(populate(R"({"name":"b","listen":"127.0.0.1:8474","upstream":"127.0.0.1:25"})"),
              refused(500, "listen tcp 127.0.0.1:8474: bind: address already in use"));
    EXPECT_EQ(populate(R"({"name":"b","enabled":1,"upstream":"127.0.0.1:25"})"),
              refused(400,
                      "bad request body: request:1:79: [2].enabled: expected true or false, "
                      "found the number 1"));
    EXPECT_EQ(populate(R"({"name":"a","upstream":"127.0.0.1:25"})"),
              refused(400, R"(the proxy \"a\" stands in the list twice)"));
    EXPECT_EQ(bench.post("/populate", "{}"),
              refused(400,
                      "bad request body: request:1:1: expected a list of proxies, found a "
                      "table"));
    EXPECT_FALSE(bench.listens("127.0.0.1:2526"));
}

TEST(ApiErrors, AResetThatFailsChangesNothing) {
    ApiBench bench;
    bench.post("/proxies", create_smtp);
    bench.post("/proxies/smtp/toxics", R"({"type":"noop"})");
    bench.post("/proxies/smtp", R"({"enabled":false})");
    const HttpReply before = bench.get("/proxies");
    auto taken = bench.world.network().listen({"127.0.0.1", 2525});
    EXPECT_EQ(bench.post("/reset"),
              error(500, "listen tcp 127.0.0.1:2525: bind: address already in use"));
    EXPECT_EQ(bench.get("/proxies"), before);
}

TEST_F(OneProxy, APathThatIsNoneIsNotFound) {
    const HttpReply not_found{404, "text/plain; charset=utf-8", "404 page not found\n"};
    for (const std::string path :
         {"/", "/none", "/proxies/", "/proxies/smtp/", "/proxies/smtp/none",
          "/proxies/smtp/toxics/", "/proxies/smtp/toxics/a/b", "proxies", "/version/1", "/twofifty",
          "/twofifty/none"})
        EXPECT_EQ(bench.get(path), not_found) << path;
}

TEST_F(OneProxy, AMethodThatThePathDoesNotKnowIsNotAllowed) {
    const HttpReply not_allowed{405, "", ""};
    for (const std::string path : {"/version", "/proxies", "/populate", "/reset",
                                   "/proxies/smtp/toxics", "/metrics", "/twofifty/release"})
        EXPECT_EQ(bench.call("DELETE", path), not_allowed) << path;
    EXPECT_EQ(bench.call("PUT", "/proxies/smtp"), not_allowed);
    EXPECT_EQ(bench.get("/reset"), not_allowed);
}

}  // namespace
}  // namespace twofifty
