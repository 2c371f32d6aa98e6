// The senders' rules, in virtual time and so exactly: when they try, how often, over which
// connection, and when they give up.
#include "harness/fleet/fleet.hpp"
#include "harness/target/reference_receiver.hpp"
#include "tests/support/memory_recorder.hpp"
#include "world/task_scope.hpp"
#include "world/virtual/virtual_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <tuple>

namespace twofifty::harness {
namespace {

using testing::Each;
using testing::ElementsAre;
using world::virtual_world::Ended;
using world::virtual_world::VirtualWorld;
using Times = std::vector<TimePoint>;
using Numbers = std::vector<std::uint32_t>;

const world::Endpoint address{"127.0.0.1", 25};

Routes to_one_host() {
    Routes routes;
    routes.add("", {.endpoint = address});
    return routes;
}

enum class Target : std::uint8_t { reference, nobody, silent };

world::Task<> load_and_finish(Fleet& fleet, bool& emptied) {
    co_await fleet.load();
    const TimePoint no_deadline = never;
    emptied = co_await fleet.finish(no_deadline);
}

/// One fleet against one target, until every queue is empty.
class FleetRun {
public:
    explicit FleetRun(Scenario what, Target target = Target::reference)
        : scenario_(std::move(what)),
          book_(make_address_book(scenario_.message)),
          messages_(scenario_.message, book_, scenario_.seed, "run1", 0),
          receiver_({world_.clock(), world_.network(), events_, book_, "run1"}, with_address(),
                    Protocol::smtp, scenario_.seed),
          fleet_({world_.clock(), world_.network(), events_, book_, messages_, routes_},
                 scenario_) {
        std::unique_ptr<world::Listener> silent;
        if (target == Target::reference) {
            EXPECT_TRUE(receiver_.start());
        }
        if (target == Target::silent) silent = world_.network().listen(address).value();
        bool emptied = false;
        EXPECT_EQ(world_.run(load_and_finish(fleet_, emptied)), Ended::finished);
        EXPECT_TRUE(emptied);
        EXPECT_EQ(fleet_.in_queues(), 0U);
        ended_ = world_.now();
    }

    TimePoint ended() const { return ended_; }
    std::vector<Event> of_kind(EventKind kind) const { return events_.of_kind(kind); }
    Times times_of(EventKind kind) const {
        Times times;
        for (const Event& event : of_kind(kind)) times.push_back(event.at);
        return times;
    }
    Numbers connections_of_attempts() const {
        Numbers numbers;
        for (const Event& event : of_kind(EventKind::attempt_started))
            numbers.push_back(event.connection);
        return numbers;
    }
    std::size_t most_open_connections() const {
        std::size_t open = 0;
        std::size_t most = 0;
        for (const Event& event : events_.events) {
            if (event.kind == EventKind::connection_opened) most = std::max(most, ++open);
            if (event.kind == EventKind::connection_closed) --open;
        }
        return most;
    }

private:
    const ReceiverSettings& with_address() {
        scenario_.target.reference.listen = "127.0.0.1:25";
        return scenario_.target.reference;
    }

    Scenario scenario_;
    VirtualWorld world_{scenario_.seed};
    test::MemoryRecorder events_;
    AddressBook book_;
    MessageFactory messages_;
    ReferenceReceiver receiver_;
    Routes routes_ = to_one_host();
    Fleet fleet_;
    TimePoint ended_{};
};

/// So many messages over one connection, as fast as it takes them.
Scenario closed_load(std::uint64_t messages) {
    Scenario scenario;
    scenario.fleet.messages = messages;
    scenario.fleet.sender().connections = 1;
    scenario.message.size.a = 1;
    return scenario;
}

Scenario open_load(std::uint64_t messages, double rate) {
    Scenario scenario = closed_load(messages);
    scenario.fleet.arrivals = Arrivals::constant;
    scenario.fleet.rate = rate;
    return scenario;
}

/// One message that nobody takes.
Scenario undeliverable(Duration lifetime) {
    Scenario scenario = closed_load(1);
    scenario.fleet.sender().retry = {.rule = ListedWaits{{10s, 20s, 40s}}, .lifetime = lifetime};
    return scenario;
}

TEST(Fleet, RetriesByItsScheduleWhoseLastIntervalRepeats) {
    const FleetRun run(undeliverable(200s), Target::nobody);
    EXPECT_EQ(run.times_of(EventKind::attempt_started),
              (Times{at(0s), at(10s), at(30s), at(70s), at(110s), at(150s), at(190s)}));
}

TEST(Fleet, GivesUpWhenTheNextAttemptWouldBeTooLate) {
    const auto gave_up = [](Duration lifetime) {
        return FleetRun(undeliverable(lifetime), Target::nobody).times_of(EventKind::gave_up);
    };
    EXPECT_EQ(gave_up(190s), Times{at(190s)});
    EXPECT_EQ(gave_up(190s - 1ns), Times{at(150s)});
    EXPECT_EQ(gave_up(10s - 1ns), Times{at(0s)});
}

TEST(Fleet, CountsTheNextIntervalFromTheEndOfAnAttempt) {
    Scenario scenario = undeliverable(100s);
    scenario.fleet.sender().timeouts[Phase::greeting] = 5s;
    const FleetRun run(scenario, Target::silent);
    EXPECT_EQ(run.times_of(EventKind::attempt_started), (Times{at(0s), at(15s), at(40s), at(85s)}));
    EXPECT_EQ(run.times_of(EventKind::gave_up), Times{at(90s)});
}

TEST(Fleet, ADeadTargetIsNotStormed) {
    Scenario scenario = closed_load(3);
    scenario.fleet.sender().retry = {.rule = ListedWaits{{1h}}, .lifetime = 1min};
    const FleetRun run(scenario, Target::nobody);
    EXPECT_EQ(run.times_of(EventKind::attempt_started), (Times{at(0s), at(1s), at(2s)}));
}

TEST(Fleet, OpensNoMoreConnectionsThanAllowed) {
    Scenario scenario = closed_load(6);
    scenario.fleet.sender().connections = 2;
    scenario.target.reference.service_time = world::fixed(10s);
    const FleetRun run(scenario);
    EXPECT_EQ(run.times_of(EventKind::copy_found),
              (Times{at(10s), at(10s), at(20s), at(20s), at(30s), at(30s)}));
    EXPECT_EQ(run.most_open_connections(), 2U);
}

TEST(Fleet, AnOpenLoadOpensNoMoreConnectionsThanAllowed) {
    Scenario scenario = open_load(50, 10);
    scenario.fleet.sender().connections = 3;
    scenario.target.reference.service_time = world::fixed(10s);
    EXPECT_EQ(FleetRun(scenario).most_open_connections(), 3U);
}

TEST(Fleet, AConnectionCarriesSoManyMessages) {
    Scenario scenario = closed_load(5);
    scenario.fleet.sender().messages_per_connection = 2;
    EXPECT_EQ(FleetRun(scenario).connections_of_attempts(), (Numbers{1, 1, 2, 2, 3}));
}

TEST(Fleet, AnIdleConnectionIsClosedAtItsTime) {
    Scenario scenario = open_load(3, 0.1);
    scenario.fleet.sender().idle = 2s;
    const FleetRun run(scenario);
    EXPECT_EQ(run.connections_of_attempts(), (Numbers{1, 2, 3}));
    // The run ends with the last message, before its connection is idle for long enough.
    EXPECT_EQ(run.times_of(EventKind::connection_closed), (Times{at(2s), at(12s)}));
}

TEST(Fleet, AConnectionThatIsNotIdleForLongIsKept) {
    Scenario scenario = open_load(3, 0.1);
    scenario.fleet.sender().idle = 10s + 1ns;
    EXPECT_EQ(FleetRun(scenario).connections_of_attempts(), (Numbers{1, 1, 1}));
}

TEST(Fleet, ArrivalsKeepTheirTimesWhateverTheTargetDoes) {
    Scenario scenario = open_load(8, 4);
    scenario.fleet.groups.front().senders = 3;
    scenario.fleet.sender().retry = {.rule = ListedWaits{{1h}}, .lifetime = 1s};
    for (const Target target : {Target::reference, Target::nobody, Target::silent}) {
        const FleetRun run(scenario, target);
        EXPECT_EQ(run.times_of(EventKind::submitted),
                  (Times{at(0ms), at(250ms), at(500ms), at(750ms), at(1000ms), at(1250ms),
                         at(1500ms), at(1750ms)}));
        for (const Event& event : run.of_kind(EventKind::submitted)) {
            EXPECT_EQ(event.duration, 0s);
            EXPECT_EQ(event.node, (event.message - 1) % 3 + 1);
        }
    }
}

TEST(Fleet, AnOpenLoadEndsBeforeItsDurationIsOver) {
    Scenario scenario = open_load(0, 2);
    scenario.fleet.messages.reset();
    scenario.fleet.duration = 3s;
    EXPECT_EQ(FleetRun(scenario).times_of(EventKind::submitted),
              (Times{at(0ms), at(500ms), at(1000ms), at(1500ms), at(2000ms), at(2500ms)}));
}

TEST(Fleet, AClosedLoadEndsBeforeItsDurationIsOver) {
    Scenario scenario = closed_load(0);
    scenario.fleet.messages.reset();
    scenario.fleet.duration = 3s;
    scenario.target.reference.service_time = world::fixed(1s);
    const FleetRun run(scenario);
    EXPECT_EQ(run.times_of(EventKind::submitted), (Times{at(0s), at(1s), at(2s)}));
    EXPECT_EQ(run.ended(), at(3s));
}

TEST(Fleet, AClosedLoadSubmitsAsConnectionsComeFree) {
    Scenario scenario = closed_load(3);
    scenario.target.reference.service_time = world::fixed(7s);
    EXPECT_EQ(FleetRun(scenario).times_of(EventKind::submitted), (Times{at(0s), at(7s), at(14s)}));
}

Times poisson_times(std::uint64_t seed) {
    Scenario scenario = open_load(3000, 10);
    scenario.seed = seed;
    scenario.fleet.arrivals = Arrivals::poisson;
    return FleetRun(scenario).times_of(EventKind::submitted);
}

TEST(Fleet, PoissonArrivalsAreTheSeeds) {
    EXPECT_EQ(poisson_times(1), poisson_times(1));
    EXPECT_NE(poisson_times(1), poisson_times(2));
}

TEST(Fleet, PoissonArrivalsHaveTheirRate) {
    constexpr std::uint64_t seed = 3;
    const Times times = poisson_times(seed);
    // The sum of n exponential gaps of 100 ms has the deviation 100 ms * sqrt(n).
    const double gaps = static_cast<double>(times.size() - 1);
    EXPECT_NEAR(to_ms(times.back() - times.front()), 100 * gaps, 6 * 100 * std::sqrt(gaps))
        << "seed " << seed;
}

TEST(Fleet, OnlyTheRecipientsThatAreLeftAreTriedAgain) {
    Scenario scenario = closed_load(1);
    scenario.message.recipients = 3;
    scenario.target.reference.max_recipients = 2;
    scenario.fleet.sender().retry.rule = ListedWaits{{10s}};
    const FleetRun run(scenario);
    using End = std::tuple<TimePoint, std::uint32_t, std::uint32_t, Outcome>;
    std::vector<End> ends;
    for (const Event& event : run.of_kind(EventKind::attempt_ended))
        ends.emplace_back(event.at, event.attempt, event.recipient, event.outcome);
    EXPECT_EQ(ends, (std::vector<End>{{at(0s), 1, 1, Outcome::accepted},
                                      {at(0s), 1, 2, Outcome::accepted},
                                      {at(0s), 1, 3, Outcome::refused_for_now},
                                      {at(10s), 2, 3, Outcome::accepted}}));
    EXPECT_EQ(run.times_of(EventKind::copy_found), (Times{at(0s), at(0s), at(10s)}));
}

TEST(Fleet, WhatIsRefusedForGoodIsGivenUpAtOnce) {
    Scenario scenario = closed_load(1);
    scenario.target.reference.max_size = 10;
    const FleetRun run(scenario);
    ASSERT_EQ(run.of_kind(EventKind::gave_up).size(), 1U);
    EXPECT_EQ(run.of_kind(EventKind::gave_up)[0].text, "refused_for_good");
    EXPECT_EQ(run.ended(), at(0s));
}

TEST(Fleet, AConnectionIsNotUsedAgainAfterAnUnknownOutcome) {
    Scenario scenario = closed_load(3);
    scenario.fleet.sender().timeouts[Phase::data_done] = 5s;
    scenario.fleet.sender().retry = {.rule = ListedWaits{{1min}}, .lifetime = 90s};
    scenario.target.reference.service_time = world::fixed(6s);
    const FleetRun run(scenario);
    for (const Event& event : run.of_kind(EventKind::attempt_ended))
        EXPECT_EQ(event.outcome, Outcome::unknown);
    EXPECT_EQ(run.connections_of_attempts(), (Numbers{1, 2, 3, 4, 5, 6}));
    EXPECT_EQ(run.times_of(EventKind::attempt_started),
              (Times{at(0s), at(5s), at(10s), at(65s), at(70s), at(75s)}));
}

TEST(Fleet, AnEmptyLoadEndsAtOnce) {
    EXPECT_EQ(FleetRun(closed_load(0)).ended(), at(0s));
}

}  // namespace
}  // namespace twofifty::harness
