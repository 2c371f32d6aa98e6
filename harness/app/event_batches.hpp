// Between a virtual world and the writer of its ledger: events are handed over many at a time. A
// lock for each event would cost more than all else that is done to record it.
#pragma once

#include "harness/app/event_writer.hpp"
#include "record/recorder.hpp"

#include <atomic>
#include <vector>

namespace twofifty::harness {

/// record() belongs to one thread, which must go on recording for events to move; any thread may
/// ask.
class EventBatches final : public Recorder {
public:
    explicit EventBatches(EventWriter& writer);
    /// Hands over what there is.
    ~EventBatches() override;

    void record(Event event) override;

    /// What there is goes to the writer at the next event. Who asks often enough bounds how long an
    /// event waits here.
    void ask() { asked_.store(true, std::memory_order_relaxed); }

private:
    void hand_over();

    EventWriter& writer_;
    std::vector<Event> batch_;
    std::atomic<bool> asked_{false};
};

}  // namespace twofifty::harness
