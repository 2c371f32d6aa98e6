// Cuts: each side, each way, before, within and after the reply.
#include "tests/virtual/impaired_250.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

namespace twofifty {
namespace {

using namespace std::chrono_literals;
using test::accepted_reply;
using test::achieved;
using test::answer_message;
using test::fired;
using test::firings;
using test::Heard;
using test::heard_250;
using test::ProxyBench;
using testing::ElementsAre;
using testing::IsEmpty;

struct CutCase {
    const char* side;
    const char* how;
    std::vector<const char*> client;
    std::vector<const char*> server;
};

class Cut : public testing::TestWithParam<CutCase> {};

std::vector<Heard> now(const std::vector<const char*>& texts) {
    std::vector<Heard> heard;
    for (const char* text : texts) heard.push_back({0s, text});
    return heard;
}

TEST_P(Cut, BeforeTheReplyNoByteOfItComes) {
    ProxyBench bench({{accepted_reply, fmt::format("{{ cut = {{ side = '{}', how = '{}' }} }}",
                                                   GetParam().side, GetParam().how)}});
    answer_message(bench);
    EXPECT_EQ(bench.client.heard(), now(GetParam().client));
    EXPECT_EQ(bench.server.heard(), now(GetParam().server));
    EXPECT_THAT(firings(bench), ElementsAre(fired("cut"), achieved("released", at(0s), 0s)));
    bench.pass(9min);
    EXPECT_THAT(bench.client.heard(), IsEmpty());
    EXPECT_THAT(bench.server.heard(), IsEmpty());
}

TEST_P(Cut, WithinTheReplyItsBeginningComes) {
    ProxyBench bench(
        {{accepted_reply,
          fmt::format("{{ cut = {{ side = '{}', how = '{}', when = {{ bytes = 3 }} }} }}",
                      GetParam().side, GetParam().how)}});
    answer_message(bench);
    std::vector<Heard> client = now({"250"});
    for (const Heard& end : now(GetParam().client)) client.push_back(end);
    EXPECT_EQ(bench.client.heard(), client);
    EXPECT_EQ(bench.server.heard(), now(GetParam().server));
}

TEST_P(Cut, AfterTheReplyItHasCome) {
    ProxyBench bench(
        {{accepted_reply, fmt::format("{{ cut = {{ side = '{}', how = '{}', when = 'after' }} }}",
                                      GetParam().side, GetParam().how)}});
    answer_message(bench);
    std::vector<Heard> client = now({heard_250});
    for (const Heard& end : now(GetParam().client)) client.push_back(end);
    EXPECT_EQ(bench.client.heard(), client);
    EXPECT_EQ(bench.server.heard(), now(GetParam().server));
}

constexpr const char* fin = "<end_of_stream>";
constexpr const char* rst = "<connection_reset>";

// Where only the client is cut, the server sees the layer go in order; where only the server is,
// the client hears nothing more.
INSTANTIATE_TEST_SUITE_P(
    Sides, Cut,
    testing::Values(CutCase{"client", "rst", {rst}, {fin}}, CutCase{"client", "fin", {fin}, {fin}},
                    CutCase{"client", "silent", {}, {}}, CutCase{"server", "rst", {}, {rst}},
                    CutCase{"server", "fin", {}, {fin}}, CutCase{"server", "silent", {}, {}},
                    CutCase{"both", "rst", {rst}, {rst}}, CutCase{"both", "fin", {fin}, {fin}},
                    CutCase{"both", "silent", {}, {}}),
    [](const auto& tested) { return std::string(tested.param.side) + "_" + tested.param.how; });

TEST(Cut, ASilentOneKeepsBothDirectionsDead) {
    ProxyBench bench({{accepted_reply, "{ cut = { side = 'both', how = 'silent' } }"}});
    answer_message(bench);
    bench.client.says("NOOP\r\n");
    bench.server.says("421 too long\r\n");
    bench.pass(1min);
    EXPECT_THAT(bench.client.heard(), IsEmpty());
    EXPECT_THAT(bench.server.heard(), IsEmpty());
}

TEST(Cut, OfTheServerTheClientsNextCommandsGoNowhere) {
    ProxyBench bench({{accepted_reply, "{ cut = 'server' }"}});
    answer_message(bench);
    bench.client.says("NOOP\r\n");
    bench.client.says("QUIT\r\n");
    bench.pass(1min);
    EXPECT_THAT(bench.client.heard(), IsEmpty());
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{0s, "<connection_reset>"}));
}

}  // namespace
}  // namespace twofifty
