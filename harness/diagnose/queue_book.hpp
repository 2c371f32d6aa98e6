// What was seen of the receivers' queues, and when each was deep: more than half as full as it ever
// was, provided that it grew at all. Duplicates that begin then, and hardly ever otherwise, are the
// mark of a busy server.
#pragma once

#include "record/event.hpp"

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace twofifty::harness {

/// One queue over the run.
struct QueueFacts {
    std::uint64_t samples = 0;
    std::int64_t usual = 0;  ///< The depth that it did not exceed for half of the run.
    std::int64_t deepest = 0;
    TimePoint deepest_at{};
    Duration oldest{};  ///< The greatest age of a message in it.
    bool grew = false;
    double time_deep = 0;  ///< The share of the run.

    bool operator==(const QueueFacts&) const = default;
};

class QueueBook {
public:
    /// One `queue_sampled`.
    void add(const Event& event);
    /// Call once, after the last. Receivers report an empty queue once, and nothing while it stays
    /// so: a look holds until the next one, and before the first a queue is empty.
    void finish(TimePoint run_ended);

    /// `direction`: incoming or outgoing, as the event says. All 0 where it was never looked at.
    QueueFacts facts(std::uint16_t receiver, std::string_view direction) const;

    bool sampled() const { return !queues_.empty(); }
    /// Whether the incoming queue of the receiver grew at all.
    bool grew(std::uint16_t receiver) const;
    /// Whether it was deep at that time, as the last look before says.
    bool deep(std::uint16_t receiver, TimePoint when) const;

private:
    struct Sample {
        TimePoint at{};
        std::int64_t depth = 0;
    };
    struct Queue {
        std::vector<Sample> samples;
        QueueFacts facts;

        void finish(TimePoint run_ended);
        bool deep(std::int64_t depth) const { return facts.grew && 2 * depth > facts.deepest; }
    };

    const Queue* incoming(std::uint16_t receiver) const;

    std::map<std::pair<std::uint16_t, bool>, Queue> queues_;  ///< By receiver, and outgoing.
};

}  // namespace twofifty::harness
