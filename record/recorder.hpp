#pragma once

#include "record/event.hpp"

namespace twofifty {

/// Takes the events of a run in the order in which they happen. May be called from the thread of
/// any world; an event is stored within 250 ms. record() may wait while the store is behind (its
/// queue is bounded); it never loses an event.
class Recorder {
public:
    virtual ~Recorder() = default;
    virtual void record(Event event) = 0;
};

}  // namespace twofifty
