#include "world/loop.hpp"

#include "record/check.hpp"

namespace twofifty::world {

void ReadyQueue::run_one() {
    Ready& first = queue_.front();
    queue_.pop_front();
    first.run();  // May destroy `first`.
}

void TimerQueue::add(TimePoint when, Timer& timer) {
    TF_CHECK(!timer.waiting());
    timer.when_ = when;
    timer.sequence_ = next_sequence_++;
    // Most deadlines are later than those already waiting: look from the end.
    timers_.insert(timers_.end(), timer);
}

void TimerQueue::add_in_order(TimePoint when, TimerInOrder& timer) {
    TF_CHECK(!timer.waiting());
    TF_CHECK(in_order_.empty() || in_order_.back().when_ <= when);
    timer.when_ = when;
    timer.sequence_ = next_sequence_++;
    in_order_.push_back(timer);
}

bool TimerQueue::next_is_in_order() const {
    if (in_order_.empty()) return false;
    if (timers_.empty()) return true;
    const TimerInOrder& one = in_order_.front();
    const Timer& other = *timers_.begin();
    return one.when_ != other.when_ ? one.when_ < other.when_ : one.sequence_ < other.sequence_;
}

TimePoint TimerQueue::earliest() const {
    if (next_is_in_order()) return in_order_.front().when_;
    return timers_.empty() ? never : timers_.begin()->when_;
}

bool TimerQueue::fire_one(TimePoint now) {
    if (next_is_in_order()) {
        TimerInOrder& first = in_order_.front();
        if (first.when_ > now) return false;
        in_order_.pop_front();
        first.fired();  // May destroy `first`.
        return true;
    }
    if (timers_.empty() || timers_.begin()->when_ > now) return false;
    Timer& first = *timers_.begin();
    timers_.erase(timers_.begin());
    first.fired();  // May destroy `first`.
    return true;
}

}  // namespace twofifty::world
