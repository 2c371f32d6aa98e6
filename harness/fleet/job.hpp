// A message in a sender's queue, on its way to one domain.
#pragma once

#include "record/time.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace twofifty::harness {

/// What the jobs of one message share, where it was split: over domains, or because a transaction
/// takes but so many recipients.
struct SharedJob {
    std::uint32_t attempts = 0;
    std::uint32_t open_jobs = 0;
};

struct Job {
    std::uint32_t ordinal = 0;
    std::uint32_t domain = 0;    ///< Place of its destination in the sender's list.
    std::uint32_t failures = 0;  ///< Of deliveries, each over one host or several.
    std::uint32_t warnings = 0;  ///< Delay notices sent.
    TimePoint submitted{};
    TimePoint first_failure{};
    Duration last_wait{};
    std::vector<std::uint32_t> recipients{};  ///< Not settled yet.
    std::uint32_t attempts = 0;               ///< Of this job.
    std::shared_ptr<SharedJob> shared{};      ///< Null: the message is one job.

    /// Counts one more attempt of the message, and yields its number.
    std::uint32_t count_attempt() {
        ++attempts;
        return shared ? ++shared->attempts : attempts;
    }
    /// The number of its last attempt; of another job of the message, it may be.
    std::uint32_t last_attempt() const { return shared ? shared->attempts : attempts; }
};

}  // namespace twofifty::harness
