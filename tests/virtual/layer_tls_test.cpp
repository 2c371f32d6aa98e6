// Whole runs whose mail is encrypted on both sides of the layer: it still sees each reply, and does
// to it what the rules say.
#include "tests/support/virtual_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>

namespace twofifty {
namespace {

using test::run_virtual;
using test::VirtualRun;

std::string impaired(std::string_view fleet, std::string_view rule, std::string_view layer = "") {
    return fmt::format(R"(
[fleet]
messages = 30
connections = 2
messages_per_connection = 5
timeouts = {{ starttls = "3s", data_done = "2s" }}
retry = {{ schedule = ["1s"], lifetime = "1m" }}
{}
[layer]
{}
[[impair]]
name = "r"
{}
)",
                       fleet, layer, rule);
}

constexpr std::string_view drop_first =
    R"(when = { phase = "data_done", reply = "2xx", first = 1 }
effect = { drop = "reply" })";

TEST(LayerTls, ADroppedReplyInsideTlsMakesACopyOfEachMessage) {
    for (const std::string_view mode : {"opportunistic", "starttls", "implicit"}) {
        for (const std::string_view version : {"1.2", "1.3"}) {
            SCOPED_TRACE(fmt::format("{} {}", mode, version));
            const VirtualRun run = run_virtual(
                impaired(fmt::format(R"(tls = {{ mode = "{}", version = "{}" }})", mode, version),
                         drop_first),
                {.short_read_chance = 0.5, .buffer_size = 4096});
            EXPECT_EQ(run.verdict("duplicated"), 30U);
            EXPECT_EQ(run.cause("reply_dropped"), 30U);
            EXPECT_EQ(run.summary.discrepancies, 0U);
        }
    }
}

TEST(LayerTls, ALayerThatPassesTlsOnSeesNothingAndSaysSo) {
    const VirtualRun run =
        run_virtual(impaired(R"(tls = "starttls")", drop_first, R"(tls = "pass")"));
    EXPECT_EQ(run.verdict("once"), 30U);
    EXPECT_TRUE(run.of_kind(EventKind::rule_fired).empty());
}

/// How the first attempt of message 1 ended.
std::string first_end(const VirtualRun& run) {
    const std::vector<Event> ends = run.of_kind(EventKind::attempt_ended);
    const auto first = std::ranges::find_if(
        ends, [](const Event& end) { return end.message == 1 && end.attempt == 1; });
    if (first == ends.end()) return "none";
    return fmt::format("{} {} {}", to_string(first->outcome), to_string(first->phase), first->text);
}

TEST(LayerTls, AGoAheadThatIsDroppedLeavesTheClientWaitingForIt) {
    const VirtualRun run =
        run_virtual(impaired(R"(tls = "starttls")",
                             R"(when = { phase = "starttls", first = 1, scope = "run" }
effect = { drop = "reply" })"));
    EXPECT_EQ(first_end(run), "not_sent starttls timed_out");
    EXPECT_EQ(run.verdict("once"), 30U);
}

TEST(LayerTls, AGoAheadThatIsLateDelaysTheHandshakeOnly) {
    const VirtualRun run =
        run_virtual(impaired(R"(tls = "starttls")", R"(when = { phase = "starttls" }
effect = { delay = "1s" })"));
    EXPECT_EQ(run.verdict("once"), 30U);
    EXPECT_EQ(run.summary.attempts, 30U);
}

TEST(LayerTls, AConnectionCutAtTheGoAheadDeliversNothing) {
    const VirtualRun run =
        run_virtual(impaired(R"(tls = "opportunistic")", R"(when = { phase = "starttls" }
effect = { cut = "client" })"));
    EXPECT_EQ(run.verdict("pending") + run.verdict("failed"), 30U);
    EXPECT_EQ(run.summary.copies, 0U);
}

TEST(LayerTls, AConnectionCutInsideTlsIsAnUnknownOutcome) {
    const VirtualRun run =
        run_virtual(impaired(R"(tls = "starttls")", R"(when = { phase = "data_done", first = 1 }
effect = { cut = "client" })"));
    EXPECT_EQ(run.cause("connection_cut"), 30U);
}

}  // namespace
}  // namespace twofifty
