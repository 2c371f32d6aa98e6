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

void QueueBook::finish() {
    for (auto& [key, queue] : queues_) {
        std::vector<std::int64_t> depths;
        for (const Sample& sample : queue.samples) depths.push_back(sample.depth);
        const auto middle = depths.begin() + static_cast<std::ptrdiff_t>(depths.size() / 2);
        std::nth_element(depths.begin(), middle, depths.end());
        QueueFacts& facts = queue.facts;
        facts.usual = *middle;
        facts.grew = facts.deepest >= deep_least &&
                     facts.deepest >= deep_factor * std::max<std::int64_t>(facts.usual, 1);
        const auto deep = std::count_if(depths.begin(), depths.end(),
                                        [&](std::int64_t depth) { return queue.deep(depth); });
        facts.time_deep = static_cast<double>(deep) / static_cast<double>(depths.size());
    }
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
