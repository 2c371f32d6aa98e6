// [[target.receiver]]: what each receiver takes from [target.reference], and how such tables are
// wrong.
#include "harness/profile/profile.hpp"
#include "harness/scenario/read_scenario.hpp"
#include "harness/scenario/write_scenario.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <string>
#include <vector>

namespace twofifty::harness {
namespace {

using namespace std::chrono_literals;

Scenario parse(const std::string& toml) {
    return parse_scenario("fleet.messages = 1\n" + toml, "s.toml");
}

std::vector<ReceiverSettings> receivers_of(const Scenario& scenario) {
    const auto receivers = scenario.target.receivers();
    return {receivers.begin(), receivers.end()};
}

TEST(Receivers, WithoutTablesOfTheirOwnThereIsOne) {
    const Scenario scenario = parse("target.reference.workers = 3\n");
    EXPECT_EQ(receivers_of(scenario), (std::vector<ReceiverSettings>{{.workers = 3}}));
}

TEST(Receivers, EachHasItsOwnKeysAndTheReferencesForTheRest) {
    const Scenario scenario = parse(R"(
[message]
domains = ["Notes.example", "mail.example"]
[target.reference]
workers = 3
service_time = "2s"
[[target.receiver]]
name = "domino"
domains = ["NOTES.example"]
service_time = "7s"
[[target.receiver]]
name = "mx_2"
preference = 20
workers = 0
)");
    const std::vector<ReceiverSettings> expected{
        {.name = "domino",
         .domains = {"notes.example"},
         .service_time = world::fixed(7s),
         .workers = 3},
        {.name = "mx_2", .preference = 20, .service_time = world::fixed(2s), .workers = 0}};
    EXPECT_EQ(receivers_of(scenario), expected);
    EXPECT_EQ(scenario.message.domains,
              (std::vector<std::string>{"notes.example", "mail.example"}));
    EXPECT_EQ(parse_scenario(to_toml(scenario), "again.toml"),
              (parse_scenario(to_toml(scenario), "s.toml")));
    EXPECT_EQ(receivers_of(parse_scenario(to_toml(scenario), "s.toml")), expected);
}

TEST(Receivers, AnOldOneOffersNoStarttlsThoughTheOthersDo) {
    const Scenario scenario = parse(R"(
fleet.tls = "opportunistic"
[[target.receiver]]
name = "new"
[[target.receiver]]
name = "old"
ehlo = false
)");
    EXPECT_EQ(scenario.target.named[0].tls.use, smtp::TlsUse::starttls);
    EXPECT_EQ(scenario.target.named[1].tls.use, smtp::TlsUse::none);
}

TEST(Receivers, EveryKeyOfTheirBehaviourIsReadAndWrittenBack) {
    const Scenario scenario = parse(R"(
[target]
sample_every = "30s"
[[target.receiver]]
name = "a"
service_by_size = [["50KiB", "29s"], ["100KiB", "55s"]]
stalls = { every = "1h", lasting = "3m", first = "10m" }
refuse = { waiting = 50, phase = "mail", reply = "452 4.3.1 full" }
greylist = { delay = "5m", reply = "450 4.7.1 wait", window = "2d" }
suppress = { key = "message_id_and_date", window = "3d" }
gone_client = "discards"
deadline = "4m"
client_timeout = "1m"
hop_limit = 30
forward = [{ recipients = "*@x.test", to = "b", keep = true }]
forward_retry = "1m"
forward_timeout = "2m"
forward_lifetime = "3h"
[[target.receiver]]
name = "b"
commit = "before_work"
stalls = { every = "2h", lasting = "1m" }
refuse = { waiting = 1, phase = "connect" }
suppress = { key = "message_id" }
)");
    const std::vector<ReceiverSettings> expected{
        {.name = "a",
         .service_by_size = {{.size = 50 << 10, .time = 29s}, {.size = 100 << 10, .time = 55s}},
         .stalls = Stalls{.every = 1h, .lasting = 3min, .first = 10min},
         .refuse = Refusal{.waiting = 50, .where = Refusal::Where::mail, .reply = "452 4.3.1 full"},
         .greylist = GreylistSettings{.delay = 5min, .reply = "450 4.7.1 wait", .window = 48h},
         .suppress = SuppressionSettings{.with_date = true, .window = 72h},
         .discards_for_gone_client = true,
         .deadline = 4min,
         .client_timeout = 1min,
         .hop_limit = 30,
         .forward = {{.recipients = "*@x.test", .to = "b", .keep = true}},
         .forward_retry = 1min,
         .forward_timeout = 2min,
         .forward_lifetime = 3h},
        {.name = "b",
         .stalls = Stalls{.every = 2h, .lasting = 1min, .first = 2h},
         .refuse = Refusal{.waiting = 1,
                           .where = Refusal::Where::connect,
                           .reply = "421 4.3.2 Too busy, come again later"},
         .suppress = SuppressionSettings{.with_date = false, .window = 168h},
         .commits_before_work = true}};
    EXPECT_EQ(receivers_of(scenario), expected);
    EXPECT_EQ(scenario.target.sample_every, 30s);
    EXPECT_EQ(parse_scenario(to_toml(scenario), "s.toml").target, scenario.target);
}

class ReceiverProfiles : public testing::TestWithParam<std::string_view> {};

TEST_P(ReceiverProfiles, AreReadAndComeBackAsTheSame) {
    const Scenario scenario =
        parse(fmt::format("[[target.receiver]]\nname = 'a'\nprofile = '{}'\n", GetParam()));
    EXPECT_EQ(parse_scenario(to_toml(scenario), "s.toml").target, scenario.target);
}

INSTANTIATE_TEST_SUITE_P(All, ReceiverProfiles, testing::ValuesIn(profile_names(Role::receiver)),
                         [](const auto& tested) {
                             std::string name(tested.param);
                             std::erase(name, '-');
                             return name;
                         });

TEST(Receivers, AProfileSaysWhatTheTableDoesNot) {
    const Scenario scenario = parse(R"(
[[target.receiver]]
name = "a"
profile = "exim"
hop_limit = 7
)");
    EXPECT_TRUE(scenario.target.named[0].discards_for_gone_client);
    EXPECT_EQ(scenario.target.named[0].hop_limit, 7U);
}

struct BadReceiver {
    const char* toml;     ///< From line 2 on.
    const char* message;  ///< How it begins, behind "s.toml:".
};

class BadReceivers : public testing::TestWithParam<BadReceiver> {};

TEST_P(BadReceivers, AreRefusedWithTheirPlace) {
    std::string message = "no error";
    try {
        parse(GetParam().toml);
    } catch (const settings::Error& error) {
        message = error.what();
    }
    EXPECT_THAT(message, testing::StartsWith("s.toml:" + std::string(GetParam().message)));
}

#define RECEIVER "[[target.receiver]]\n"
#define TWO RECEIVER "name = 'b'\n" RECEIVER "name = 'a'\n"

INSTANTIATE_TEST_SUITE_P(
    All, BadReceivers,
    testing::Values(
        BadReceiver{RECEIVER, "2:1: target.receiver[1].name: expected 1 to 64 letters, digits"},
        BadReceiver{RECEIVER "name = 'a b'\n", "3:1: target.receiver[1].name: expected 1 to 64"},
        BadReceiver{RECEIVER "name = 'a'\n" RECEIVER "name = 'A'\n",
                    "5:1: target.receiver[2].name: another receiver is named \"a\""},
        BadReceiver{RECEIVER "name = 'a'\ndomains = []\n",
                    "4:1: target.receiver[1].domains: is empty; expected such as"},
        BadReceiver{RECEIVER "name = 'a'\ndomains = ['x..y']\n",
                    "4:1: target.receiver[1].domains: \"x..y\" is no domain"},
        BadReceiver{RECEIVER "name = 'a'\ndomains = ['x.test', 'X.test']\n",
                    "4:1: target.receiver[1].domains: \"x.test\" stands there twice"},
        BadReceiver{RECEIVER "name = 'a'\npreference = 65536\n",
                    "4:1: target.receiver[1].preference: expected a whole number from 0 to 65535"},
        BadReceiver{RECEIVER "name = 'a'\nprefrence = 1\n",
                    "4:1: target.receiver[1].prefrence: unknown key; did you mean "
                    "\"preference\"?"},
        BadReceiver{"target.reference.listen = '127.0.0.1:2525'\n" RECEIVER "name = 'a'\n" RECEIVER
                    "name = 'b'\n",
                    "5:1: target.receiver[2].listen: a listens there already"},
        BadReceiver{"target.address = '127.0.0.1:25'\n" RECEIVER "name = 'a'\n",
                    "3:10: target.receiver: contradicts address"},
        BadReceiver{RECEIVER "name = 'a'\ndomains = ['x.test']\n",
                    "1:1: message.domains: mail goes to recipient.test, which no receiver takes"},
        BadReceiver{"message.to = ['a@x.test', 'b@y.test']\n" RECEIVER
                    "name = 'a'\ndomains = ['x.test']\n",
                    "2:9: message.to: mail goes to y.test, which no receiver takes"},
        BadReceiver{"message.domains = ['x.test']\nmessage.to = ['a@x.test']\n",
                    "2:9: message.domains: contradicts to"},
        BadReceiver{"message.domains = []\n", "2:9: message.domains: is empty"},
        BadReceiver{RECEIVER "name = 'a'\nmax_recipients = 1\n[message]\nrecipients = 2\n",
                    "6:1: message.recipients: 2 are more than target.receiver[1].max_recipients"},
        BadReceiver{RECEIVER "name = 'a'\ntls = 'implicit'\n",
                    "4:1: target.receiver[1].tls: \"implicit\" contradicts fleet.tls = \"none\""},
        BadReceiver{"impair = [{ name = 'r', when = { phase = 'data_done', receiver = 'a*' }, "
                    "effect = { drop = 'reply' } }]\n",
                    "2:55: impair[1].when.receiver: \"a*\" fits the name of no receiver; expected "
                    "one of \"receiver\""}));

/// Keys of [target.reference], whose place in the file is line 2.
#define REFERENCE "target.reference."

INSTANTIATE_TEST_SUITE_P(
    Behaviour, BadReceivers,
    testing::Values(
        BadReceiver{REFERENCE "service_by_size = [['1KiB', '1s']]\n",
                    "2:18: target.reference.service_by_size: expected 2 to 100 pairs"},
        BadReceiver{REFERENCE "service_by_size = [['2KiB', '1s'], ['1KiB', '2s']]\n",
                    "2:18: target.reference.service_by_size: expected 2 to 100 pairs"},
        BadReceiver{REFERENCE "service_by_size = [['1KiB', 1], ['2KiB', 2]]\n",
                    "2:18: target.reference.service_by_size: expected 2 to 100 pairs"},
        BadReceiver{REFERENCE "stalls = { lasting = '1s' }\n",
                    "2:18: target.reference.stalls.every: missing"},
        BadReceiver{REFERENCE "stalls = { every = '1s', lasting = '1s' }\n",
                    "2:43: target.reference.stalls.lasting: leaves no time to work"},
        BadReceiver{REFERENCE "refuse = { phase = 'mail' }\n",
                    "2:18: target.reference.refuse.waiting: missing"},
        BadReceiver{REFERENCE "refuse = { waiting = 1, phase = 'rcpt' }\n",
                    "2:42: target.reference.refuse.phase: expected one of \"connect\", \"mail\""},
        BadReceiver{REFERENCE "refuse = { waiting = 1, phase = 'mail', reply = '250 fine' }\n",
                    "2:58: target.reference.refuse.reply: \"250 fine\" is no refusal"},
        BadReceiver{REFERENCE "greylist = { delay = '5m', window = '5m' }\n",
                    "2:45: target.reference.greylist.window: a pair would be forgotten"},
        BadReceiver{REFERENCE "suppress = { window = '5m' }\n",
                    "2:18: target.reference.suppress.key: missing"},
        BadReceiver{REFERENCE "commit = 'never'\n",
                    "2:18: target.reference.commit: expected one of \"after_work\""},
        BadReceiver{"target.reference = { commit = 'before_work', deadline = '5m' }\n",
                    "2:46: target.reference.deadline: contradicts commit"},
        BadReceiver{REFERENCE "profile = 7\n", "2:18: target.reference.profile: expected a text"},
        BadReceiver{REFERENCE "profile = 'eximm'\n", "2:18: target.reference.profile: "},
        BadReceiver{REFERENCE "hop_limit = 0\n",
                    "2:18: target.reference.hop_limit: expected a whole number from 1"},
        BadReceiver{TWO "forward = [{ recipients = '*', to = 'c' }]\n",
                    "6:32: target.receiver[2].forward[1].to: \"c\" is no receiver"},
        BadReceiver{TWO "forward = [{ recipients = '*', to = 'a' }]\n",
                    "6:32: target.receiver[2].forward[1].to: is this receiver itself"},
        BadReceiver{TWO "forward = [{ to = 'b' }]\n",
                    "6:12: target.receiver[2].forward[1].recipients: expected a pattern"},
        BadReceiver{RECEIVER "name = 'b'\nforward = [{ recipients = '*', to = 'a' }]\n" RECEIVER
                             "name = 'a'\nhop_limit = 101\n"
                             "forward = [{ recipients = '*', to = 'b', keep = true }]\n",
                    "8:42: target.receiver[2].forward[1].keep: makes a copy in each round"},
        BadReceiver{"target.protocol = 'lmtp'\n" TWO "forward = [{ recipients = '*', to = 'b' }]\n",
                    "7:32: target.receiver[2].forward[1].to: contradicts target.protocol"}));

}  // namespace
}  // namespace twofifty::harness
