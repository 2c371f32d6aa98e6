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

bool TimerQueue::fire_one(TimePoint now) {
    if (timers_.empty() || timers_.begin()->when_ > now) return false;
    Timer& first = *timers_.begin();
    timers_.erase(timers_.begin());
    first.fired();  // May destroy `first`.
    return true;
}

}  // namespace twofifty::world
