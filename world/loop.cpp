#include "world/loop.hpp"

#include "record/check.hpp"

#include <algorithm>

namespace twofifty::world {
namespace {

constexpr std::size_t branches = 4;

}  // namespace

void ReadyQueue::run_one() {
    Ready& first = queue_.front();
    queue_.pop_front();
    first.run();  // May destroy `first`.
}

void TimerQueue::add(TimePoint when, Timer& timer) {
    TF_CHECK(!timer.waiting());
    timer.queue_ = this;
    heap_.emplace_back();
    rise(heap_.size() - 1, {when, next_sequence_++, &timer});
}

// A heap of four branches: those behind place i stand from 4i + 1 to 4i + 4, none before it. Most
// timers are deadlines, later than most that wait and stopped before their time: they come and go
// near the end of the heap, in a few steps.

void TimerQueue::put(std::size_t place, const Waiting& waiting) {
    heap_[place] = waiting;
    waiting.timer->place_ = place;
}

void TimerQueue::rise(std::size_t place, const Waiting& waiting) {
    while (place > 0) {
        const std::size_t above = (place - 1) / branches;
        if (!before(waiting, heap_[above])) break;
        put(place, heap_[above]);
        place = above;
    }
    put(place, waiting);
}

void TimerQueue::sink(std::size_t place, const Waiting& waiting) {
    while (true) {
        const std::size_t first = place * branches + 1;
        if (first >= heap_.size()) break;
        std::size_t below = first;
        for (std::size_t next = first + 1; next < std::min(first + branches, heap_.size()); ++next)
            if (before(heap_[next], heap_[below])) below = next;
        if (!before(heap_[below], waiting)) break;
        put(place, heap_[below]);
        place = below;
    }
    put(place, waiting);
}

void TimerQueue::remove(Timer& timer) {
    const std::size_t place = timer.place_;
    const Waiting last = heap_.back();
    heap_.pop_back();
    timer.queue_ = nullptr;
    if (last.timer == &timer) return;
    // The last one takes its place, and goes on from there.
    if (place > 0 && before(last, heap_[(place - 1) / branches]))
        rise(place, last);
    else
        sink(place, last);
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
    if (heap_.empty()) return true;
    const TimerInOrder& one = in_order_.front();
    const Waiting& other = heap_.front();
    return one.when_ != other.when ? one.when_ < other.when : one.sequence_ < other.sequence;
}

TimePoint TimerQueue::earliest() const {
    if (next_is_in_order()) return in_order_.front().when_;
    return heap_.empty() ? never : heap_.front().when;
}

bool TimerQueue::fire_one(TimePoint now) {
    if (next_is_in_order()) {
        TimerInOrder& first = in_order_.front();
        if (first.when_ > now) return false;
        in_order_.pop_front();
        first.fired();  // May destroy `first`.
        return true;
    }
    if (heap_.empty() || heap_.front().when > now) return false;
    Timer& first = *heap_.front().timer;
    remove(first);
    first.fired();  // May destroy `first`.
    return true;
}

}  // namespace twofifty::world
