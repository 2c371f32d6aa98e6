#include "harness/app/event_batches.hpp"

#include <utility>

namespace twofifty::harness {

namespace {

/// Few enough to stay in a core's cache until they are handed over.
constexpr std::size_t batch_size = 256;

}  // namespace

EventBatches::EventBatches(EventWriter& writer) : writer_(writer) {
    batch_.reserve(batch_size);
}

EventBatches::~EventBatches() {
    hand_over();
}

void EventBatches::record(Event event) {
    batch_.push_back(std::move(event));
    if (batch_.size() == batch_size || asked_.load(std::memory_order_relaxed)) hand_over();
}

void EventBatches::hand_over() {
    asked_.store(false, std::memory_order_relaxed);
    writer_.record_all(batch_);
    batch_.clear();
}

}  // namespace twofifty::harness
