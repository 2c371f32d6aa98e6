#include "harness/diagnose/queue_book.hpp"

#include <algorithm>

namespace twofifty::harness {
namespace {

/// A queue grew where it once held so many messages, and so many times as many as usually.
constexpr std::int64_t deep_least = 8;
constexpr std::int64_t deep_factor = 3;

constexpr std::string_view outgoing = "outgoing";

}  // namespace

void QueueBook::add(const Event& event) {
    Queue& queue = queues_[{event.node, event.text == outgoing}];
    queue.samples.push_back({event.at, event.quantity});
    QueueFacts& facts = queue.facts;
    ++facts.samples;
    facts.oldest = std::max(facts.oldest, event.duration);
    if (event.quantity <= facts.deepest) return;
    facts.deepest = event.quantity;
    facts.deepest_at = event.at;
}

void QueueBook::finish(TimePoint run_ended) {
    for (auto& [key, queue] : queues_) queue.finish(run_ended);
}

void QueueBook::Queue::finish(TimePoint run_ended) {
    std::map<std::int64_t, Duration> times;  // How long it was so deep.
    times[0] = samples.front().at.time_since_epoch();
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const TimePoint until = i + 1 < samples.size() ? samples[i + 1].at : run_ended;
        times[samples[i].depth] += std::max(Duration{}, until - samples[i].at);
    }
    Duration all{};
    for (const auto& [depth, time] : times) all += time;
    Duration reached{};
    for (const auto& [depth, time] : times) {
        reached += time;
        facts.usual = depth;
        if (2 * reached >= all) break;
    }
    facts.grew = facts.deepest >= deep_least &&
                 facts.deepest >= deep_factor * std::max<std::int64_t>(facts.usual, 1);
    Duration deep_time{};
    for (const auto& [depth, time] : times)
        if (deep(depth)) deep_time += time;
    if (all > Duration{})
        facts.time_deep = static_cast<double>(deep_time.count()) / static_cast<double>(all.count());
}

QueueFacts QueueBook::facts(std::uint16_t receiver, std::string_view direction) const {
    const auto found = queues_.find({receiver, direction == outgoing});
    return found == queues_.end() ? QueueFacts{} : found->second.facts;
}

const QueueBook::Queue* QueueBook::incoming(std::uint16_t receiver) const {
    const auto found = queues_.find({receiver, false});
    return found == queues_.end() ? nullptr : &found->second;
}

bool QueueBook::grew(std::uint16_t receiver) const {
    const Queue* const queue = incoming(receiver);
    return queue != nullptr && queue->facts.grew;
}

bool QueueBook::deep(std::uint16_t receiver, TimePoint when) const {
    const Queue* const queue = incoming(receiver);
    if (queue == nullptr) return false;
    auto next =
        std::upper_bound(queue->samples.begin(), queue->samples.end(), when,
                         [](TimePoint time, const Sample& sample) { return time < sample.at; });
    return next != queue->samples.begin() && queue->deep((--next)->depth);
}

}  // namespace twofifty::harness
