// The coroutine of every session, queue, proxy and receiver. A Task is lazy, has one owner, and
// runs to its first real wait as soon as it is awaited. It needs no executor: what it waits for
// resumes it from its world's loop.
//
// Why not asio::awaitable: a wait is then one object in the coroutine's own frame, without
// allocation or type erasure, and tearing down is destroying the frame, in both worlds
// (docs/architecture.md, "Coroutines").
#pragma once

#include "record/check.hpp"
#include "world/block_pool.hpp"

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <utility>

namespace twofifty::world {

template <class T>
class Task;

namespace detail {

/// How a task hands control back. A task that ends before its first wait returns to the awaiting
/// coroutine by not suspending it, so a loop of such tasks uses no stack; one that ends later
/// resumes it from here.
class TaskPromiseBase : public block_pool::Pooled {
public:
    std::suspend_always initial_suspend() noexcept { return {}; }

    auto final_suspend() noexcept {
        struct Awaiter {
            bool await_ready() noexcept { return false; }
            void await_suspend(std::coroutine_handle<>) noexcept {
                if (promise.state_ == State::starting) {
                    promise.state_ = State::ended_while_starting;
                } else if (promise.continuation_) {
                    promise.continuation_
                        .resume();  // May destroy this coroutine: touch nothing behind it.
                }
            }
            void await_resume() noexcept {}
            TaskPromiseBase& promise;
        };
        return Awaiter{*this};
    }

    /// Code in a run reports errors as values; an exception there is a bug.
    [[noreturn]] void unhandled_exception() noexcept { std::terminate(); }

    /// Runs the task to its first wait or its end. True when it ended.
    template <class Promise>
    bool start(std::coroutine_handle<Promise> self, std::coroutine_handle<> continuation) {
        continuation_ = continuation;
        state_ = State::starting;
        self.resume();
        if (state_ == State::ended_while_starting) return true;
        state_ = State::running;
        return false;
    }

private:
    enum class State : std::uint8_t { idle, starting, running, ended_while_starting };
    std::coroutine_handle<> continuation_;
    State state_ = State::idle;
};

template <class T>
class TaskPromise : public TaskPromiseBase {
public:
    Task<T> get_return_object() noexcept;
    template <class U>
    void return_value(U&& value) {
        value_.emplace(std::forward<U>(value));
    }
    T take() { return std::move(*value_); }

private:
    std::optional<T> value_;
};

template <>
class TaskPromise<void> : public TaskPromiseBase {
public:
    Task<void> get_return_object() noexcept;
    void return_void() noexcept {}
    void take() noexcept {}
};

}  // namespace detail

template <class T = void>
class [[nodiscard]] Task {
public:
    using promise_type = detail::TaskPromise<T>;

    Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
    Task& operator=(Task&&) = delete;
    /// Destroys the coroutine wherever it waits; what it waits for is told so by its own
    /// destructor.
    ~Task() {
        if (handle_) handle_.destroy();
    }

    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> awaiting) {
        TF_CHECK(handle_);
        return !handle_.promise().start(handle_, awaiting);
    }
    T await_resume() { return handle_.promise().take(); }

private:
    friend promise_type;
    explicit Task(std::coroutine_handle<promise_type> handle) noexcept : handle_(handle) {}
    std::coroutine_handle<promise_type> handle_;
};

namespace detail {

template <class T>
Task<T> TaskPromise<T>::get_return_object() noexcept {
    return Task<T>(std::coroutine_handle<TaskPromise<T>>::from_promise(*this));
}

inline Task<void> TaskPromise<void>::get_return_object() noexcept {
    return Task<void>(std::coroutine_handle<TaskPromise<void>>::from_promise(*this));
}

}  // namespace detail

}  // namespace twofifty::world
