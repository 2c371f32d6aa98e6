// What distinguishes one sender from another: which host it turns to, how it shares out
// connections, how it splits and resends messages, what its timer measures. In virtual time,
// without latency, and so exactly.
#include "harness/fleet/fleet.hpp"
#include "harness/target/reference_receiver.hpp"
#include "tests/support/memory_recorder.hpp"
#include "tests/support/virtual_run.hpp"
#include "world/virtual/virtual_world.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <optional>

namespace twofifty::harness {
namespace {

using testing::ElementsAre;
using world::virtual_world::Ended;
using world::virtual_world::VirtualWorld;

/// A mail host of the domain.
struct Host {
    std::uint32_t preference = 10;
    bool listens = true;
    Duration service_time{};
    std::uint32_t max_recipients = 100;
    /// Serves nobody until then.
    TimePoint listens_from{};
};

/// One try: when, of which message, at which host.
struct Try {
    Duration at{};
    std::uint32_t message = 0;
    std::uint32_t attempt = 0;
    std::int64_t host = 0;

    bool operator==(const Try&) const = default;
};

void PrintTo(const Try& one, std::ostream* out) {
    *out << "{" << to_seconds(one.at) << "s, message " << one.message << ", attempt " << one.attempt
         << ", host " << one.host << "}";
}

world::Task<> load_and_finish(Fleet& fleet) {
    co_await fleet.load();
    const TimePoint no_deadline = never;
    co_await fleet.finish(no_deadline);
}

/// One fleet whose only domain has these hosts, numbered from 1.
class HostsRun {
public:
    HostsRun(Scenario what, const std::vector<Host>& hosts)
        : scenario_(std::move(what)),
          book_(make_address_book(scenario_.message)),
          messages_(scenario_.message, book_, scenario_.seed, "run1", 0) {
        for (const Host& host : hosts) add(host);
        Fleet fleet({world_.clock(), world_.network(), events_, book_, messages_, routes_},
                    scenario_);
        EXPECT_EQ(world_.run(load_and_finish(fleet)), Ended::finished);
    }

    std::vector<Try> tries() const {
        std::vector<Try> tries;
        for (const Event& event : events_.of_kind(EventKind::attempt_started))
            tries.push_back(
                {event.at.time_since_epoch(), event.message, event.attempt, event.quantity});
        return tries;
    }
    std::vector<std::int64_t> hosts_tried() const {
        std::vector<std::int64_t> hosts;
        for (const Try& one : tries()) hosts.push_back(one.host);
        return hosts;
    }
    std::vector<Event> of_kind(EventKind kind) const { return events_.of_kind(kind); }

private:
    void add(const Host& host) {
        const auto number = static_cast<std::uint16_t>(routes_.hosts_of("").size() + 1);
        const world::Endpoint endpoint{fmt::format("127.0.0.{}", number), 25};
        routes_.add("", {.receiver = number, .preference = host.preference, .endpoint = endpoint});
        if (!host.listens) return;
        ReceiverSettings& settings = settings_.emplace_back();
        settings.listen = to_string(endpoint);
        settings.service_time = world::fixed(host.service_time);
        settings.max_recipients = host.max_recipients;
        const ReceiverParts parts{world_.clock(), world_.network(), events_, book_, "run1"};
        EXPECT_TRUE(
            receivers_.emplace_back(parts, settings, Protocol::smtp, scenario_.seed).start());
    }

    Scenario scenario_;
    VirtualWorld world_{scenario_.seed};
    test::MemoryRecorder events_;
    AddressBook book_;
    MessageFactory messages_;
    Routes routes_;
    std::deque<ReceiverSettings> settings_;
    std::deque<ReferenceReceiver> receivers_;
};

/// Messages at once, over one connection; they wait 5 s behind the final dot, and an hour between
/// deliveries.
Scenario impatient(std::uint64_t messages = 1) {
    Scenario scenario;
    scenario.fleet.messages = messages;
    scenario.fleet.arrivals = Arrivals::constant;
    scenario.fleet.rate = 1e9;
    scenario.message.size.a = 1;
    SenderSettings& sender = scenario.fleet.sender();
    sender.connections = 1;
    sender.timeouts[Phase::data_done] = 5s;
    sender.retry = {.rule = ListedWaits{{1h}}, .lifetime = 90min};
    return scenario;
}

const Host slow{.preference = 10, .service_time = 10s};
const Host good{.preference = 20};
const Host dead{.preference = 10, .listens = false};

Scenario with_next_host(NextHost next_host) {
    Scenario scenario = impatient();
    scenario.fleet.sender().next_host = next_host;
    return scenario;
}

// The second copy goes to another host: that is what RFC 5321 5.1 makes of a lost reply.
TEST(NextHost, IsTriedAtOnceAfterASilentFinalDot) {
    const HostsRun run(with_next_host(NextHost::after_session), {slow, good});
    EXPECT_THAT(run.tries(), ElementsAre(Try{0s, 1, 1, 1}, Try{5s, 1, 2, 2}));
}

TEST(NextHost, IsNotTriedAfterASilentFinalDotByACarefulSender) {
    const HostsRun run(with_next_host(NextHost::after_connect), {slow, good});
    EXPECT_THAT(run.tries(), ElementsAre(Try{0s, 1, 1, 1}, Try{1h + 5s, 1, 2, 1}));
}

TEST(NextHost, IsTriedAtOnceWhereNobodyListens) {
    const HostsRun run(with_next_host(NextHost::after_connect), {dead, good});
    EXPECT_THAT(run.tries(), ElementsAre(Try{0s, 1, 1, 1}, Try{0s, 1, 2, 2}));
}

TEST(NextHost, IsNeverTriedByASenderThatKnowsOne) {
    const HostsRun run(with_next_host(NextHost::never), {dead, good});
    EXPECT_THAT(run.tries(), ElementsAre(Try{0s, 1, 1, 1}, Try{1h, 1, 2, 1}));
}

TEST(NextHost, GetsOnlyTheRecipientsThatWereRefusedForNow) {
    Scenario scenario = with_next_host(NextHost::after_refusal);
    scenario.message.recipients = 3;
    const HostsRun run(scenario, {{.preference = 10, .max_recipients = 2}, good});
    EXPECT_THAT(run.tries(), ElementsAre(Try{0s, 1, 1, 1}, Try{0s, 1, 2, 2}));
    std::vector<std::uint32_t> copies;
    for (const Event& event : run.of_kind(EventKind::copy_found)) copies.push_back(event.recipient);
    EXPECT_THAT(copies, ElementsAre(1U, 2U, 3U));
}

TEST(NextHost, IsOneOfSoMany) {
    Scenario scenario = with_next_host(NextHost::after_session);
    scenario.fleet.sender().hosts_per_attempt = 2;
    const HostsRun run(scenario, {dead, {.preference = 15, .listens = false}, good});
    EXPECT_EQ(run.hosts_tried(), (std::vector<std::int64_t>{1, 2, 1, 2}));
}

TEST(NextHost, OfEqualPreferenceIsChosenByLot) {
    constexpr std::uint64_t messages = 1000;
    Scenario scenario = impatient(messages);
    scenario.fleet.sender().messages_per_connection = 1;
    const Host one{.preference = 10};
    const std::vector<std::int64_t> hosts = HostsRun(scenario, {one, one}).hosts_tried();
    const auto first = static_cast<double>(std::count(hosts.begin(), hosts.end(), 1));
    // Binomial: the deviation of 1000 fair lots is 15.8.
    EXPECT_NEAR(first, 500, 6 * 15.8) << "seed " << scenario.seed;
    EXPECT_EQ(HostsRun(scenario, {one, one}).hosts_tried(), hosts);
}

TEST(Backoff, LeavesAHostAloneUntilItsTime) {
    Scenario scenario = with_next_host(NextHost::after_connect);
    scenario.fleet.sender().backoff = Backoff{.first = 10min, .growth = Growth::fixed};
    scenario.fleet.sender().retry.rule = ListedWaits{{1min}};
    scenario.fleet.sender().retry.lifetime = 20min;
    // Tried when the host is due again, not when the message is.
    EXPECT_THAT(HostsRun(scenario, {dead}).tries(),
                ElementsAre(Try{0s, 1, 1, 1}, Try{10min, 1, 2, 1}, Try{20min, 1, 3, 1}));
}

TEST(Backoff, LetsTheOtherHostsServe) {
    Scenario scenario = with_next_host(NextHost::after_connect);
    scenario.fleet.messages = 2;
    scenario.fleet.rate = 1;
    scenario.fleet.sender().idle = 0s;
    scenario.fleet.sender().backoff = Backoff{.first = 10min};
    EXPECT_EQ(HostsRun(scenario, {dead, good}).hosts_tried(), (std::vector<std::int64_t>{1, 2, 2}));
}

TEST(Backoff, FollowsASilentFinalDotOnlyWhereThatBlamesTheHost) {
    const auto second_message_at = [](bool blames_host) {
        Scenario scenario = with_next_host(NextHost::never);
        scenario.fleet.messages = 2;
        scenario.fleet.sender().backoff = Backoff{.first = 10min};
        scenario.fleet.sender().unknown_blames_host = blames_host;
        for (const Try& one : HostsRun(scenario, {slow}).tries())
            if (one.message == 2) return one.at;
        return Duration{-1};
    };
    EXPECT_EQ(second_message_at(false), 5s);
    EXPECT_EQ(second_message_at(true), 10min + 5s);
}

TEST(Concurrency, GrowsWithEachSuccess) {
    Scenario scenario = impatient(6);
    SenderSettings& sender = scenario.fleet.sender();
    sender.connections = 3;
    sender.initial_connections = 1;
    sender.timeouts[Phase::data_done] = 1h;
    std::vector<Duration> starts;
    for (const Try& one : HostsRun(scenario, {slow}).tries()) starts.push_back(one.at);
    EXPECT_THAT(starts, ElementsAre(0s, 10s, 10s, 20s, 20s, 20s));
}

// Postfix: a destination is dead when as many tries in a row failed as were allowed at once.
TEST(Concurrency, IsUsedUpByFailuresBeforeTheHostIsLeftAlone) {
    Scenario scenario = impatient(4);
    SenderSettings& sender = scenario.fleet.sender();
    sender.next_host = NextHost::never;
    sender.initial_connections = 1;
    sender.connections = 3;
    sender.backoff = Backoff{.first = 10min};
    sender.retry.lifetime = 1min;
    const auto first_tries = [&](std::uint32_t initial) {
        sender.initial_connections = initial;
        std::size_t before_the_rest = 0;
        for (const Try& one : HostsRun(scenario, {dead}).tries())
            if (one.at < 10min) ++before_the_rest;
        return before_the_rest;
    };
    EXPECT_EQ(first_tries(1), 1U);
    EXPECT_EQ(first_tries(3), 3U);
}

TEST(Recipients, AreSplitOverTransactions) {
    Scenario scenario = impatient();
    scenario.message.recipients = 5;
    scenario.fleet.sender().recipients_per_transaction = 2;
    const HostsRun run(scenario, {good});
    EXPECT_THAT(run.tries(), ElementsAre(Try{0s, 1, 1, 1}, Try{0s, 1, 2, 1}, Try{0s, 1, 3, 1}));
    EXPECT_EQ(run.of_kind(EventKind::copy_found).size(), 5U);
}

TEST(Recipients, ThatHaveItGetItAgainFromASenderWithThatDefect) {
    const auto copies_of_first = [](bool resends_to_all) {
        Scenario scenario = impatient();
        scenario.message.recipients = 3;
        scenario.fleet.sender().resends_to_all = resends_to_all;
        const HostsRun run(scenario, {{.max_recipients = 2}});
        const std::vector<Event> copies = run.of_kind(EventKind::copy_found);
        return std::count_if(copies.begin(), copies.end(),
                             [](const Event& copy) { return copy.recipient == 1; });
    };
    EXPECT_EQ(copies_of_first(false), 1);
    EXPECT_EQ(copies_of_first(true), 2);
}

TEST(DelayNotices, AreSentOnceForEachAge) {
    Scenario scenario = impatient();
    scenario.fleet.sender().retry = {
        .rule = ListedWaits{{1h}}, .lifetime = 5h, .warn_after = {90min, 4h}};
    std::vector<TimePoint> warned;
    for (const Event& event : HostsRun(scenario, {dead}).of_kind(EventKind::delay_warned))
        warned.push_back(event.at);
    EXPECT_THAT(warned, ElementsAre(at(2h), at(4h)));
}

TEST(Groups, ShareTheMessagesByWeight) {
    Scenario scenario = impatient(4000);
    SenderGroup other = scenario.fleet.groups.front();
    other.weight = 3;
    other.senders = 2;
    scenario.fleet.groups.push_back(other);
    std::map<std::uint16_t, int> by_node;
    for (const Event& event : HostsRun(scenario, {good}).of_kind(EventKind::submitted))
        ++by_node[event.node];
    // Binomial, 4000 lots of 1/4: the deviation is 27.4.
    EXPECT_NEAR(by_node[1], 1000, 6 * 27.4) << "seed " << scenario.seed;
    EXPECT_LE(std::abs(by_node[2] - by_node[3]), 1);
}

TEST(LoadCurve, GivesEachStepItsShare) {
    Scenario scenario = impatient(9);
    scenario.fleet.rate = 1;
    scenario.fleet.load_curve = {.step = 2s, .factors = {1, 2, 0}};
    std::vector<Duration> times;
    for (const Event& event : HostsRun(scenario, {good}).of_kind(EventKind::submitted))
        times.push_back(event.at.time_since_epoch());
    EXPECT_THAT(times, ElementsAre(0s, 1s, 2s, 2500ms, 3s, 3500ms, 4s, 7s, 8s));
}

/// Outcomes of the attempts of one message whose 250 drips, or whose content is slow.
std::vector<Outcome> outcomes(std::string_view timer, std::string_view timeout,
                              std::string_view impairment, std::string_view size = "1KiB") {
    const test::VirtualRun run = test::run_virtual(
        fmt::format("[fleet]\nmessages = 1\ntimer = \"{}\"\ntimeouts = {{ {} = \"5s\" }}\n"
                    "retry = {{ lifetime = \"0s\" }}\n[message]\nsize = \"{}\"\n{}\n"
                    "[drain]\nquiet_for = \"1ms\"\nbudget = \"2h\"\n",
                    timer, timeout, size, impairment));
    std::vector<Outcome> result;
    for (const Event& event : run.of_kind(EventKind::attempt_ended))
        result.push_back(event.outcome);
    return result;
}

constexpr std::string_view drip =
    "[[impair]]\nname = \"drip\"\nwhen = { phase = \"data_done\" }\n"
    "effect = { drip = { bytes = 1, every = \"1s\" } }";

TEST(Timer, OfEachReadIsResetByADrippingReply) {
    EXPECT_THAT(outcomes("per_read", "data_done", drip), ElementsAre(Outcome::accepted));
}

TEST(Timer, OfTheReplyIsNotResetByADrip) {
    EXPECT_THAT(outcomes("per_reply", "data_done", drip), ElementsAre(Outcome::unknown));
    EXPECT_THAT(outcomes("per_request", "data_done", drip), ElementsAre(Outcome::unknown));
}

constexpr std::string_view slow_path =
    "[[impair]]\nname = \"slow\"\nwhen = { direction = \"to_server\" }\n"
    "effect = { bandwidth = \"64KiB/s\" }";

TEST(Timer, OfTheRequestCoversTheWholeContent) {
    EXPECT_THAT(outcomes("per_reply", "data_xfer", slow_path, "1MiB"),
                ElementsAre(Outcome::accepted));
    EXPECT_THAT(outcomes("per_request", "data_xfer", slow_path, "1MiB"),
                ElementsAre(Outcome::not_sent));
}

}  // namespace
}  // namespace twofifty::harness
