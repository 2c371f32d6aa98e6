#pragma once

#include "record/time.hpp"
#include "world/loop.hpp"

namespace twofifty::world {

/// Time, as one world tells it, and what waits for it. Used by the thread of its world only.
class Clock {
public:
    virtual ~Clock() = default;

    /// The time since the run began. In the virtual world it stands still while anything is ready
    /// to run.
    virtual TimePoint now() const = 0;

    TimerQueue& timers() { return timers_; }
    ReadyQueue& ready() { return ready_; }

private:
    TimerQueue timers_;
    ReadyQueue ready_;
};

}  // namespace twofifty::world
