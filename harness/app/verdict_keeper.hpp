#pragma once

#include "harness/app/event_writer.hpp"

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>

namespace twofifty::harness {

/// The verdict of a run folder while its ledger is being written: judged from the stored events on
/// a thread of its own, so that the proxy's never waits. It is about a second old at most; with a
/// large ledger more, since judging may take no more than a tenth of the time.
class VerdictKeeper {
public:
    /// `events` must outlive it, and must not be finished before it is destroyed.
    VerdictKeeper(EventWriter& events, std::filesystem::path folder);
    ~VerdictKeeper();
    VerdictKeeper(const VerdictKeeper&) = delete;
    VerdictKeeper& operator=(const VerdictKeeper&) = delete;

    /// The text of summary.json, as if the proxy ended now. Any thread may ask.
    std::string latest() const;

private:
    void run();

    EventWriter& events_;
    std::filesystem::path folder_;
    mutable std::mutex mutex_;
    std::condition_variable ended_;
    std::string latest_;
    bool ending_ = false;
    std::thread thread_;
};

}  // namespace twofifty::harness
