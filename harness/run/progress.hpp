#pragma once

#include "record/recorder.hpp"

#include <atomic>
#include <cstdint>

namespace twofifty::harness {

/// Passes events on, and counts what a progress line and the drain want to know. Any thread may
/// read the counts.
class ProgressRecorder final : public Recorder {
public:
    explicit ProgressRecorder(Recorder& next) : next_(next) {}

    void record(Event event) override {
        switch (event.kind) {
            case EventKind::submitted: submitted.fetch_add(1, std::memory_order_relaxed); break;
            case EventKind::attempt_started:
                attempts.fetch_add(1, std::memory_order_relaxed);
                break;
            case EventKind::attempt_ended:
                if (event.outcome == Outcome::accepted)
                    settled.fetch_add(1, std::memory_order_relaxed);
                break;
            case EventKind::content_sent:
                contents_sent.fetch_add(1, std::memory_order_relaxed);
                break;
            case EventKind::gave_up: settled.fetch_add(1, std::memory_order_relaxed); break;
            case EventKind::target_failed:
                target_failed.store(true, std::memory_order_relaxed);
                break;
            case EventKind::rule_fired: firings.fetch_add(1, std::memory_order_relaxed); break;
            case EventKind::copy_found:
                copies.fetch_add(1, std::memory_order_relaxed);
                last_copy_ns.store(event.at.time_since_epoch().count(), std::memory_order_relaxed);
                break;
            default: break;
        }
        next_.record(std::move(event));
    }

    TimePoint last_copy_at() const {
        return at(Duration{last_copy_ns.load(std::memory_order_relaxed)});
    }

    std::atomic<std::uint64_t> submitted{0};  ///< Pairs.
    std::atomic<std::uint64_t> settled{0};    ///< Pairs that were acknowledged or given up.
    std::atomic<std::uint64_t> attempts{0};
    std::atomic<std::uint64_t> contents_sent{0};  ///< Ends of data.
    std::atomic<std::uint64_t> firings{0};
    std::atomic<std::uint64_t> copies{0};
    std::atomic<std::int64_t> last_copy_ns{0};
    std::atomic<bool> target_failed{false};

private:
    Recorder& next_;
};

}  // namespace twofifty::harness
