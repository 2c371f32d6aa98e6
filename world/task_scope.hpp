#pragma once

#include "world/notifier.hpp"
#include "world/task.hpp"

#include <boost/intrusive/list.hpp>

#include <cstddef>

namespace twofifty::world {

/// Owns tasks that nobody awaits: sessions, pumps, queues. A spawned task runs at once to its first
/// wait. The scope's end destroys those that still wait, newest first, so what they refer to must
/// outlive the scope. Neither cancel() nor the end may come from inside one of its tasks.
class TaskScope {
public:
    explicit TaskScope(ReadyQueue& ready) : emptied_(ready) {}
    TaskScope(const TaskScope&) = delete;
    TaskScope& operator=(const TaskScope&) = delete;
    ~TaskScope() { cancel(); }

    void spawn(Task<> task) { run(*this, std::move(task)); }

    /// Destroys every task.
    void cancel() {
        while (!roots_.empty()) roots_.back().destroy();
    }

    std::size_t size() const { return size_; }

    /// Waits until the last task has ended.
    Task<> join() {
        while (size_ > 0) co_await emptied_.wait();
    }

private:
    /// The frame that owns one spawned task; it destroys itself at its end.
    struct Root {
        struct promise_type : block_pool::Pooled,
                              boost::intrusive::list_base_hook<
                                  boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
            promise_type(TaskScope& owner, Task<>&) : scope(owner) {
                scope.roots_.push_back(*this);
                ++scope.size_;
            }
            ~promise_type() {
                --scope.size_;
                if (scope.size_ == 0) scope.emptied_.notify_all();
            }
            Root get_return_object() noexcept { return {}; }
            std::suspend_never initial_suspend() noexcept { return {}; }
            std::suspend_never final_suspend() noexcept { return {}; }
            void return_void() noexcept {}
            [[noreturn]] void unhandled_exception() noexcept { std::terminate(); }
            void destroy() { std::coroutine_handle<promise_type>::from_promise(*this).destroy(); }
            TaskScope& scope;
        };
    };
    static Root run(TaskScope&, Task<> task) { co_await task; }

    Notifier emptied_;
    std::size_t size_ = 0;
    boost::intrusive::list<Root::promise_type, boost::intrusive::constant_time_size<false>> roots_;
};

}  // namespace twofifty::world
