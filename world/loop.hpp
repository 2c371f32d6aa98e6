// What a world's loop works on: coroutines that are ready to go on, in the order in which they
// became so, and timers, in the order of (time, sequence). A wait costs no allocation.
#pragma once

#include "record/time.hpp"

#include <boost/intrusive/list.hpp>

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace twofifty::world {

/// Something that is to run from the loop. Leaves the queue when destroyed.
class Ready : public boost::intrusive::list_base_hook<
                  boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
public:
    virtual void run() = 0;

protected:
    ~Ready() = default;
};

class ReadyQueue {
public:
    void push(Ready& ready) { queue_.push_back(ready); }
    bool empty() const { return queue_.empty(); }
    /// Runs the first. REQUIRES: !empty().
    void run_one();

private:
    boost::intrusive::list<Ready, boost::intrusive::constant_time_size<false>> queue_;
};

class TimerQueue;

/// Calls fired() once, at or after its time, from the loop. Leaves the queue when destroyed or
/// stopped, so virtual time never runs on for a timer that nobody needs any more.
class Timer {
public:
    Timer() = default;
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    void stop();
    bool waiting() const { return queue_ != nullptr; }

protected:
    ~Timer() { stop(); }

private:
    friend class TimerQueue;
    virtual void fired() = 0;

    TimerQueue* queue_ = nullptr;  ///< Null: it does not wait.
    std::size_t place_ = 0;        ///< In the queue's heap.
};

/// The same for what is always added in the order of its times, such as bytes under way in a
/// network of one latency: it is queued without a search.
class TimerInOrder : public boost::intrusive::list_base_hook<
                         boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
public:
    bool waiting() const { return is_linked(); }

protected:
    ~TimerInOrder() = default;

private:
    friend class TimerQueue;
    virtual void fired() = 0;

    TimePoint when_{};
    std::uint64_t sequence_ = 0;
};

/// Timers of both kinds fire in the order of (time, sequence).
class TimerQueue {
public:
    /// REQUIRES: !timer.waiting().
    void add(TimePoint when, Timer& timer);
    /// REQUIRES: !timer.waiting(), and no timer that was added in order has a later time.
    void add_in_order(TimePoint when, TimerInOrder& timer);
    /// The earliest time; `never` where there is none.
    TimePoint earliest() const;
    /// Fires the first timer that is due at `now`. False where there is none.
    bool fire_one(TimePoint now);

private:
    friend class Timer;

    /// Times stand beside each other, so that a search need not look into the timers.
    struct Waiting {
        TimePoint when;
        std::uint64_t sequence;
        Timer* timer;
    };

    static bool before(const Waiting& left, const Waiting& right) {
        return left.when != right.when ? left.when < right.when : left.sequence < right.sequence;
    }
    void put(std::size_t place, const Waiting& waiting);
    void rise(std::size_t place, const Waiting& waiting);
    void sink(std::size_t place, const Waiting& waiting);
    void remove(Timer& timer);
    bool next_is_in_order() const;

    std::vector<Waiting> heap_;
    boost::intrusive::list<TimerInOrder, boost::intrusive::constant_time_size<false>> in_order_;
    std::uint64_t next_sequence_ = 0;
};

inline void Timer::stop() {
    if (queue_) queue_->remove(*this);
}

}  // namespace twofifty::world
