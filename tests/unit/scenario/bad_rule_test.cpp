// Bad rules and bad expectations: each is named with its place, also what would never fire.
#include "harness/scenario/read_scenario.hpp"
#include "tests/support/complaint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace twofifty::harness {
namespace {

std::string complaint(const std::string& toml) {
    return test::complaint_of<settings::Error>([&] { parse_scenario(toml, "s.toml"); });
}

/// One line of a rule (line 4 of the file) or two, and how the message begins.
struct BadRule {
    const char* when;
    const char* effect;
    const char* message;
};

std::string rule_file(const std::string& when, const std::string& effect) {
    return "fleet.messages = 1\n[[impair]]\nname = 'x'\nwhen = { " + when + " }\neffect = { " +
           effect + " }\n";
}

class BadRuleTest : public testing::TestWithParam<BadRule> {};

TEST_P(BadRuleTest, IsRefusedWithItsPlace) {
    EXPECT_THAT(complaint(rule_file(GetParam().when, GetParam().effect)),
                testing::StartsWith(GetParam().message));
}

constexpr const char* drop = "drop = 'reply'";
constexpr const char* done = "phase = 'data_done'";
constexpr const char* content = "phase = 'data_xfer'";

INSTANTIATE_TEST_SUITE_P(
    When, BadRuleTest,
    testing::Values(
        BadRule{"", drop, "s.toml:4:1: impair[1].when.phase: missing; expected such as phase = "},
        BadRule{"phase = 'dat_done'", drop,
                "s.toml:4:10: impair[1].when.phase: expected one of \"greeting\", "},
        BadRule{"phase = 'none'", drop, "s.toml:4:10: impair[1].when.phase: expected one of "},
        BadRule{
            "phase = 'connect'", drop,
            "s.toml:4:10: impair[1].when.phase: a connection that opens has no reply; expected "},
        BadRule{"phase = 'rcpt', reply = '6xx'", drop,
                "s.toml:4:26: impair[1].when.reply: expected a class \"2xx\" to \"5xx\", a code "},
        BadRule{"phase = 'rcpt', reply = '25'", drop,
                "s.toml:4:26: impair[1].when.reply: expected a class "},
        BadRule{
            "phase = 'rcpt', reply = 250", drop,
            "s.toml:4:26: impair[1].when.reply: expected a text in quotes, found the number 250"},
        BadRule{"phase = 'data_xfer', reply = '2xx'", drop,
                "s.toml:4:31: impair[1].when.reply: contradicts phase = \"data_xfer\""},
        BadRule{"phase = 'data_done', reply = '354'", drop,
                "s.toml:4:31: impair[1].when.reply: no 3xx reply exists in phase data_done"},
        BadRule{"phase = 'data_init', reply = '250'", drop,
                "s.toml:4:31: impair[1].when.reply: DATA is never answered by 2xx"},
        BadRule{
            "phase = 'data_done', probability = 1.01", drop,
            "s.toml:4:31: impair[1].when.probability: expected a number from 0 to 1, found the "},
        BadRule{"phase = 'data_done', probability = -0.1", drop,
                "s.toml:4:31: impair[1].when.probability: expected a number from 0 to 1"},
        BadRule{"phase = 'data_done', probability = nan", drop,
                "s.toml:4:31: impair[1].when.probability: expected a number from 0 to 1"},
        BadRule{"phase = 'data_done', probability = '2%'", drop,
                "s.toml:4:31: impair[1].when.probability: expected a number from 0 to 1"},
        BadRule{"phase = 'data_done', first = 0", drop,
                "s.toml:4:31: impair[1].when.first: expected a whole number from 1 "},
        BadRule{"phase = 'data_done', first = 1, nth = 2", drop,
                "s.toml:4:42: impair[1].when.nth: contradicts first"},
        BadRule{"phase = 'data_done', every = 1, first = 2", drop,
                "s.toml:4:31: impair[1].when.every: contradicts first"},
        BadRule{"phase = 'data_done', every = 1, nth = 2", drop,
                "s.toml:4:31: impair[1].when.every: contradicts nth"},
        BadRule{"phase = 'data_done', attempt = 0", drop,
                "s.toml:4:31: impair[1].when.attempt: expected a whole number from 1 "},
        BadRule{"phase = 'data_done', recipient = ''", drop,
                "s.toml:4:31: impair[1].when.recipient: expected a pattern of 1 to 320 characters"},
        BadRule{"phase = 'greeting', attempt = 1", drop,
                "s.toml:4:30: impair[1].when.attempt: no message is known in phase greeting"},
        BadRule{"phase = 'mail', recipient = '*'", drop,
                "s.toml:4:26: impair[1].when.recipient: no recipient is known in phase mail"},
        BadRule{"phase = 'quit', first = 1", drop,
                "s.toml:4:26: impair[1].when.first: counts per message, and none is known in phase "
                "quit"},
        BadRule{"phase = 'data_done', scope = 'all'", drop,
                "s.toml:4:31: impair[1].when.scope: expected one of \"message\", \"run\""},
        BadRule{
            "phase = 'data_done', probabilty = 1", drop,
            "s.toml:4:31: impair[1].when.probabilty: unknown key; did you mean \"probability\"?"}));

INSTANTIATE_TEST_SUITE_P(
    Effect, BadRuleTest,
    testing::Values(
        BadRule{done, "",
                "s.toml:5:1: impair[1].effect: no effect; expected one of delay, hold, drop"},
        BadRule{done, "dorp = 'reply'",
                "s.toml:5:12: impair[1].effect.dorp: unknown effect; did you mean \"drop\"?"},
        BadRule{
            done, "explode = true",
            "s.toml:5:12: impair[1].effect.explode: unknown effect; known: delay, hold, drop, "},
        BadRule{
            done, "drop = 'reply', delay = '1s'",
            "s.toml:5:28: impair[1].effect.delay: a rule has one effect, and here is drop already"},
        BadRule{done, "drop = 'all'",
                "s.toml:5:12: impair[1].effect.drop: expected \"reply\", found the text \"all\""},
        BadRule{done, "swallow = 1", "s.toml:5:12: impair[1].effect.swallow: expected \"reply\""},
        BadRule{done, "delay = 3",
                "s.toml:5:12: impair[1].effect.delay: expected a duration with its "},
        BadRule{done, "delay = '31d'",
                "s.toml:5:12: impair[1].effect.delay: expected a duration from 0s to 30d"},
        BadRule{done, "delay = { distribution = 'normal', mean = '1s' }",
                "s.toml:5:12: impair[1].effect.delay.deviation: missing; this distribution needs "},
        BadRule{done, "hold = 'release'",
                "s.toml:5:12: impair[1].effect.hold: expected a duration up to 30d such as"},
        BadRule{done, "cut = 'server '",
                "s.toml:5:12: impair[1].effect.cut: expected one of \"client\", \"server\", "
                "\"both\"; did "},
        BadRule{
            done, "cut = { how = 'reset' }",
            "s.toml:5:20: impair[1].effect.cut.how: expected one of \"fin\", \"rst\", \"silent\""},
        BadRule{done, "cut = { when = { bytes = 0 } }",
                "s.toml:5:29: impair[1].effect.cut.when.bytes: expected a whole number from 1 to "
                "65536"},
        BadRule{done, "replace = '45 later'",
                "s.toml:5:12: impair[1].effect.replace: expected one reply line without CRLF"},
        BadRule{done, "replace = \"451 a\\r\\n250 b\"",
                "s.toml:5:12: impair[1].effect.replace: expected one reply line without CRLF"}));

INSTANTIATE_TEST_SUITE_P(
    InTheContent, BadRuleTest,
    testing::Values(
        BadRule{content, "swallow = 'reply'",
                "s.toml:5:12: impair[1].effect.swallow: contradicts phase = \"data_xfer\""},
        BadRule{content, "replace = '451 x'",
                "s.toml:5:12: impair[1].effect.replace: contradicts phase = \"data_xfer\""},
        BadRule{content, "cut = { when = 'after' }",
                "s.toml:5:12: impair[1].effect.cut: contradicts phase = \"data_xfer\""},
        BadRule{content, "cut = { when = { bytes = 1 } }",
                "s.toml:5:12: impair[1].effect.cut: contradicts phase = \"data_xfer\""},
        BadRule{content, "hold = 'next_command'",
                "s.toml:5:12: impair[1].effect.hold: contradicts phase = \"data_xfer\""},
        BadRule{content, "drip = {}",
                "s.toml:5:12: impair[1].effect.drip: contradicts phase = \"data_xfer\""},
        BadRule{content, "truncate = 3",
                "s.toml:5:12: impair[1].effect.truncate: contradicts phase = \"data_xfer\""},
        BadRule{content, "corrupt = 'code'",
                "s.toml:5:12: impair[1].effect.corrupt: contradicts phase = \"data_xfer\""},
        BadRule{content, "duplicate = 'reply'",
                "s.toml:5:12: impair[1].effect.duplicate: contradicts phase = \"data_xfer\""},
        BadRule{content, "loss = { transmissions = 1 }",
                "s.toml:5:12: impair[1].effect.loss: contradicts phase = \"data_xfer\""},
        BadRule{content, "slice = { at = [1, 5] }",
                "s.toml:5:12: impair[1].effect.slice: contradicts phase = \"data_xfer\": the end "
                "of a content is CRLF.CRLF"}));

INSTANTIATE_TEST_SUITE_P(
    NeverFires, BadRuleTest,
    testing::Values(
        BadRule{"phase = 'auth'", drop,
                "s.toml:4:10: impair[1].when.phase: nobody authenticates here, so the rule would "
                "never fire"},
        BadRule{"phase = 'starttls'", drop,
                "s.toml:4:10: impair[1].when.phase: nobody says STARTTLS here, so the rule would "
                "never fire"},
        BadRule{"phase = 'data_done', ended_by = 'bdat'", drop,
                "s.toml:4:31: impair[1].when.ended_by: no message is sent in chunks here"},
        BadRule{"phase = 'rcpt', ended_by = 'bdat'", drop,
                "s.toml:4:26: impair[1].when.ended_by: no content is known in phase rcpt"},
        BadRule{"phase = 'data_done', size_least = '2KiB', size_most = '1KiB'", drop,
                "s.toml:4:52: impair[1].when.size_most: is below size_least"},
        BadRule{"phase = 'data_xfer', text = '*'", drop,
                "s.toml:4:31: impair[1].when.text: contradicts phase = \"data_xfer\""},
        BadRule{"phase = 'helo', transaction = 1", drop,
                "s.toml:4:26: impair[1].when.transaction: no message is known in phase helo"},
        BadRule{"phase = 'data_done', from = '2s', until = '1s'", drop,
                "s.toml:4:44: impair[1].when.until: the time ends before it begins"},
        BadRule{"phase = 'data_done', on_off = { good = '1s' }", drop,
                "s.toml:4:31: impair[1].when.on_off.bad: missing"}));

TEST(BadRules, ADotThatNoMessageEndsInIsRefused) {
    EXPECT_THAT(complaint("fleet = { messages = 1, chunking = true }\n[[impair]]\nname = 'x'\n"
                          "when = { phase = 'data_done', ended_by = 'dot' }\n"
                          "effect = { drop = 'reply' }\n"),
                testing::StartsWith("s.toml:4:31: impair[1].when.ended_by: every message is sent "
                                    "in chunks here, so the rule would never fire"));
}

TEST(BadRules, ASecondAttemptWhereThereIsButOneIsRefused) {
    EXPECT_THAT(complaint("fleet = { messages = 1, retry = { lifetime = '0s' } }\n[[impair]]\n"
                          "name = 'x'\nwhen = { phase = 'data_done', attempt = 2 }\n"
                          "effect = { drop = 'reply' }\n"),
                testing::StartsWith("s.toml:4:31: impair[1].when.attempt: contradicts "
                                    "fleet.retry.lifetime = \"0s\""));
}

TEST(BadRules, ANameIsNeeded) {
    EXPECT_THAT(complaint("fleet.messages = 1\n[[impair]]\nwhen = { phase = 'rcpt' }\n"),
                testing::StartsWith("s.toml:2:1: impair[1].name: expected 1 to 64 letters, "));
}

TEST(BadRules, ANameWithADotIsRefused) {
    EXPECT_THAT(complaint("fleet.messages = 1\n[[impair]]\nname = 'a.b'\n"),
                testing::StartsWith("s.toml:3:1: impair[1].name: expected 1 to 64 letters, "));
}

TEST(BadRules, ASecondRuleOfOneNameIsRefused) {
    const std::string rule =
        "[[impair]]\nname = 'x'\nwhen = { phase = 'data_done' }\neffect = { drop = 'reply' }\n";
    EXPECT_THAT(complaint("fleet.messages = 1\n" + rule + rule),
                testing::StartsWith("s.toml:7:1: impair[2].name: another rule is named \"x\""));
}

TEST(BadRules, WhenAndEffectAreNeeded) {
    EXPECT_THAT(
        complaint("fleet.messages = 1\n[[impair]]\nname = 'x'\neffect = { drop = 'reply' }\n"),
        testing::StartsWith("s.toml:2:1: impair[1].when: missing"));
    EXPECT_THAT(
        complaint("fleet.messages = 1\n[[impair]]\nname = 'x'\nwhen = { phase = 'rcpt' }\n"),
        testing::StartsWith("s.toml:2:1: impair[1].effect: missing"));
}

struct BadExpectation {
    const char* line;
    const char* message;
};

class BadExpectationTest : public testing::TestWithParam<BadExpectation> {};

TEST_P(BadExpectationTest, IsRefusedWithItsPlace) {
    const std::string file = rule_file(done, drop) + "[expect]\n" + GetParam().line + "\n";
    EXPECT_THAT(complaint(file), testing::StartsWith(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Expect, BadExpectationTest,
    testing::Values(
        BadExpectation{"lst = '== 0'",
                       "s.toml:7:1: expect.lst: unknown figure; did you mean \"lost\"?"},
        BadExpectation{"xyzzyx = '== 0'",
                       "s.toml:7:1: expect.xyzzyx: unknown figure; docs/scenario.md"},
        BadExpectation{"'latency.data_don.p99' = '< 1s'",
                       "s.toml:7:1: expect.latency.data_don.p99: unknown figure; did you mean "
                       "\"latency.data_done.p99\"?"},
        BadExpectation{"latency.data_done.p98 = '< 1s'",
                       "s.toml:7:19: expect.latency.data_done.p98: unknown figure; did you mean "},
        BadExpectation{
            "fired.y = '>= 1'",
            "s.toml:7:7: expect.fired.y: no rule is named \"y\"; expected the name of an "},
        BadExpectation{"copies_histogram.02 = '>= 1'",
                       "s.toml:7:18: expect.copies_histogram.02: unknown "},
        BadExpectation{"lost = 0",
                       "s.toml:7:1: expect.lost: expected a bound such as \"== 0\", found the "},
        BadExpectation{"lost = []", "s.toml:7:1: expect.lost: expected at least one bound"},
        BadExpectation{"lost = ['== 0', 1]", "s.toml:7:17: expect.lost: expected a bound such as"},
        BadExpectation{"lost = '0'",
                       "s.toml:7:1: expect.lost: the bound \"0\" begins with none of =="},
        BadExpectation{"lost = '= 0'",
                       "s.toml:7:1: expect.lost: the bound \"= 0\" begins with none of =="},
        BadExpectation{"lost = '=='",
                       "s.toml:7:1: expect.lost: the bound \"==\" does not fit this "},
        BadExpectation{"lost = '== -1'",
                       "s.toml:7:1: expect.lost: the bound \"== -1\" does not fit "},
        BadExpectation{"lost = '<= 101%'",
                       "s.toml:7:1: expect.lost: the bound \"<= 101%\" does not fit "},
        BadExpectation{
            "lost = '< 1s'",
            "s.toml:7:1: expect.lost: the bound \"< 1s\" does not fit this figure; expected "
            "a count such as \"== 0\", or a share"},
        BadExpectation{"attempts = '<= 3%'",
                       "s.toml:7:1: expect.attempts: the bound \"<= 3%\" does not fit this figure; "
                       "expected a count"},
        BadExpectation{"'latency.rcpt.p50' = '< 5'",
                       "s.toml:7:1: expect.latency.rcpt.p50: the bound \"< 5\" does not fit this "
                       "figure; expected a duration"},
        BadExpectation{"'time_to_delivery.max' = '< 0'",
                       "s.toml:7:1: expect.time_to_delivery.max: the "},
        BadExpectation{"lost = '== 0'\n'verdicts.lost' = '== 0'",
                       "s.toml:8:1: expect.verdicts.lost: has a bound already"}));

}  // namespace
}  // namespace twofifty::harness
