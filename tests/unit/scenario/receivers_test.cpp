// [[target.receiver]]: what each receiver takes from [target.reference], and how such tables are
// wrong.
#include "harness/scenario/read_scenario.hpp"
#include "harness/scenario/write_scenario.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace twofifty::harness {
namespace {

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

}  // namespace
}  // namespace twofifty::harness
