// Several receivers in one run: whose mail goes where, and rules that are about one of them.
#include "harness/run/mail_hosts.hpp"
#include "harness/scenario/read_scenario.hpp"
#include "tests/virtual/one_message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <utility>

namespace twofifty {
namespace {

using namespace std::chrono_literals;
using test::run_virtual;
using test::VirtualRun;
using testing::ElementsAre;
using testing::Pair;

const std::string two_receivers = R"(
[fleet]
messages = 4
connections = 1
[message]
domains = ["a.test", "b.test"]
[[target.receiver]]
name = "alpha"
domains = ["a.test"]
[[target.receiver]]
name = "beta"
domains = ["b.test"]
)";

/// Receiver and message of each copy, in their order.
std::vector<std::pair<int, int>> copies(const VirtualRun& run) {
    std::vector<std::pair<int, int>> found;
    for (const Event& event : run.of_kind(EventKind::copy_found))
        found.emplace_back(event.node, event.message);
    return found;
}

TEST(Receivers, EachDomainsMailGoesToItsReceiver) {
    const VirtualRun run = run_virtual(two_receivers);
    EXPECT_THAT(copies(run), ElementsAre(Pair(1, 1), Pair(2, 2), Pair(1, 3), Pair(2, 4)));
    EXPECT_EQ(run.verdict("once"), 4U);
    EXPECT_EQ(run.judgement.discrepancy_count, 0U);
}

TEST(Receivers, AnAttemptNamesTheReceiverThatItTurnedTo) {
    const VirtualRun run = run_virtual(two_receivers);
    std::vector<std::pair<int, int>> attempts;
    for (const Event& event : run.of_kind(EventKind::attempt_started))
        attempts.emplace_back(event.message, static_cast<int>(event.quantity));
    EXPECT_THAT(attempts, ElementsAre(Pair(1, 1), Pair(2, 2), Pair(3, 1), Pair(4, 2)));
}

TEST(Receivers, TheWorkOfOneDoesNotDelayTheOther) {
    const VirtualRun run = run_virtual(R"(
[fleet]
messages = 2
connections = 2
[message]
domains = ["a.test", "b.test"]
[[target.receiver]]
name = "slow"
domains = ["a.test"]
service_time = "7s"
[[target.receiver]]
name = "quick"
domains = ["b.test"]
[virtual]
latency = "0s"
)");
    EXPECT_THAT(test::times_of(run, EventKind::copy_found, 1), ElementsAre(7s));
    EXPECT_THAT(test::times_of(run, EventKind::copy_found, 2), ElementsAre(0s));
}

/// The messages on which the rule of the name fired.
std::multiset<std::uint32_t> impaired(const VirtualRun& run) {
    std::multiset<std::uint32_t> messages;
    for (const Event& event : run.of_kind(EventKind::rule_fired)) messages.insert(event.message);
    return messages;
}

TEST(Receivers, ARuleOnRepliesMayBeAboutOneOfThem) {
    const VirtualRun run = run_virtual(two_receivers + R"(
[[impair]]
name = "r"
when = { phase = "data_done", receiver = "B?TA" }
effect = { delay = "1s" }
)");
    EXPECT_EQ(impaired(run), (std::multiset<std::uint32_t>{2, 4}));
    EXPECT_EQ(run.summary.rules.front().matched, 2U);
}

TEST(Receivers, ARuleOnTheStreamMayBeAboutOneOfThem) {
    const VirtualRun run = run_virtual(two_receivers + R"(
[[impair]]
name = "r"
when = { receiver = "beta", direction = "to_client" }
effect = { latency = "1s" }
)");
    std::map<std::uint32_t, bool> late;
    for (const Event& copy : run.of_kind(EventKind::copy_found))
        late[copy.message] = copy.at >= at(1s);
    // Each domain has connections of its own.
    EXPECT_EQ(late, (std::map<std::uint32_t, bool>{{1, false}, {2, true}, {3, false}, {4, true}}));
    EXPECT_EQ(run.summary.rules.front().fired, 1U);
}

TEST(Receivers, ARuleOnAcceptingMayBeAboutOneOfThem) {
    const VirtualRun run = run_virtual(R"(
[fleet]
messages = 2
retry = { schedule = ["1m"], lifetime = "0s" }
[message]
domains = ["a.test", "b.test"]
[[target.receiver]]
name = "alpha"
domains = ["a.test"]
[[target.receiver]]
name = "beta"
domains = ["b.test"]
[[impair]]
name = "away"
when = { receiver = "beta" }
effect = { refuse = "connection" }
)");
    EXPECT_THAT(copies(run), ElementsAre(Pair(1, 1)));
    EXPECT_EQ(run.verdict("failed"), 1U);
}

TEST(Receivers, MailExchangersOfADomainStandInTheOrderOfTheirPreference) {
    const harness::Scenario scenario = harness::parse_scenario(R"(
fleet.messages = 1
message.domains = ["a.test"]
[[target.receiver]]
name = "backup-of-all"
preference = 50
[[target.receiver]]
name = "second"
domains = ["a.test"]
preference = 20
[[target.receiver]]
name = "first"
domains = ["a.test"]
)",
                                                               "s.toml");
    const std::vector<world::Endpoint> endpoints{{"h", 1}, {"h", 2}, {"h", 3}};
    const harness::Routes routes = harness::routes_to(scenario.target, endpoints);
    std::vector<std::pair<int, int>> hosts;
    for (const harness::MailHost& host : routes.hosts_of("a.test"))
        hosts.emplace_back(host.receiver, static_cast<int>(host.endpoint.port));
    EXPECT_THAT(hosts, ElementsAre(Pair(3, 3), Pair(2, 2), Pair(1, 1)));
    EXPECT_EQ(routes.hosts_of("elsewhere.test").size(), 1U);
}

// RFC 5321 5.1 makes of a lost reply one copy on each host.
TEST(Receivers, ACopyAtTheNextMailHostIsTold) {
    const VirtualRun run = run_virtual(R"(
[fleet]
messages = 1
next_host = "after_session"
timeouts.data_done = "5s"
[[target.receiver]]
name = "alpha"
preference = 10
[[target.receiver]]
name = "beta"
preference = 20
[[impair]]
name = "lost"
when = { receiver = "alpha", phase = "data_done" }
effect = { drop = "reply" }
)");
    EXPECT_EQ(run.summary.copies, 2U);
    EXPECT_EQ(harness::count_of(run.summary.routes, "next_host"), 1U);
}

}  // namespace
}  // namespace twofifty
