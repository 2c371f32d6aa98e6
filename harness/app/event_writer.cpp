#include "harness/app/event_writer.hpp"

#include <chrono>
#include <utility>

namespace twofifty::harness {
namespace {

/// A batch is one transaction; larger ones gain nothing.
constexpr std::size_t batch_size = 8192;
/// Events that may wait for the store: some 25 MB.
constexpr std::size_t queue_limit = 256 * 1024;
constexpr std::chrono::milliseconds longest_wait{100};

}  // namespace

EventWriter::EventWriter(Ledger& ledger) : ledger_(ledger), thread_([this] { run(); }) {}

EventWriter::~EventWriter() {
    try {
        finish();
    } catch (const LedgerError&) {
        // Whoever wants to know calls finish().
    }
}

void EventWriter::record(Event event) {
    std::unique_lock lock(mutex_);
    if (queue_.size() >= queue_limit)
        taken_.wait(lock, [this] { return queue_.size() < queue_limit || failed(); });
    if (failed()) return;
    queue_.push_back(std::move(event));
    if (queue_.size() == batch_size) arrived_.notify_one();
}

void EventWriter::run() {
    std::vector<Event> batch;
    bool last = false;
    while (!last) {
        {
            std::unique_lock lock(mutex_);
            arrived_.wait_for(lock, longest_wait,
                              [this] { return finishing_ || queue_.size() >= batch_size; });
            last = finishing_;
            batch.clear();
            std::swap(batch, queue_);
        }
        taken_.notify_all();
        if (batch.empty() || failed()) continue;
        try {
            ledger_.append(batch);
        } catch (const LedgerError& error) {
            failure_ = error.what();
            failed_.store(true, std::memory_order_relaxed);
            taken_.notify_all();
        }
    }
}

void EventWriter::finish() {
    if (thread_.joinable()) {
        {
            const std::scoped_lock lock(mutex_);
            finishing_ = true;
        }
        arrived_.notify_one();
        thread_.join();
    }
    if (failed()) throw LedgerError(failure_);
}

}  // namespace twofifty::harness
