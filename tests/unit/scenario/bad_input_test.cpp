// Every kind of bad scenario gets one message that names file, line, column and key, says what was
// wrong and what would be right.
#include "harness/scenario/read_scenario.hpp"
#include "tests/support/complaint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace twofifty::harness {
namespace {

std::string complaint(const std::string& toml, std::span<const std::string> overrides = {}) {
    return test::complaint_of<settings::Error>([&] { parse_scenario(toml, "s.toml", overrides); });
}

struct BadInput {
    const char* toml;
    const char* message;  ///< How it begins: place, key, what was wrong.
};

class BadScenario : public testing::TestWithParam<BadInput> {};

TEST_P(BadScenario, IsRefusedInOneLineWithItsPlace) {
    const std::string message = complaint(GetParam().toml);
    EXPECT_THAT(message, testing::StartsWith(GetParam().message));
    EXPECT_EQ(message.find('\n'), std::string::npos);
}

/// A [fleet] that is complete in line 1, so that what is tested stands alone in line 2 and on.
#define FLEET "fleet.messages = 1\n"

INSTANTIATE_TEST_SUITE_P(
    Top, BadScenario,
    testing::Values(
        BadInput{"fleet = \n", "s.toml:1:9: this is not TOML: "},
        BadInput{FLEET "[messages]\n",
                 "s.toml:2:2: messages: unknown key; did you mean \"message\"?"},
        BadInput{FLEET "[xyzzyx]\n",
                 "s.toml:2:2: xyzzyx: unknown key; known here: name, seed, fleet"},
        BadInput{FLEET "seed = -1\n", "s.toml:2:1: seed: expected a whole number from 0 to "},
        BadInput{FLEET "seed = '1'\n", "s.toml:2:1: seed: expected a whole number from 0 to "},
        BadInput{FLEET "name = '../x'\n", "s.toml:2:1: name: \"../x\" names no results folder; "},
        BadInput{FLEET "name = ''\n", "s.toml:2:1: name: \"\" names no results folder; "},
        BadInput{FLEET "impair = 1\n", "s.toml:2:1: impair: expected tables, each headed "},
        BadInput{FLEET "drain = 1\n", "s.toml:2:1: drain: expected a table, found the number 1"}));

INSTANTIATE_TEST_SUITE_P(
    Fleet, BadScenario,
    testing::Values(
        BadInput{"", "s.toml:1:1: fleet.messages: missing; expected a count"},
        BadInput{"\n[fleet]\n", "s.toml:2:2: fleet.messages: missing; expected a count"},
        BadInput{"[fleet]\nmessages = 1\nduration = '1s'\n",
                 "s.toml:3:1: fleet.duration: contradicts messages; expected one of the two"},
        BadInput{"[fleet]\nmesages = 1\nmessages = 1\n",
                 "s.toml:2:1: fleet.mesages: unknown key; did you mean \"messages\"?"},
        BadInput{"[fleet]\nmessages = 0\n",
                 "s.toml:2:1: fleet.messages: expected a whole number from 1 "},
        BadInput{"[fleet]\nmessages = 100000001\n",
                 "s.toml:2:1: fleet.messages: expected a whole "},
        BadInput{"[fleet]\nmessages = 'all'\n", "s.toml:2:1: fleet.messages: expected a whole "},
        BadInput{"[fleet]\nduration = '-1s'\n",
                 "s.toml:2:1: fleet.duration: expected a duration with "},
        BadInput{"[fleet]\nduration = '0s'\n",
                 "s.toml:2:1: fleet.duration: expected a duration from "},
        BadInput{FLEET "fleet.senders = 0\n",
                 "s.toml:2:7: fleet.senders: expected a whole number from 1 "},
        BadInput{FLEET "fleet.profile = 'postfx'\n",
                 "s.toml:2:7: fleet.profile: there is no sender profile \"postfx\"; did you mean "
                 "\"postfix\"?"},
        BadInput{FLEET "fleet.rate = 200\n", "s.toml:2:7: fleet.rate: expected a rate above 0 "},
        BadInput{FLEET "fleet.rate = '0/s'\n", "s.toml:2:7: fleet.rate: expected a rate above 0 "},
        BadInput{FLEET "fleet.rate = '1/s'\nfleet.arrivals = 'closed'\n",
                 "s.toml:2:7: fleet.rate: contradicts arrivals = \"closed\""},
        BadInput{FLEET "fleet.arrivals = 'poisson'\n", "s.toml:2:7: fleet.arrivals: needs a rate"},
        BadInput{FLEET "fleet.arrivals = 'poison'\n",
                 "s.toml:2:7: fleet.arrivals: expected one of \"constant\", \"poisson\", "
                 "\"closed\"; did "
                 "you mean \"poisson\"?"},
        BadInput{"[fleet]\nduration = '30d'\nrate = '1000/s'\n",
                 "s.toml:3:1: fleet.rate: makes 2592000000 messages in that duration; expected "},
        BadInput{
            "[fleet]\nduration = '1s'\nrate = '1/h'\n",
            "s.toml:2:1: fleet.duration: is too short for one message at that rate; expected "},
        BadInput{FLEET "fleet.connections = 0\n",
                 "s.toml:2:7: fleet.connections: expected a whole "},
        BadInput{FLEET "fleet.messages_per_connection = 0\n",
                 "s.toml:2:7: fleet.messages_per_connection: expected a whole "},
        BadInput{FLEET "fleet.idle = '25h'\n",
                 "s.toml:2:7: fleet.idle: expected a duration from 0s to 1d"},
        BadInput{FLEET "fleet.timeouts.data_don = '2s'\n",
                 "s.toml:2:16: fleet.timeouts.data_don: unknown key; did you mean \"data_done\"?"},
        BadInput{FLEET "fleet.timeouts.quit = '0s'\n",
                 "s.toml:2:16: fleet.timeouts.quit: expected a duration from 1ms to 30d"},
        BadInput{FLEET "fleet.retry = { schedule = [] }\n",
                 "s.toml:2:17: fleet.retry.schedule: expected 1 to 100 intervals"},
        BadInput{FLEET "fleet.retry = { schedule = ['1s', '0s'] }\n",
                 "s.toml:2:35: fleet.retry.schedule: expected durations from 1ms to 30d"},
        BadInput{FLEET "fleet.retry = { schedule = [1] }\n",
                 "s.toml:2:29: fleet.retry.schedule: expected durations from 1ms to 30d, found the "
                 "number 1"},
        BadInput{FLEET "fleet.retry = { lifetime = '400d' }\n",
                 "s.toml:2:17: fleet.retry.lifetime: expected a duration from 0s to 365d"},
        BadInput{FLEET "fleet.helo = 'a b'\n", "s.toml:2:7: fleet.helo: \"a b\" is no host name"},
        BadInput{FLEET "fleet.pipelining = 'yes'\n",
                 "s.toml:2:7: fleet.pipelining: expected true or false"},
        BadInput{FLEET "fleet.chunk_size = '0B'\n",
                 "s.toml:2:7: fleet.chunk_size: expected a size from 1B"},
        BadInput{FLEET "fleet.auth = { user = 'a' }\n",
                 "s.toml:2:7: fleet.auth.password: missing or empty"},
        BadInput{FLEET "fleet.auth = { user = 'a', password = 'b', mechanism = 'cram' }\n",
                 "s.toml:2:44: fleet.auth.mechanism: expected one of \"plain\", \"login\""},
        BadInput{FLEET "fleet.auth = { user = \"a\\u0000\", password = 'b' }\n",
                 "s.toml:2:16: fleet.auth.user: expected at most 255 bytes, none of them NUL"}));

INSTANTIATE_TEST_SUITE_P(
    Message, BadScenario,
    testing::Values(
        BadInput{FLEET "message.size = '0B'\n",
                 "s.toml:2:9: message.size: expected a size from 1B to 1GiB"},
        BadInput{FLEET "message.size = 8192\n",
                 "s.toml:2:9: message.size: expected a size with its unit"},
        BadInput{FLEET "message.size = { median = '8KiB' }\n",
                 "s.toml:2:9: message.size.distribution: missing; expected distribution = "},
        BadInput{FLEET "message.size = { distribution = 'log' }\n",
                 "s.toml:2:18: message.size.distribution: expected one of \"fixed\", \"uniform\""},
        BadInput{FLEET "message.size = { distribution = 'lognormal', median = '8KiB' }\n",
                 "s.toml:2:9: message.size.sigma: missing; this distribution needs sigma"},
        BadInput{FLEET "message.size = { distribution = 'uniform', min = '2B', max = '1B' }\n",
                 "s.toml:2:56: message.size.max: is below min"},
        BadInput{
            FLEET
            "message.size = { distribution = 'uniform', min = '1B', max = '2B', mean = '1B' }\n",
            "s.toml:2:68: message.size.mean: unknown key; "},
        BadInput{FLEET "message.size = { distribution = 'pareto', min = '1B', alpha = 0 }\n",
                 "s.toml:2:55: message.size.alpha: expected a number from 0.1 to 100"},
        BadInput{FLEET "message = { size = '1B', corpus = 'x' }\n",
                 "s.toml:2:13: message.size: contradicts corpus"},
        BadInput{FLEET "message.corpus = ''\n", "s.toml:2:9: message.corpus: is empty"},
        BadInput{FLEET "message.recipients = 0\n",
                 "s.toml:2:9: message.recipients: expected a whole "},
        BadInput{FLEET "message.recipients = 101\n",
                 "s.toml:2:9: message.recipients: 101 are more than "
                 "target.reference.max_recipients, 100"},
        BadInput{FLEET "message.to = ['nobody']\n",
                 "s.toml:2:9: message.to: \"nobody\" is no address"},
        BadInput{FLEET "message.to = ['a@b.test>\\r\\nRSET']\n", "s.toml:2:9: message.to: "},
        BadInput{FLEET "message.to = ['a@b.test', 'A@B.test']\n",
                 "s.toml:2:9: message.to: \"A@B.test\" stands there twice"},
        BadInput{FLEET "message = { to = ['a@b.test'], recipients = 2 }\n",
                 "s.toml:2:32: message.recipients: each message has 2 recipients, and 1 are named "
                 "in to"},
        BadInput{FLEET "message.sender_domain = '-x'\n",
                 "s.toml:2:9: message.sender_domain: \"-x\" is no domain"},
        BadInput{FLEET "target.direct = true\nmessage.sender = 'a@-x'\n",
                 "s.toml:3:9: message.sender: \"a@-x\" is no address"},
        BadInput{FLEET
                 "target.direct = true\nmessage = { sender = 'a@b.c', sender_domain = 'd' }\n",
                 "s.toml:3:31: message.sender_domain: contradicts sender"},
        BadInput{FLEET "message.sender = 'a@b.test'\n",
                 "s.toml:2:9: message.sender: is the same for every message, and the impairment"}));

INSTANTIATE_TEST_SUITE_P(
    Target, BadScenario,
    testing::Values(
        BadInput{FLEET "target.server = 'refrence'\n",
                 "s.toml:2:8: target.server: there is no server \"refrence\"; did you mean "
                 "\"reference\"?"},
        BadInput{FLEET "target = { server = 'reference', address = 'h:25' }\n",
                 "s.toml:2:34: target.address: contradicts server = \"reference\""},
        BadInput{FLEET "target.address = 'localhost'\n",
                 "s.toml:2:8: target.address: \"localhost\" is no address; expected host:port"},
        BadInput{FLEET "target.address = 'h:0'\n",
                 "s.toml:2:8: target.address: \"h:0\" is no address"},
        BadInput{FLEET "target.address = 'h:65536'\n",
                 "s.toml:2:8: target.address: \"h:65536\" is no "},
        BadInput{FLEET "target.address = ''\n", "s.toml:2:8: target.address: \"\" is no address"},
        BadInput{FLEET "target.protocol = 'imap'\n",
                 "s.toml:2:8: target.protocol: expected one of \"smtp\", \"lmtp\""},
        BadInput{FLEET "target.maildir = 'x'\n",
                 "s.toml:2:8: target.maildir: contradicts the reference receiver"},
        BadInput{FLEET "target = { address = 'h:25', reference = { workers = 1 } }\n",
                 "s.toml:2:30: target.reference: contradicts address"},
        BadInput{FLEET "target.reference.listen = 'x'\n",
                 "s.toml:2:18: target.reference.listen: \"x\" is no address"},
        BadInput{FLEET "target.reference.workers = -1\n",
                 "s.toml:2:18: target.reference.workers: expected a whole number from 0 to 10000"},
        BadInput{FLEET "target.reference.max_size = '2GiB'\n",
                 "s.toml:2:18: target.reference.max_size: expected a size from 1KiB to 1GiB"},
        BadInput{FLEET "target.reference.service_time = '31d'\n",
                 "s.toml:2:18: target.reference.service_time: expected a duration from 0s to 30d"},
        BadInput{FLEET
                 "target.reference = { ehlo = false, auth = { user = 'a', password = 'b' } }\n",
                 "s.toml:2:36: target.reference.auth: contradicts ehlo = false"},
        BadInput{FLEET
                 "target.direct = true\n[[impair]]\nname = 'a'\nwhen = { phase = 'data_done' }\n"
                 "effect = { drop = 'reply' }\n",
                 "s.toml:3:3: impair: contradicts target.direct = true"}));

INSTANTIATE_TEST_SUITE_P(
    DrainAndVirtual, BadScenario,
    testing::Values(BadInput{FLEET "drain.quiet_for = '0s'\n",
                             "s.toml:2:7: drain.quiet_for: expected a duration from 1ms"},
                    BadInput{FLEET "drain.heal = 'always'\n",
                             "s.toml:2:7: drain.heal: expected one of \"never\", \"after_load\""},
                    BadInput{FLEET "drain.budgt = '1s'\n",
                             "s.toml:2:7: drain.budgt: unknown key; did you mean \"budget\"?"},
                    BadInput{FLEET "virtual.latency = '2h'\n",
                             "s.toml:2:9: virtual.latency: expected a duration from 0s"}));

TEST(BadFile, AMissingScenarioIsNamed) {
    EXPECT_THROW(
        {
            try {
                load_scenario("/nowhere/s.toml");
            } catch (const settings::Error& error) {
                EXPECT_STREQ(error.what(),
                             "/nowhere/s.toml: cannot read the file: No such file or directory");
                throw;
            }
        },
        settings::Error);
}

TEST(BadOption, IsNamedAsItWasGiven) {
    const std::array<std::string, 1> options{"fleet.sender=2"};
    EXPECT_EQ(complaint(FLEET, options),
              "--set fleet.sender=2: fleet.sender: unknown key; did you mean \"senders\"?");
}

}  // namespace
}  // namespace twofifty::harness
