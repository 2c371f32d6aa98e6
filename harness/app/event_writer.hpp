#pragma once

#include "harness/app/run_judge.hpp"
#include "harness/ledger/ledger.hpp"
#include "record/recorder.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace twofifty::harness {

/// The one writer of a ledger: takes events from every world and stores them on a thread of its
/// own, at the latest 100 ms after they happened. Its queue is bounded; record() waits while it is
/// full. What was stored it hands on to a judge, so that it need not be read back.
class EventWriter final : public Recorder {
public:
    /// `judge` may be null; else it is in the hands of the writer until finish().
    explicit EventWriter(Ledger& ledger, RunJudge* judge = nullptr);
    ~EventWriter() override;

    void record(Event event) override;
    /// The same for many at once, in their order. They are moved from.
    void record_all(std::span<Event> events);

    /// Stores who or what has appeared, before the events that were recorded later than this.
    void introduce(Introduction newcomer);

    /// Waits until all that was recorded so far is stored, or cannot be; yields how much that is.
    /// Any thread may call it until finish().
    std::uint64_t flush();

    /// Stores what is left and ends the thread. Throws LedgerError where anything could not be
    /// stored.
    void finish();

    /// True once an event could not be stored; those after it are not stored either.
    bool failed() const { return failed_.load(std::memory_order_relaxed); }

private:
    void run();

    Ledger& ledger_;
    RunJudge* judge_;
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::condition_variable taken_;
    std::vector<Event> queue_;
    std::vector<Introduction> newcomers_;
    std::uint64_t recorded_ = 0;  ///< Events and newcomers.
    std::uint64_t stored_ = 0;
    std::uint64_t flush_until_ = 0;
    bool finishing_ = false;
    std::atomic<bool> failed_{false};
    std::string failure_;
    std::thread thread_;
};

}  // namespace twofifty::harness
