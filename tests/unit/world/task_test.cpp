// Tasks and the scopes that own them: when they run, in which order they end, and what becomes of
// one that is destroyed while it waits.
#include "world/task.hpp"

#include "world/notifier.hpp"
#include "world/task_scope.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace twofifty::world {
namespace {

using testing::ElementsAre;
using Names = std::vector<std::string>;

void run_all(ReadyQueue& ready) {
    while (!ready.empty()) ready.run_one();
}

Task<int> value_of(int value) {
    co_return value;
}

Task<int> sum(int depth) {
    if (depth == 0) co_return 0;
    const int below = co_await sum(depth - 1);
    co_return below + depth;
}

/// Says in which order things happened; its end is said too, however the coroutine ends.
class Mark {
public:
    Mark(Names& names, std::string name) : names_(names), name_(std::move(name)) {
        names_.push_back(name_ + " begins");
    }
    Mark(const Mark&) = delete;
    Mark& operator=(const Mark&) = delete;
    ~Mark() { names_.push_back(name_ + " ends"); }

private:
    Names& names_;
    std::string name_;
};

Task<> marked(Names& names, std::string name, Notifier& go_on) {
    const Mark mark(names, std::move(name));
    co_await go_on.wait();
}

Task<> marked_at_once(Names& names, std::string name) {
    const Mark mark(names, std::move(name));
    co_return;
}

Task<> join_and_mark(TaskScope& scope, Names& names) {
    co_await scope.join();
    names.emplace_back("joined");
}

Task<std::unique_ptr<int>> boxed_later(Notifier& go_on, int value) {
    co_await go_on.wait();
    co_return std::make_unique<int>(value);
}

Task<> keep(Notifier& go_on, int& kept) {
    const std::unique_ptr<int> box = co_await boxed_later(go_on, 7);
    kept = *box;
}

Task<> outer(Names& names, Notifier& go_on) {
    const Mark mark(names, "outer");
    co_await marked(names, "inner", go_on);
}

TEST(Task, RunsNothingBeforeItIsAwaited) {
    Names names;
    { const Task<> task = marked_at_once(names, "never"); }
    EXPECT_EQ(names, Names{});
}

TEST(Task, GivesItsValueThroughNestedTasks) {
    ReadyQueue ready;
    TaskScope scope(ready);
    int total = 0;
    const auto store = [](int& into) -> Task<> {
        const int value = co_await sum(100);
        into = value;
    };
    scope.spawn(store(total));
    EXPECT_EQ(total, 5050);
}

TEST(Task, AMillionTasksThatEndAtOnceUseNoStack) {
    ReadyQueue ready;
    TaskScope scope(ready);
    std::int64_t total = 0;
    const auto loop = [](std::int64_t& into) -> Task<> {
        for (int i = 0; i < 1'000'000; ++i) {
            const int value = co_await value_of(i);
            into += value;
        }
    };
    scope.spawn(loop(total));
    EXPECT_EQ(total, 499'999'500'000);
}

TEST(Task, AMillionTasksThatEndLaterUseNoStack) {
    ReadyQueue ready;
    Notifier turn(ready);
    TaskScope scope(ready);
    int turns = 0;
    const auto one_wait = [](Notifier& notifier) -> Task<> { co_await notifier.wait(); };
    const auto loop = [](Notifier& notifier, int& count, const decltype(one_wait)& wait) -> Task<> {
        for (; count < 1'000'000; ++count) co_await wait(notifier);
    };
    scope.spawn(loop(turn, turns, one_wait));
    while (scope.size() > 0) {
        turn.notify_one();
        run_all(ready);
    }
    EXPECT_EQ(turns, 1'000'000);
}

TEST(Task, MovesOutAValueThatComesLater) {
    ReadyQueue ready;
    Notifier go_on(ready);
    TaskScope scope(ready);
    int kept = 0;
    scope.spawn(keep(go_on, kept));
    EXPECT_EQ(kept, 0);
    go_on.notify_one();
    run_all(ready);
    EXPECT_EQ(kept, 7);
}

TEST(Task, DestroyedWhileWaitingEndsInnermostFirst) {
    ReadyQueue ready;
    Notifier go_on(ready);
    Names names;
    {
        TaskScope scope(ready);
        scope.spawn(outer(names, go_on));
    }
    EXPECT_THAT(names, ElementsAre("outer begins", "inner begins", "inner ends", "outer ends"));
    EXPECT_FALSE(go_on.has_waiters());
}

TEST(Task, DestroyedAfterItWasMadeReadyIsNotRun) {
    ReadyQueue ready;
    Notifier go_on(ready);
    int kept = 0;
    {
        TaskScope scope(ready);
        scope.spawn(keep(go_on, kept));
        go_on.notify_one();
        EXPECT_FALSE(ready.empty());
    }
    EXPECT_TRUE(ready.empty());
    EXPECT_EQ(kept, 0);
}

TEST(TaskScope, RunsATaskAtOnceToItsFirstWait) {
    ReadyQueue ready;
    Notifier go_on(ready);
    Names names;
    TaskScope scope(ready);
    scope.spawn(marked(names, "a", go_on));
    EXPECT_EQ(names, (Names{"a begins"}));
    EXPECT_EQ(scope.size(), 1U);
}

TEST(TaskScope, ForgetsATaskThatEndsAtOnce) {
    ReadyQueue ready;
    Names names;
    TaskScope scope(ready);
    scope.spawn(marked_at_once(names, "a"));
    EXPECT_EQ(names, (Names{"a begins", "a ends"}));
    EXPECT_EQ(scope.size(), 0U);
}

TEST(TaskScope, EndsTasksInTheOrderInWhichTheyBecomeReady) {
    ReadyQueue ready;
    Notifier first(ready);
    Notifier second(ready);
    Names names;
    TaskScope scope(ready);
    scope.spawn(marked(names, "a", second));
    scope.spawn(marked(names, "b", first));
    first.notify_one();
    second.notify_one();
    run_all(ready);
    EXPECT_EQ(names, (Names{"a begins", "b begins", "b ends", "a ends"}));
}

TEST(TaskScope, CancelDestroysTheNewestFirst) {
    ReadyQueue ready;
    Notifier go_on(ready);
    Names names;
    TaskScope scope(ready);
    for (const char* const name : {"a", "b", "c"}) scope.spawn(marked(names, name, go_on));
    names.clear();
    scope.cancel();
    EXPECT_EQ(names, (Names{"c ends", "b ends", "a ends"}));
    EXPECT_EQ(scope.size(), 0U);
}

TEST(TaskScope, TakesTasksAgainAfterCancel) {
    ReadyQueue ready;
    Notifier go_on(ready);
    Names names;
    TaskScope scope(ready);
    scope.spawn(marked(names, "a", go_on));
    scope.cancel();
    scope.spawn(marked_at_once(names, "b"));
    EXPECT_EQ(names, (Names{"a begins", "a ends", "b begins", "b ends"}));
}

TEST(TaskScope, JoinWaitsForTheLastTask) {
    ReadyQueue ready;
    Notifier go_on(ready);
    Names names;
    TaskScope work(ready);
    TaskScope waiting(ready);
    work.spawn(marked(names, "a", go_on));
    work.spawn(marked(names, "b", go_on));
    waiting.spawn(join_and_mark(work, names));
    go_on.notify_one();
    run_all(ready);
    EXPECT_EQ(names, (Names{"a begins", "b begins", "a ends"}));
    go_on.notify_one();
    run_all(ready);
    EXPECT_EQ(names, (Names{"a begins", "b begins", "a ends", "b ends", "joined"}));
}

TEST(TaskScope, JoinOfAnEmptyScopeDoesNotWait) {
    ReadyQueue ready;
    Names names;
    TaskScope work(ready);
    TaskScope waiting(ready);
    waiting.spawn(join_and_mark(work, names));
    EXPECT_EQ(names, (Names{"joined"}));
}

TEST(TaskScope, JoinEndsWhenTheTasksAreCancelled) {
    ReadyQueue ready;
    Notifier go_on(ready);
    Names names;
    TaskScope work(ready);
    TaskScope waiting(ready);
    work.spawn(marked(names, "a", go_on));
    waiting.spawn(join_and_mark(work, names));
    work.cancel();
    run_all(ready);
    EXPECT_EQ(names, (Names{"a begins", "a ends", "joined"}));
}

}  // namespace
}  // namespace twofifty::world
