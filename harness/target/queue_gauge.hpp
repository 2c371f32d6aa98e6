// How deep a queue of a receiver is, and how old what waits in it: looked at now and then, and
// recorded while there is something to tell. A day on which nothing waits costs nothing.
#pragma once

#include "record/recorder.hpp"
#include "world/clock.hpp"
#include "world/notifier.hpp"
#include "world/task.hpp"

#include <cstddef>
#include <cstdint>
#include <set>

namespace twofifty::harness {

class QueueGauge {
public:
    /// `name` is incoming or outgoing.
    QueueGauge(world::Clock& clock, Recorder& recorder, std::uint16_t node, const char* name)
        : clock_(clock), recorder_(recorder), node_(node), name_(name), filled_(clock.ready()) {}

    /// A message has been in the queue since then.
    void enter(TimePoint since);
    void leave(TimePoint since);
    std::size_t depth() const { return since_.size(); }

    /// Looks at each whole multiple of `every` of the world's time, for ever. REQUIRES: every > 0.
    world::Task<> watch(Duration every);
    /// Records how it stands now, unless it is empty and was when it was looked at last.
    void look();

private:
    world::Clock& clock_;
    Recorder& recorder_;
    std::uint16_t node_;
    const char* name_;
    std::multiset<TimePoint> since_;
    std::size_t recorded_ = 0;
    world::Notifier filled_;
};

}  // namespace twofifty::harness
