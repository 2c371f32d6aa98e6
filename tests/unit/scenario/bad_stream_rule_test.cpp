// Bad rules on the stream, on accepting and on closing: each is named with its place, also what
// would never fire.
#include "harness/scenario/read_scenario.hpp"
#include "tests/support/complaint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace twofifty::harness {
namespace {

std::string complaint(const std::string& when, const std::string& effect,
                      const std::string& more = "") {
    return test::complaint_of<settings::Error>([&] {
        parse_scenario("fleet.messages = 1\n[[impair]]\nname = 'x'\nwhen = { " + when +
                           " }\neffect = { " + effect + " }\n" + more,
                       "s.toml");
    });
}

struct BadRule {
    const char* when;
    const char* effect;
    const char* message;
};

class BadStreamRule : public testing::TestWithParam<BadRule> {};

TEST_P(BadStreamRule, IsRefusedWithItsPlace) {
    EXPECT_THAT(complaint(GetParam().when, GetParam().effect),
                testing::StartsWith(GetParam().message));
}

constexpr const char* latency = "latency = '1s'";
constexpr const char* refuse = "refuse = 'connection'";
constexpr const char* outage = "outage = { from = '10s', length = '5s' }";

INSTANTIATE_TEST_SUITE_P(
    When, BadStreamRule,
    testing::Values(
        BadRule{"phase = 'data_done'", latency,
                "s.toml:4:10: impair[1].when.phase: is about replies, and this effect acts on the "
                "stream"},
        BadRule{"reply = '2xx'", "reset = 'connection'",
                "s.toml:4:10: impair[1].when.reply: is about replies, and this effect acts on "
                "connections"},
        BadRule{"direction = 'up'", latency,
                "s.toml:4:10: impair[1].when.direction: expected one of \"to_client\""},
        BadRule{"direction = 'to_client'", "forward_close = 'never'",
                "s.toml:4:10: impair[1].when.direction: is about bytes"},
        BadRule{"direction = 'both'", refuse,
                "s.toml:4:10: impair[1].when.direction: is about bytes"},
        BadRule{"first = 1, nth = 2", latency, "s.toml:4:21: impair[1].when.nth: contradicts"},
        BadRule{"connection = 3, nth = 2", latency,
                "s.toml:4:26: impair[1].when.nth: contradicts connection"},
        BadRule{"from = '5s', until = '5s'", latency,
                "s.toml:4:23: impair[1].when.until: the time ends before it begins"},
        BadRule{"on_off = { good = '1s' }", latency,
                "s.toml:4:10: impair[1].when.on_off.bad: missing"},
        BadRule{"probability = 0.5", refuse,
                "s.toml:4:10: impair[1].when.probability: says which connections, and refuse is"},
        BadRule{"nth = 2", refuse, "s.toml:4:10: impair[1].when.nth: says which connections"},
        BadRule{"every = 2", "connection_limit = { connections = 1 }",
                "s.toml:4:10: impair[1].when.every: says which connections, and connection_limit"},
        BadRule{"until = '10s'", outage,
                "s.toml:5:12: impair[1].effect.outage: lies outside when.from and when.until"},
        BadRule{"from = '15s'", outage,
                "s.toml:5:12: impair[1].effect.outage: lies outside when.from and when.until"},
        BadRule{"", "latency = '0s'", "s.toml:5:12: impair[1].effect.latency: changes nothing"},
        BadRule{"", "jitter = '0s'", "s.toml:5:12: impair[1].effect.jitter: changes nothing"},
        BadRule{"", "slow_close = '0s'",
                "s.toml:5:12: impair[1].effect.slow_close: changes nothing"},
        BadRule{"", "accept_late = '0s'",
                "s.toml:5:12: impair[1].effect.accept_late: changes nothing"},
        BadRule{"from = '14s'", outage, "no error"},
        BadRule{"direction = 'to_client', every = 2, from = '1s', until = '2s'", latency,
                "no error"},
        BadRule{"from = '1s', until = '2s'", refuse, "no error"},
        BadRule{"", "timeout = '0s'", "no error"}));

TEST(BadStreamRules, ContinueSaysNothing) {
    EXPECT_THAT(complaint("", latency, "continue = true\n"),
                testing::StartsWith("s.toml:6:1: impair[1].continue: says something about effects "
                                    "on replies only"));
}

TEST(BadStreamRules, ABudgetCountsConnections) {
    EXPECT_THAT(complaint("", refuse, "budget = { at_most = 1 }\n"),
                testing::StartsWith("s.toml:6:1: impair[1].budget: counts connections"));
}

}  // namespace
}  // namespace twofifty::harness
