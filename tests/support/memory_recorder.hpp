#pragma once

#include "record/recorder.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace twofifty::test {

/// Keeps the events of a run in memory, in their order. For one thread.
class MemoryRecorder final : public Recorder {
public:
    void record(Event event) override { events.push_back(std::move(event)); }

    std::vector<Event> of_kind(EventKind kind) const {
        std::vector<Event> found;
        std::ranges::copy_if(events, std::back_inserter(found),
                             [kind](const Event& event) { return event.kind == kind; });
        return found;
    }

    std::vector<Event> events;
};

}  // namespace twofifty::test
