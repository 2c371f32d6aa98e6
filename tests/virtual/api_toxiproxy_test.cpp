// Each call that Toxiproxy documents, with the status, the content type and the whole body that its
// clients are used to.
#include "tests/virtual/api_bench.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

namespace twofifty {
namespace {

using test::ApiBench;
using test::create_smtp;
using test::error;
using test::HttpReply;
using test::json;
using test::no_content;
using test::smtp_proxy;

constexpr std::string_view add_latency =
    R"({"type":"latency","attributes":{"latency":100,"jitter":10}})";
constexpr std::string_view shown_latency =
    R"({"attributes":{"latency":100,"jitter":10},"name":"latency_downstream","type":"latency",)"
    R"("stream":"downstream","toxicity":1})";

/// With a proxy named smtp that has one toxic.
class OneToxic : public testing::Test {
protected:
    OneToxic() {
        bench.post("/proxies", create_smtp);
        bench.post("/proxies/smtp/toxics", add_latency);
    }
    ApiBench bench;
};

TEST(ToxiproxyCall, VersionIsOneThatClientsKnow) {
    ApiBench bench;
    EXPECT_EQ(bench.get("/version"),
              (HttpReply{200, "application/json;charset=utf-8", "{\"version\": \"2.12.0\"}\n"}));
}

TEST(ToxiproxyCall, WithoutProxiesTheListIsAnEmptyObject) {
    ApiBench bench;
    EXPECT_EQ(bench.get("/proxies"), json(200, "{}"));
}

TEST(ToxiproxyCall, AProxyIsCreatedAndListens) {
    ApiBench bench;
    EXPECT_EQ(bench.post("/proxies", create_smtp), json(201, smtp_proxy()));
    EXPECT_TRUE(bench.listens("127.0.0.1:2525"));
}

TEST(ToxiproxyCall, AFreePortIsShownAsWhatItBecame) {
    ApiBench bench;
    EXPECT_EQ(
        bench.post("/proxies", R"({"name":"a","listen":"localhost:0","upstream":"localhost:25"})"),
        json(201, R"({"name":"a","listen":"127.0.0.1:32769","upstream":"localhost:25",)"
                  R"("enabled":true,"toxics":[]})"));
}

TEST(ToxiproxyCall, ADisabledProxyIsShownAsItWasWritten) {
    ApiBench bench;
    EXPECT_EQ(bench.post("/proxies", R"({"name":"a","listen":"localhost:2525",)"
                                     R"("upstream":"localhost:25","enabled":false})"),
              json(201, R"({"name":"a","listen":"localhost:2525","upstream":"localhost:25",)"
                        R"("enabled":false,"toxics":[]})"));
    EXPECT_FALSE(bench.listens("127.0.0.1:2525"));
}

TEST(ToxiproxyCall, ProxiesAreListedByName) {
    ApiBench bench;
    bench.post("/proxies", create_smtp);
    bench.post("/proxies", R"({"name":"b","upstream":"127.0.0.1:25","enabled":false})");
    EXPECT_EQ(bench.get("/proxies"),
              json(200, R"({"b":{"name":"b","listen":"127.0.0.1:0","upstream":"127.0.0.1:25",)"
                        R"("enabled":false,"toxics":[]},"smtp":)" +
                            smtp_proxy() + "}"));
}

TEST_F(OneToxic, AProxyIsShownWithItsToxics) {
    EXPECT_EQ(bench.get("/proxies/smtp"), json(200, smtp_proxy(shown_latency)));
}

TEST(ToxiproxyCall, AProxyIsDisabledAndEnabledAgain) {
    for (const std::string method : {"POST", "PATCH"}) {
        ApiBench bench;
        bench.post("/proxies", create_smtp);
        EXPECT_EQ(bench.call(method, "/proxies/smtp", R"({"enabled":false})"),
                  json(200, R"({"name":"smtp","listen":"127.0.0.1:2525",)"
                            R"("upstream":"127.0.0.1:25","enabled":false,"toxics":[]})"));
        EXPECT_FALSE(bench.listens("127.0.0.1:2525"));
        EXPECT_EQ(bench.call(method, "/proxies/smtp", R"({"enabled":true})"),
                  json(200, smtp_proxy()));
        EXPECT_TRUE(bench.listens("127.0.0.1:2525"));
    }
}

TEST_F(OneToxic, AProxyMovesToOtherPlacesAndKeepsItsToxics) {
    EXPECT_EQ(bench.call("PATCH", "/proxies/smtp",
                         R"({"listen":"127.0.0.1:2526","upstream":"127.0.0.1:26"})"),
              json(200, fmt::format(R"({{"name":"smtp","listen":"127.0.0.1:2526",)"
                                    R"("upstream":"127.0.0.1:26","enabled":true,"toxics":[{}]}})",
                                    shown_latency)));
    EXPECT_FALSE(bench.listens("127.0.0.1:2525"));
    EXPECT_TRUE(bench.listens("127.0.0.1:2526"));
}

TEST(ToxiproxyCall, AnUpdateWithAWholeProxyChangesWhatDiffers) {
    ApiBench bench;
    bench.post("/proxies", create_smtp);
    const std::string whole = smtp_proxy();
    EXPECT_EQ(bench.post("/proxies/smtp", whole), json(200, whole));
}

TEST(ToxiproxyCall, AProxyIsDeleted) {
    ApiBench bench;
    bench.post("/proxies", create_smtp);
    EXPECT_EQ(bench.call("DELETE", "/proxies/smtp"), no_content);
    EXPECT_FALSE(bench.listens("127.0.0.1:2525"));
    EXPECT_EQ(bench.call("DELETE", "/proxies/smtp"), error(404, "proxy not found"));
}

TEST_F(OneToxic, ToxicsAreListedAndShown) {
    EXPECT_EQ(bench.get("/proxies/smtp/toxics"), json(200, fmt::format("[{}]", shown_latency)));
    EXPECT_EQ(bench.get("/proxies/smtp/toxics/latency_downstream"),
              json(200, std::string(shown_latency)));
}

TEST(ToxiproxyCall, UpstreamsToxicsAreListedFirst) {
    ApiBench bench;
    bench.post("/proxies", create_smtp);
    bench.post("/proxies/smtp/toxics", R"({"type":"noop","name":"a"})");
    bench.post("/proxies/smtp/toxics", R"({"type":"noop","name":"b","stream":"upstream"})");
    EXPECT_EQ(
        bench.get("/proxies/smtp/toxics"),
        json(200, R"([{"attributes":{},"name":"b","type":"noop","stream":"upstream","toxicity":1},)"
                  R"({"attributes":{},"name":"a","type":"noop","stream":"downstream",)"
                  R"("toxicity":1}])"));
}

TEST(ToxiproxyCall, EveryTypeIsAddedAndShownWithAllItsAttributes) {
    ApiBench bench;
    bench.post("/proxies", create_smtp);
    const std::vector<std::pair<std::string, std::string>> types{
        {"noop", "{}"},
        {"latency", R"({"latency":100,"jitter":0})"},
        {"bandwidth", R"({"rate":64})"},
        {"slow_close", R"({"delay":1000})"},
        {"timeout", R"({"timeout":5000})"},
        {"reset_peer", R"({"timeout":0})"},
        {"slicer", R"({"average_size":64,"size_variation":16,"delay":10})"},
        {"limit_data", R"({"bytes":1000})"}};
    for (const auto& [type, attributes] : types) {
        EXPECT_EQ(bench.post("/proxies/smtp/toxics",
                             fmt::format(R"({{"type":"{}","stream":"upstream","toxicity":0.2,)"
                                         R"("attributes":{}}})",
                                         type, attributes)),
                  json(200, fmt::format(R"({{"attributes":{},"name":"{}_upstream","type":"{}",)"
                                        R"("stream":"upstream","toxicity":0.2}})",
                                        attributes, type, type)));
    }
}

TEST(ToxiproxyCall, AttributesThatAreNotThereAreZero) {
    ApiBench bench;
    bench.post("/proxies", create_smtp);
    for (const std::string attributes : {R"("attributes":{},)", R"("attributes":null,)", ""}) {
        EXPECT_EQ(bench.post("/proxies/smtp/toxics",
                             "{" + attributes + R"("type":"latency","name":"a"})"),
                  json(200, R"({"attributes":{"latency":0,"jitter":0},"name":"a",)"
                            R"("type":"latency","stream":"downstream","toxicity":1})"));
        bench.call("DELETE", "/proxies/smtp/toxics/a");
    }
}

TEST_F(OneToxic, AnUpdateKeepsWhatItDoesNotName) {
    const std::string path = "/proxies/smtp/toxics/latency_downstream";
    EXPECT_EQ(bench.post(path, R"({"toxicity":0.5,"attributes":{"latency":1000}})"),
              json(200, R"({"attributes":{"latency":1000,"jitter":10},"name":"latency_downstream",)"
                        R"("type":"latency","stream":"downstream","toxicity":0.5})"));
    const HttpReply after =
        json(200, R"({"attributes":{"latency":1000,"jitter":0},"name":"latency_downstream",)"
                  R"("type":"latency","stream":"downstream","toxicity":0.5})");
    EXPECT_EQ(bench.call("PATCH", path, R"({"attributes":{"jitter":0}})"), after);
    EXPECT_EQ(bench.get(path), after);
}

TEST_F(OneToxic, AToxicIsDeleted) {
    EXPECT_EQ(bench.call("DELETE", "/proxies/smtp/toxics/latency_downstream"), no_content);
    EXPECT_EQ(bench.get("/proxies/smtp/toxics"), json(200, "[]"));
}

TEST_F(OneToxic, ResetEnablesAllAndRemovesAllToxics) {
    bench.post("/proxies/smtp", R"({"enabled":false})");
    EXPECT_EQ(bench.post("/reset"), no_content);
    EXPECT_EQ(bench.get("/proxies"), json(200, "{\"smtp\":" + smtp_proxy() + "}"));
    EXPECT_TRUE(bench.listens("127.0.0.1:2525"));
}

TEST(ToxiproxyCall, PopulateCreatesAll) {
    ApiBench bench;
    const std::string other = R"({"name":"b","listen":"127.0.0.1:2526","upstream":"127.0.0.1:26",)"
                              R"("enabled":false,"toxics":[]})";
    EXPECT_EQ(bench.post("/populate", fmt::format("[{},{}]", create_smtp, other)),
              json(201, fmt::format(R"({{"proxies":[{},{}]}})", smtp_proxy(), other)));
    EXPECT_TRUE(bench.listens("127.0.0.1:2525"));
    EXPECT_FALSE(bench.listens("127.0.0.1:2526"));
}

TEST(ToxiproxyCall, PopulateOfNothingIsNull) {
    ApiBench bench;
    EXPECT_EQ(bench.post("/populate", "[]"), json(201, R"({"proxies":null})"));
}

TEST_F(OneToxic, PopulateLeavesAloneWhatIsThere) {
    EXPECT_EQ(bench.post("/populate", R"([{"name":"smtp","listen":"localhost:2525",)"
                                      R"("upstream":"127.0.0.1:25"}])"),
              json(201, fmt::format(R"({{"proxies":[{}]}})", smtp_proxy(shown_latency))));
}

TEST_F(OneToxic, PopulateExchangesWhatDiffers) {
    EXPECT_EQ(bench.post("/populate", R"([{"name":"smtp","listen":"127.0.0.1:2525",)"
                                      R"("upstream":"127.0.0.1:26"}])"),
              json(201, R"({"proxies":[{"name":"smtp","listen":"127.0.0.1:2525",)"
                        R"("upstream":"127.0.0.1:26","enabled":true,"toxics":[]}]})"));
    EXPECT_TRUE(bench.listens("127.0.0.1:2525"));
}

TEST(ToxiproxyCall, PopulateExchangesTwoPlaces) {
    ApiBench bench;
    const auto both = [](int first, int second) {
        const auto proxy = [](std::string_view name, int port) {
            return fmt::format(
                R"({{"name":"{}","listen":"127.0.0.1:{}","upstream":"127.0.0.1:25"}})", name, port);
        };
        return "[" + proxy("a", first) + "," + proxy("b", second) + "]";
    };
    bench.post("/populate", both(2525, 2526));
    const HttpReply reply = bench.post("/populate", both(2526, 2525));
    EXPECT_EQ(reply.status, 201) << reply.body;
    EXPECT_EQ(bench.proxies.find("a")->listen(), "127.0.0.1:2526");
    EXPECT_EQ(bench.proxies.find("b")->listen(), "127.0.0.1:2525");
}

}  // namespace
}  // namespace twofifty
