// Whose figures a sender has: those of the scenario over those of its profile; and the way back to
// TOML, for every rule.
#include "harness/scenario/read_scenario.hpp"
#include "harness/scenario/write_scenario.hpp"
#include "tests/support/complaint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace twofifty::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Scenario parse(const std::string& toml) {
    return parse_scenario(toml, "s.toml");
}

std::string complaint(const std::string& toml) {
    return test::complaint_of<settings::Error>([&] { parse(toml); });
}

SenderSettings sender(const std::string& keys) {
    return parse("[fleet]\nmessages = 1\n" + keys).fleet.sender();
}

const Duration postfix_data_done = sender("profile = 'postfix'").timeouts[Phase::data_done];

TEST(SenderProfile, GivesWhatTheScenarioDoesNotSay) {
    const SenderSettings settings = sender("profile = 'postfix'\ntimeouts.data_done = '7s'");
    EXPECT_EQ(settings.profile, "postfix");
    EXPECT_EQ(settings.timeouts[Phase::data_done], 7s);
    EXPECT_EQ(settings.timeouts[Phase::connect], 30s);
    EXPECT_EQ(settings.retry.rule, RetryRule(ClampedAge{300s, 4000s}));
}

TEST(SenderProfile, OfTheStandardIsTheDefault) {
    EXPECT_EQ(sender("profile = 'rfc5321'"), SenderSettings{});
}

TEST(SenderProfile, LosesItsWholeRuleToAnother) {
    const Retry retry = sender("profile = 'postfix'\nretry = { schedule = ['1m'] }").retry;
    EXPECT_EQ(retry.rule, RetryRule(ListedWaits{{1min}}));
    EXPECT_EQ(retry.queue_run, Duration{300s});
    EXPECT_EQ(retry.lifetime, 120h);
}

TEST(SenderProfile, KeepsItsRuleWhereOnlyAnotherKeyIsSaid) {
    const Retry retry = sender("profile = 'postfix'\nretry = { queue_run = 'none' }").retry;
    EXPECT_EQ(retry.rule, RetryRule(ClampedAge{300s, 4000s}));
    EXPECT_EQ(retry.queue_run, std::nullopt);
}

TEST(SenderProfile, MayBeAFileBesideTheScenario) {
    const std::filesystem::path folder =
        std::filesystem::path(testing::TempDir()) / "twofifty-own-profile";
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "mine.toml")
        << "title = 'Mine'\n[timeouts]\ndata_done = { value = '3s', grade = 'documented', "
           "source = 'its manual' }\n";
    const Scenario scenario = parse_scenario("fleet = { messages = 1, profile = './mine.toml' }",
                                             (folder / "s.toml").string());
    EXPECT_EQ(scenario.fleet.sender().timeouts[Phase::data_done], 3s);
}

TEST(SenderGroups, StandOnTheFleetsKeysAndTheirOwnProfiles) {
    const std::vector<SenderGroup> groups = parse(R"(
[fleet]
messages = 10
rate = '1/s'
connections = 3
[[fleet.group]]
profile = 'postfix'
weight = 2
[[fleet.group]]
name = 'short'
senders = 4
connections = 7
timeouts = '30s'
)")
                                                .fleet.groups;
    ASSERT_EQ(groups.size(), 2U);
    EXPECT_EQ(std::tuple(groups[0].name, groups[0].weight, groups[0].senders),
              std::tuple("postfix", 2.0, 1U));
    EXPECT_EQ(groups[0].sender.connections, 3U);
    EXPECT_EQ(groups[0].sender.timeouts[Phase::data_done], postfix_data_done);
    EXPECT_EQ(std::tuple(groups[1].name, groups[1].weight, groups[1].senders),
              std::tuple("short", 1.0, 4U));
    EXPECT_EQ(groups[1].sender.connections, 7U);
    EXPECT_EQ(groups[1].sender.timeouts[Phase::quit], 30s);
    EXPECT_EQ(groups[1].sender.profile, "rfc5321");
}

// A report that used an assumption names it; one that the scenario replaced was not used.
TEST(Assumptions, AreThoseThatAreUsed) {
    const auto of = [](const std::string& keys) {
        return parse("[fleet]\nmessages = 1\n" + keys).assumptions;
    };
    EXPECT_THAT(of(""), ElementsAre());
    EXPECT_THAT(of("profile = 'communigate'"), ElementsAre(HasSubstr("timeouts.data_done 10m")));
    EXPECT_THAT(of("profile = 'communigate'\ntimeouts.data_done = '9m'"),
                ElementsAre(Not(HasSubstr("timeouts.data_done"))));
}

TEST(Assumptions, AreKeptInTheResolvedScenario) {
    const Scenario scenario = parse("fleet = { messages = 1, profile = 'ibm-i' }");
    EXPECT_EQ(parse(to_toml(scenario)), scenario);
}

class EveryRule : public testing::TestWithParam<const char*> {};

TEST_P(EveryRule, ComesBackFromItsOwnToml) {
    const Scenario scenario = parse(std::string("[fleet]\nmessages = 1\n") + GetParam());
    EXPECT_EQ(parse(to_toml(scenario)), scenario);
}

INSTANTIATE_TEST_SUITE_P(
    Senders, EveryRule,
    testing::Values(
        "retry = { schedule = ['1s', '90s'], queue_run = '5m', jitter = 0.25 }",
        "retry = { rule = 'clamped_age', least = '300s', most = '4000s', gives_up = "
        "'at_late_failure' }",
        "retry = { rule = 'stepped', steps = ['F,2h,15m', 'G,16h,1h,1.5'], "
        "lifetime_from = 'first_failure' }",
        "retry = { rule = 'quadratic', unit = '400s', warn_after = ['4h', '1d'] }",
        "retry = { rule = 'square_of_root', add = 10 }",
        "retry = { rule = 'doubling', first = '64s', factor = 3, most = '1d', most_failures = 13 }",
        "retry = { rule = 'every_run', queue_run = '30m' }",
        "backoff = { first = '15s', growth = 'quadratic', most = '2h' }\nunknown_blames = 'host'",
        "initial_connections = 2\nconcurrency_growth = 0.5\nnext_host = 'after_refusal'",
        "timer = 'per_request'\nmessage_id = 'new'\nresend = 'all'\nafter_timeout = 'quit'",
        "profile = 'postfix'\nretry = { queue_run = 'none' }\nbackoff = 'none'",
        "rate = '5/s'\nload_curve = { step = '10m', factors = [0.5, 2] }",
        "rate = '5/s'\n[[fleet.group]]\nprofile = 'exim'\n[[fleet.group]]\nname = 'x'\nweight = "
        "0.5\n"
        "profile = 'haraka'\nsenders = 3"));

struct BadSender {
    const char* keys;
    const char* message;
};

class BadSenderSettings : public testing::TestWithParam<BadSender> {};

TEST_P(BadSenderSettings, AreRefusedWithPlaceAndRemedy) {
    const std::string message = complaint(std::string("[fleet]\nmessages = 1\n") + GetParam().keys);
    EXPECT_THAT(message, testing::StartsWith("s.toml:" + std::string(GetParam().message)));
    EXPECT_EQ(message.find('\n'), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Senders, BadSenderSettings,
    testing::Values(
        BadSender{"profile = 'domin'",
                  "3:1: fleet.profile: there is no sender profile \"domin\"; did you mean "
                  "\"domino\"?"},
        BadSender{"profile = 5", "3:1: fleet.profile: expected a text, found the number 5"},
        BadSender{"timeouts = 'soon'", "3:1: fleet.timeouts: expected a duration"},
        BadSender{"timer = 'per_byte'", "3:1: fleet.timer: expected one of \"per_read\""},
        BadSender{"connections = 4\ninitial_connections = 9",
                  "4:1: fleet.initial_connections: 9 are more than "
                  "connections, 4"},
        BadSender{"backoff = { growth = 'fixed' }", "3:1: fleet.backoff.first: missing"},
        BadSender{"backoff = { first = '1h', most = '1m' }",
                  "3:27: fleet.backoff.most: is below "
                  "first"},
        BadSender{"retry = { rule = 'clamped_age' }",
                  "3:1: fleet.retry.least: missing; this rule "
                  "needs it"},
        BadSender{"retry = { rule = 'clamped_age', least = '2h', most = '1h' }",
                  "3:47: fleet.retry.most: is below least"},
        BadSender{"retry = { rule = 'stepped', steps = ['F,2h'] }",
                  "3:29: fleet.retry.steps: \"F,2h\" is no step; expected such as \"F,2h,15m\""},
        BadSender{"retry = { rule = 'stepped', steps = ['G,2h,1h,0.5'] }",
                  "3:29: fleet.retry.steps: \"G,2h,1h,0.5\" is no step"},
        BadSender{"retry = { rule = 'stepped', steps = ['F,2h,1h', 'F,1h,1h'] }",
                  "3:29: fleet.retry.steps: \"F,1h,1h\" ends before the step in front of it"},
        // A rule that never ends, in no time.
        BadSender{"retry = { rule = 'doubling', first = '1m', factor = 0.5 }",
                  "3:44: fleet.retry.factor: expected a number from 1 to 100"},
        BadSender{"retry = { rule = 'quadratic', unit = '0s' }",
                  "3:31: fleet.retry.unit: expected a duration from 1ms"},
        BadSender{"retry = { rule = 'every_run' }",
                  "3:11: fleet.retry.rule: a sender that tries at every run"},
        BadSender{"retry = { rule = 'quadratic', unit = '1m', least = '1s' }",
                  "3:44: fleet.retry.least: unknown key"},
        BadSender{"retry = { warn_after = ['4h', '1h'] }",
                  "3:11: fleet.retry.warn_after: expected ages in ascending order"},
        BadSender{"load_curve = { factors = [1] }", "3:1: fleet.load_curve: needs a rate"},
        BadSender{"rate = '1/s'\nload_curve = { factors = [0, 0] }",
                  "4:16: fleet.load_curve.factors: expected 1 to 1000 numbers"},
        BadSender{"[[fleet.group]]\nprofile = 'exim'", "3:9: fleet.group: needs a rate"},
        BadSender{"rate = '1/s'\nsenders = 2\n[[fleet.group]]\nprofile = 'exim'",
                  "4:1: fleet.senders: says nothing beside groups"},
        BadSender{
            "rate = '1/s'\n[[fleet.group]]\nweight = 0\n[[fleet.group]]\nname = 'b'\nweight = 0",
            "4:9: fleet.group: the weights of all groups are 0"},
        BadSender{
            "rate = '1/s'\n[[fleet.group]]\nprofile = 'exim'\n[[fleet.group]]\nprofile = 'exim'",
            "7:1: fleet.group[2].profile: a group \"exim\" stands there already"},
        BadSender{"rate = '1/s'\n[[fleet.group]]\nmessages = 3",
                  "5:1: fleet.group[1].messages: unknown key"},
        BadSender{"rate = '1/s'\n[[fleet.group]]\nprofile = 'exi'",
                  "5:1: fleet.group[1].profile: there is no sender profile \"exi\"; did you mean "
                  "\"exim\"?"}));

/// What is said of a profile in a file of the user's own.
std::string complaint_about_profile(const std::string& text) {
    // Tests may run at once: each has a folder of its own.
    const std::filesystem::path folder =
        std::filesystem::path(testing::TempDir()) /
        (std::string("twofifty-profile-") +
         testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "bad.toml") << text;
    try {
        parse_scenario("fleet = { messages = 1, profile = './bad.toml' }",
                       (folder / "s.toml").string());
    } catch (const settings::Error& error) {
        return std::string(error.what()).substr(folder.string().size() + 1);
    }
    return "no error";
}

TEST(BadProfile, AFigureWithoutItsSourceIsRefused) {
    EXPECT_EQ(
        complaint_about_profile("title = 'T'\nidle = { value = '1s', grade = 'documented' }\n"),
        "./bad.toml:2:1: idle.source: missing; expected where the figure stands: no figure "
        "without its source");
}

TEST(BadProfile, AnAssumptionWithoutItsReasonIsRefused) {
    EXPECT_EQ(complaint_about_profile("title = 'T'\nidle = { value = '1s', grade = 'assumed' }\n"),
              "./bad.toml:2:1: idle.why: missing; expected why this value was chosen");
}

TEST(BadProfile, AValueAloneIsNoFigure) {
    EXPECT_THAT(
        complaint_about_profile("title = 'T'\nidle = '1s'\n"),
        testing::StartsWith("./bad.toml:2:1: idle: the text \"1s\" alone; expected a figure "
                            "with its source"));
}

TEST(BadProfile, AFigureThatASenderCannotHaveIsRefusedInItsOwnPlace) {
    EXPECT_THAT(complaint_about_profile("title = 'T'\nidel = { value = '1s', grade = 'documented', "
                                        "source = 'x' }\n"),
                testing::HasSubstr("fleet.idel: unknown key; did you mean \"idle\"?"));
}

}  // namespace
}  // namespace twofifty::harness
