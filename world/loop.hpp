// What a world's loop works on: coroutines that are ready to go on, in the order in which they
// became so, and timers, in the order of (time, sequence). Both are intrusive: a wait costs no
// allocation.
#pragma once

#include "record/time.hpp"

#include <boost/intrusive/list.hpp>
#include <boost/intrusive/set.hpp>

#include <coroutine>
#include <cstdint>

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

/// Calls fired() once, at or after its time, from the loop. Leaves the queue when destroyed or
/// stopped, so virtual time never runs on for a timer that nobody needs any more.
class Timer : public boost::intrusive::set_base_hook<
                  boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
public:
    void stop() { unlink(); }
    bool waiting() const { return is_linked(); }

protected:
    ~Timer() = default;

private:
    friend class TimerQueue;
    virtual void fired() = 0;

    TimePoint when_{};
    std::uint64_t sequence_ = 0;

    friend bool operator<(const Timer& left, const Timer& right) {
        return left.when_ != right.when_ ? left.when_ < right.when_
                                         : left.sequence_ < right.sequence_;
    }
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
    bool next_is_in_order() const;

    boost::intrusive::set<Timer, boost::intrusive::constant_time_size<false>> timers_;
    boost::intrusive::list<TimerInOrder, boost::intrusive::constant_time_size<false>> in_order_;
    std::uint64_t next_sequence_ = 0;
};

}  // namespace twofifty::world
