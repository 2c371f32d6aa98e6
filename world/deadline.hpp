#pragma once

#include "world/pending_op.hpp"

#include <utility>

namespace twofifty::world {

/// Awaits an operation until a deadline: `co_await within(clock, deadline,
/// stream.read_some(buffer))`. Past it the operation is taken back and yields Error::timed_out. The
/// only place where a time limit meets an operation; streams know none.
template <class Op>
class [[nodiscard]] Within : private Timer {
public:
    Within(Clock& clock, TimePoint deadline, Op&& operation)
        : clock_(clock), deadline_(deadline), operation_(std::move(operation)) {}

    bool await_ready() { return operation_.await_ready(); }
    void await_suspend(std::coroutine_handle<> waiter) {
        operation_.await_suspend(waiter);
        if (deadline_ != never) clock_.timers().add(deadline_, *this);
    }
    auto await_resume() {
        if (waiting()) stop();
        return operation_.await_resume();
    }

private:
    void fired() final { operation_.cancel(Error::timed_out); }

    Clock& clock_;
    TimePoint deadline_;
    Op operation_;
};

template <class Op>
Within<Op> within(Clock& clock, TimePoint deadline, Op operation) {
    return Within<Op>(clock, deadline, std::move(operation));
}

/// Awaits a moment: `co_await SleepUntil(clock, at(2s))`. A moment that has passed does not
/// suspend.
class [[nodiscard]] SleepUntil : private Timer, private Ready {
public:
    SleepUntil(Clock& clock, TimePoint when) : clock_(clock), when_(when) {}

    bool await_ready() const { return when_ <= clock_.now(); }
    void await_suspend(std::coroutine_handle<> waiter) {
        waiter_ = waiter;
        clock_.timers().add(when_, *this);
    }
    void await_resume() const noexcept {}

private:
    void fired() final { clock_.ready().push(*this); }
    void run() final { waiter_.resume(); }

    Clock& clock_;
    TimePoint when_;
    std::coroutine_handle<> waiter_;
};

inline SleepUntil sleep_for(Clock& clock, Duration duration) {
    return SleepUntil(clock, clock.now() + duration);
}

}  // namespace twofifty::world
