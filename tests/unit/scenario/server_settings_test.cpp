// [target] server, [[target.receiver]] server, [sender] and [[fault]]: read, written and read
// again; and how they are wrong.
#include "harness/scenario/read_scenario.hpp"
#include "harness/scenario/write_scenario.hpp"
#include "tests/support/complaint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace twofifty::harness {
namespace {

using namespace std::chrono_literals;
using testing::StartsWith;

Scenario parse(const std::string& toml) {
    return parse_scenario("fleet.messages = 1\n" + toml, "s.toml");
}

std::string complaint(const std::string& toml) {
    return test::complaint_of<settings::Error>([&] { parse(toml); });
}

constexpr const char* everything = R"([target]
[[target.receiver]]
name = "left"
server = "postfix"
relay_to = ["right"]
timeouts = { data_done = "3s", connect = "1m" }
retry_every = "5s"
options = { "smtp_helo_name" = "left.test", "maximal_queue_lifetime" = 3 }
disk = "8MiB"
port = 2525
[[target.receiver]]
name = "right"
server = "exim"
domains = ["inner.test"]
[sender]
server = "sendmail"
retry_every = "2s"
[[fault]]
server = "left"
effect = "full_disk"
at_message = 20
[[fault]]
server = "sender"
effect = "pause"
at = "2s"
lasting = "1s"
every = "3s"
times = 4
)";

TEST(ServerSettings, AreReadWhole) {
    const Scenario scenario = parse(everything);
    EXPECT_EQ(scenario.target.named[0].real,
              (ServerSettings{
                  .server = "postfix",
                  .timeouts = {{Phase::connect, 1min}, {Phase::data_done, 3s}},
                  .retry_every = 5s,
                  .options = {{"maximal_queue_lifetime", "3"}, {"smtp_helo_name", "left.test"}},
                  .relay_to = {"right"},
                  .disk = 8U << 20,
                  .port = 2525}));
    EXPECT_EQ(scenario.sender, (ServerSettings{.server = "sendmail", .retry_every = 2s}));
    EXPECT_EQ(
        scenario.faults,
        (std::vector<Fault>{{.server = "left", .effect = FaultEffect::full_disk, .at_message = 20},
                            {.server = "sender",
                             .effect = FaultEffect::pause,
                             .at = 2s,
                             .lasting = 1s,
                             .every = 3s,
                             .times = 4}}));
}

TEST(ServerSettings, AreTheSameWhenTheyAreWrittenAndReadAgain) {
    const Scenario scenario = parse(everything);
    const Scenario again = parse_scenario(to_toml(scenario), "again.toml");
    EXPECT_EQ(again.target, scenario.target);
    EXPECT_EQ(again.sender, scenario.sender);
    EXPECT_EQ(again.faults, scenario.faults);
}

TEST(ServerSettings, OneServerNeedsNoName) {
    const Scenario scenario = parse("target.server = 'cyrus-lmtp'\n");
    EXPECT_EQ(scenario.target.receivers()[0].name, "cyrus-lmtp");
    EXPECT_EQ(scenario.target.protocol, Protocol::lmtp);
    const Scenario again = parse_scenario(to_toml(scenario), "again.toml");
    EXPECT_EQ(again.target, scenario.target);
}

TEST(ServerSettings, SayWhereTheyAreWrong) {
    EXPECT_THAT(complaint("[target]\nserver = 'exim'\ntimeouts = { mail = '2s' }\n"),
                StartsWith("s.toml:4:14: target.timeouts.mail: exim has no such setting"));
    EXPECT_THAT(complaint("[target]\nserver = 'exim'\nretry_every = '100ms'\n"),
                StartsWith("s.toml:4:1: target.retry_every: "));
    EXPECT_THAT(complaint("[target]\nserver = 'exim'\ndisk = '1KiB'\n"),
                StartsWith("s.toml:4:1: target.disk: "));
    EXPECT_THAT(complaint("[target]\nserver = 'exim'\nport = 25\n"),
                StartsWith("s.toml:4:1: target.port: "));
    EXPECT_THAT(complaint("[target]\nserver = 'exim'\noptions = { x = ['y'] }\n"),
                StartsWith("s.toml:4:13: target.options.x: expected a text"));
    EXPECT_THAT(complaint("[target]\nserver = 'dovecot-lmtp'\nprotocol = 'smtp'\n"),
                StartsWith("s.toml:4:1: target.protocol: contradicts dovecot-lmtp"));
    EXPECT_THAT(complaint("[sender]\nretry_every = '2s'\n"),
                StartsWith("s.toml:2:2: sender.server: missing"));
    EXPECT_THAT(complaint("target.receiver = [{ name = 'sender' }]\nsender.server = 'exim'\n"),
                StartsWith("s.toml:2:8: target.receiver: one is named \"sender\""));
    EXPECT_THAT(complaint("[sender]\nserver = 'exim'\nrelay_to = 'x'\n"),
                StartsWith("s.toml:4:1: sender.relay_to: "));
}

TEST(Faults, SayWhereTheyAreWrong) {
    const std::string exim = "target.server = 'exim'\n[[fault]]\n";
    EXPECT_THAT(complaint("[[fault]]\neffect = 'kill'\nat = '1s'\n"),
                StartsWith("s.toml:2:1: fault[1].server: no real server is started here"));
    EXPECT_THAT(complaint(exim + "at = '1s'\n"),
                StartsWith("s.toml:3:1: fault[1].effect: missing"));
    EXPECT_THAT(complaint(exim + "effect = 'explode'\nat = '1s'\n"),
                StartsWith("s.toml:4:1: fault[1].effect: "));
    EXPECT_THAT(complaint(exim + "effect = 'kill'\nat = '1s'\nat_message = 1\n"),
                StartsWith("s.toml:5:1: fault[1].at: expected exactly one of"));
    EXPECT_THAT(complaint(exim + "effect = 'kill'\nat = '1s'\ntimes = 2\n"),
                StartsWith("s.toml:3:1: fault[1].every: missing"));
    EXPECT_THAT(complaint(exim + "effect = 'kill'\nat = '1s'\nlasting = '2s'\nevery = '1s'\n"),
                StartsWith("s.toml:6:1: fault[1].lasting: expected a time that is shorter"));
    EXPECT_THAT(complaint(exim + "effect = 'full_disk'\nat = '1s'\n"),
                StartsWith("s.toml:4:1: fault[1].effect: exim has no disk of its own"));
}

}  // namespace
}  // namespace twofifty::harness
