#include "harness/app/event_writer.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

namespace twofifty::harness {
namespace {

/// A batch is one transaction; larger ones gain nothing.
constexpr std::size_t batch_size = 8192;
/// Events that may wait for the store: some 25 MB.
constexpr std::size_t queue_limit = 256 * 1024;
constexpr std::chrono::milliseconds longest_wait{100};

}  // namespace

EventWriter::EventWriter(Ledger& ledger, RunJudge* judge)
    : ledger_(ledger), judge_(judge), thread_([this] { run(); }) {}

EventWriter::~EventWriter() {
    try {
        finish();
    } catch (const LedgerError&) {
        // Whoever wants to know calls finish().
    }
}

void EventWriter::record(Event event) {
    record_all({&event, 1});
}

void EventWriter::record_all(std::span<Event> events) {
    std::unique_lock lock(mutex_);
    if (queue_.size() >= queue_limit)
        taken_.wait(lock, [this] { return queue_.size() < queue_limit || failed(); });
    if (failed()) return;
    const bool was_small = queue_.size() < batch_size;
    queue_.insert(queue_.end(), std::make_move_iterator(events.begin()),
                  std::make_move_iterator(events.end()));
    recorded_ += events.size();
    if (was_small && queue_.size() >= batch_size) arrived_.notify_one();
}

void EventWriter::introduce(Introduction newcomer) {
    const std::scoped_lock lock(mutex_);
    if (failed()) return;
    newcomers_.push_back(std::move(newcomer));
    ++recorded_;
}

std::uint64_t EventWriter::flush() {
    std::unique_lock lock(mutex_);
    const std::uint64_t until = recorded_;
    flush_until_ = std::max(flush_until_, until);
    arrived_.notify_one();
    taken_.wait(lock, [&] { return stored_ >= until || failed(); });
    return until;
}

void EventWriter::run() {
    std::vector<Event> batch;
    std::vector<Introduction> newcomers;
    bool last = false;
    while (!last) {
        {
            std::unique_lock lock(mutex_);
            stored_ += batch.size() + newcomers.size();
            taken_.notify_all();
            arrived_.wait_for(lock, longest_wait, [this] {
                return finishing_ || queue_.size() >= batch_size || stored_ < flush_until_;
            });
            last = finishing_;
            batch.clear();
            newcomers.clear();
            std::swap(batch, queue_);
            std::swap(newcomers, newcomers_);
        }
        taken_.notify_all();
        if (failed()) continue;
        try {
            ledger_.introduce(newcomers);
            ledger_.append(batch);
            if (judge_ != nullptr) judge_->add(batch);
        } catch (const LedgerError& error) {
            failure_ = error.what();
            failed_.store(true, std::memory_order_relaxed);
            const std::scoped_lock lock(mutex_);
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
