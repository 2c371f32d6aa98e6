#pragma once

#include "record/check.hpp"
#include "world/clock.hpp"
#include "world/result.hpp"

#include <coroutine>
#include <cstddef>

namespace twofifty::world {

/// One wait of one coroutine: an awaiter that lives in the coroutine's frame. Whoever fulfils it
/// calls complete(), once; the coroutine goes on from the loop, never from inside complete(). May
/// be moved until it is awaited.
class PendingOp : private Ready {
public:
    PendingOp() = default;
    PendingOp(PendingOp&& other) noexcept { TF_CHECK(!other.waiter_); }
    PendingOp& operator=(PendingOp&&) = delete;
    virtual ~PendingOp() = default;

    bool await_ready() {
        if (!begin()) return false;
        finished_ = true;
        return true;
    }
    void await_suspend(std::coroutine_handle<> waiter) { waiter_ = waiter; }

    /// The result is there; `ready` resumes the waiter.
    void complete(ReadyQueue& ready, boost::system::error_code error = {}, std::size_t bytes = 0) {
        TF_CHECK(!finished_);
        finish(error, bytes);
        if (waiter_) ready.push(*this);
    }

    /// Gives the wait up: it completes with `error`. Nothing happens where the result is there
    /// already.
    void cancel(boost::system::error_code error) {
        if (!finished_) do_cancel(error);
    }

    bool finished() const { return finished_; }

protected:
    /// The operation ended at once, inside begin().
    void finish(boost::system::error_code error, std::size_t bytes) {
        error_ = error;
        bytes_ = bytes;
        finished_ = true;
    }

    /// True while somebody may still call complete(): destructors of derived classes then take the
    /// op back.
    bool waiting() const { return waiter_ && !finished_; }

    boost::system::error_code error_;
    std::size_t bytes_ = 0;

private:
    /// Starts the operation. True when it ended at once (finish() was called).
    virtual bool begin() = 0;
    /// Takes the operation back and completes it with `error`.
    virtual void do_cancel(boost::system::error_code error) = 0;
    void run() final { waiter_.resume(); }

    std::coroutine_handle<> waiter_;
    bool finished_ = false;
};

}  // namespace twofifty::world
