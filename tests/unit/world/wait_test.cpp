// What a coroutine can wait for: a moment, a notification, an operation within a deadline. Time
// here is virtual, so every claim about it is exact.
#include "world/deadline.hpp"
#include "world/notifier.hpp"
#include "world/task_scope.hpp"
#include "world/virtual/virtual_world.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace twofifty::world {
namespace {

using namespace std::chrono_literals;
using virtual_world::Ended;
using virtual_world::VirtualWorld;

/// What happened, and when.
struct Moment {
    std::string what;
    TimePoint when;

    bool operator==(const Moment&) const = default;
};
using Moments = std::vector<Moment>;

void PrintTo(const Moment& moment, std::ostream* out) {
    *out << moment.what << " at " << moment.when.time_since_epoch().count() << " ns";
}

class Alarm final : public Timer {
public:
    Alarm(Moments& moments, Clock& clock, std::string name)
        : moments_(moments), clock_(clock), name_(std::move(name)) {}

private:
    void fired() override { moments_.push_back({name_, clock_.now()}); }
    Moments& moments_;
    Clock& clock_;
    std::string name_;
};

Task<> sleep_and_note(Clock& clock, TimePoint until, std::string name, Moments& moments) {
    co_await SleepUntil(clock, until);
    moments.push_back({std::move(name), clock.now()});
}

Task<> wait_and_note(Clock& clock, Notifier& notifier, TimePoint deadline, std::string name,
                     Moments& moments) {
    const bool notified = co_await within(clock, deadline, notifier.wait());
    moments.push_back({name + (notified ? " notified" : " timed out"), clock.now()});
}

Task<> notify_at(Clock& clock, TimePoint when, Notifier& notifier) {
    co_await SleepUntil(clock, when);
    notifier.notify_one();
}

class Wait : public testing::Test {
protected:
    VirtualWorld world{1};
    Clock& clock = world.clock();
    Notifier notifier{clock.ready()};
    Moments moments;
    TaskScope scope{clock.ready()};
};

using TimerQueueTest = Wait;
using NotifierTest = Wait;
using WithinTest = Wait;
using SleepUntilTest = Wait;

TEST_F(TimerQueueTest, FiresInTheOrderOfTime) {
    Alarm a(moments, clock, "a");
    Alarm b(moments, clock, "b");
    Alarm c(moments, clock, "c");
    clock.timers().add(at(3s), a);
    clock.timers().add(at(1s), b);
    clock.timers().add(at(2s), c);
    world.run_until(at(10s));
    EXPECT_EQ(moments, (Moments{{"b", at(1s)}, {"c", at(2s)}, {"a", at(3s)}}));
}

TEST_F(TimerQueueTest, FiresEqualTimesInTheOrderInWhichTheyWereAdded) {
    Alarm a(moments, clock, "a");
    Alarm b(moments, clock, "b");
    Alarm c(moments, clock, "c");
    clock.timers().add(at(1s), b);
    clock.timers().add(at(1s), c);
    clock.timers().add(at(1s), a);
    world.run_until(at(1s));
    EXPECT_EQ(moments, (Moments{{"b", at(1s)}, {"c", at(1s)}, {"a", at(1s)}}));
}

TEST_F(TimerQueueTest, ATimerAddedAgainStandsBehindItsEquals) {
    Alarm a(moments, clock, "a");
    Alarm b(moments, clock, "b");
    clock.timers().add(at(1s), a);
    clock.timers().add(at(1s), b);
    a.stop();
    clock.timers().add(at(1s), a);
    world.run_until(at(1s));
    EXPECT_EQ(moments, (Moments{{"b", at(1s)}, {"a", at(1s)}}));
}

TEST_F(TimerQueueTest, FiresNothingBeforeItsTime) {
    Alarm a(moments, clock, "a");
    clock.timers().add(at(1s), a);
    EXPECT_FALSE(clock.timers().fire_one(at(1s) - 1ns));
    EXPECT_TRUE(clock.timers().fire_one(at(1s)));
    EXPECT_EQ(clock.timers().earliest(), never);
}

TEST_F(TimerQueueTest, AStoppedTimerLeaves) {
    Alarm a(moments, clock, "a");
    clock.timers().add(at(1s), a);
    EXPECT_TRUE(a.waiting());
    a.stop();
    EXPECT_FALSE(a.waiting());
    EXPECT_EQ(clock.timers().earliest(), never);
}

TEST_F(TimerQueueTest, ADestroyedTimerLeaves) {
    {
        Alarm a(moments, clock, "a");
        clock.timers().add(at(1s), a);
    }
    EXPECT_EQ(clock.timers().earliest(), never);
}

TEST_F(TimerQueueTest, TimeDoesNotRunOnForADeadlineThatWasMet) {
    const auto main = [](Clock& time, Notifier& notified, TaskScope& tasks) -> Task<> {
        tasks.spawn(notify_at(time, at(2s), notified));
        co_await within(time, at(1h), notified.wait());
    };
    EXPECT_EQ(world.run(main(clock, notifier, scope)), Ended::finished);
    EXPECT_EQ(world.now(), at(2s));
    EXPECT_EQ(clock.timers().earliest(), never);
}

TEST_F(NotifierTest, NotifyOneWakesTheFirstThatWaited) {
    scope.spawn(wait_and_note(clock, notifier, never, "a", moments));
    scope.spawn(wait_and_note(clock, notifier, never, "b", moments));
    notifier.notify_one();
    world.run_until(at(0s));
    EXPECT_EQ(moments, (Moments{{"a notified", at(0s)}}));
    EXPECT_TRUE(notifier.has_waiters());
}

TEST_F(NotifierTest, NotifyAllWakesEveryoneInOrder) {
    for (const char* const name : {"a", "b", "c"})
        scope.spawn(wait_and_note(clock, notifier, never, name, moments));
    notifier.notify_all();
    world.run_until(at(0s));
    EXPECT_EQ(moments,
              (Moments{{"a notified", at(0s)}, {"b notified", at(0s)}, {"c notified", at(0s)}}));
}

TEST_F(NotifierTest, ResumesFromTheLoopAndNotFromInside) {
    scope.spawn(wait_and_note(clock, notifier, never, "a", moments));
    notifier.notify_one();
    EXPECT_EQ(moments, Moments{});
}

TEST_F(NotifierTest, ANotificationWithNobodyWaitingIsLost) {
    notifier.notify_one();
    notifier.notify_all();
    scope.spawn(wait_and_note(clock, notifier, at(1s), "a", moments));
    world.run_until(at(5s));
    EXPECT_EQ(moments, (Moments{{"a timed out", at(1s)}}));
}

TEST_F(NotifierTest, OneWhoTimedOutTakesNoNotification) {
    scope.spawn(wait_and_note(clock, notifier, at(1s), "a", moments));
    scope.spawn(wait_and_note(clock, notifier, never, "b", moments));
    scope.spawn(notify_at(clock, at(2s), notifier));
    world.run_until(at(5s));
    EXPECT_EQ(moments, (Moments{{"a timed out", at(1s)}, {"b notified", at(2s)}}));
}

TEST_F(WithinTest, WhatIsDoneFirstCounts) {
    scope.spawn(wait_and_note(clock, notifier, at(3s), "a", moments));
    scope.spawn(notify_at(clock, at(2s), notifier));
    world.run_until(at(5s));
    EXPECT_EQ(moments, (Moments{{"a notified", at(2s)}}));
}

TEST_F(WithinTest, TheDeadlineEndsAWaitInVain) {
    scope.spawn(wait_and_note(clock, notifier, at(2s), "a", moments));
    scope.spawn(notify_at(clock, at(3s), notifier));
    world.run_until(at(5s));
    EXPECT_EQ(moments, (Moments{{"a timed out", at(2s)}}));
}

TEST_F(WithinTest, AtOneInstantTheTimerThatWasAddedFirstCounts) {
    scope.spawn(wait_and_note(clock, notifier, at(2s), "a", moments));
    scope.spawn(notify_at(clock, at(2s), notifier));
    world.run_until(at(5s));
    EXPECT_EQ(moments, (Moments{{"a timed out", at(2s)}}));
}

TEST_F(WithinTest, AtOneInstantAnEarlierNotificationCounts) {
    scope.spawn(notify_at(clock, at(2s), notifier));
    scope.spawn(wait_and_note(clock, notifier, at(2s), "a", moments));
    world.run_until(at(5s));
    EXPECT_EQ(moments, (Moments{{"a notified", at(2s)}}));
}

TEST_F(WithinTest, ACompletedOperationIsNotTakenBackByItsDeadline) {
    // Both happen before the coroutine runs: the timer finds the result there.
    scope.spawn(wait_and_note(clock, notifier, at(0s), "a", moments));
    notifier.notify_one();
    EXPECT_TRUE(clock.timers().fire_one(at(0s)));
    world.run_until(at(0s));
    EXPECT_EQ(moments, (Moments{{"a notified", at(0s)}}));
}

TEST_F(WithinTest, ADeadlineThatHasPassedEndsTheWaitAtOnce) {
    world.run_until(at(10s));
    scope.spawn(wait_and_note(clock, notifier, at(3s), "a", moments));
    world.run_until(at(10s));
    EXPECT_EQ(moments, (Moments{{"a timed out", at(10s)}}));
}

TEST_F(WithinTest, NeverAddsNoTimer) {
    scope.spawn(wait_and_note(clock, notifier, never, "a", moments));
    EXPECT_EQ(clock.timers().earliest(), never);
}

TEST_F(WithinTest, DestroyedWhileWaitingLeavesTimerAndNotifier) {
    scope.spawn(wait_and_note(clock, notifier, at(3s), "a", moments));
    scope.cancel();
    EXPECT_EQ(clock.timers().earliest(), never);
    EXPECT_FALSE(notifier.has_waiters());
    EXPECT_EQ(moments, Moments{});
}

TEST_F(SleepUntilTest, EndsAtItsMoment) {
    scope.spawn(sleep_and_note(clock, at(90min), "a", moments));
    world.run_until(at(2h));
    EXPECT_EQ(moments, (Moments{{"a", at(90min)}}));
}

TEST_F(SleepUntilTest, AMomentThatHasPassedDoesNotSuspend) {
    world.run_until(at(2s));
    scope.spawn(sleep_and_note(clock, at(1s), "a", moments));
    EXPECT_EQ(moments, (Moments{{"a", at(2s)}}));
}

TEST_F(SleepUntilTest, DestroyedWhileSleepingLeavesTheQueue) {
    scope.spawn(sleep_and_note(clock, at(1s), "a", moments));
    scope.cancel();
    EXPECT_EQ(clock.timers().earliest(), never);
}

TEST_F(Wait, SleepForCountsFromNow) {
    const auto main = [](Clock& time) -> Task<> {
        co_await sleep_for(time, 3s);
        co_await sleep_for(time, 4s);
    };
    EXPECT_EQ(world.run(main(clock)), Ended::finished);
    EXPECT_EQ(world.now(), at(7s));
}

}  // namespace
}  // namespace twofifty::world
