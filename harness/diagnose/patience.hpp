// How long a sender would have had to wait. A reply that nobody waited for long enough is not known
// to be lost: senders that wait longer show how many such replies still come. This is the
// product-limit estimate of Kaplan and Meier, where giving up is the censoring.
#pragma once

#include "record/time.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace twofifty::harness {

/// What a longer timeout after the final dot would have done against the duplicates that came of
/// waiting in vain.
struct TimeoutAdvice {
    std::uint64_t in_vain = 0;           ///< Such duplicates.
    std::optional<Duration> for_most{};  ///< Prevents 99 % of them; nothing: none does.
    std::optional<Duration> for_all{};   ///< Prevents all; nothing: none does.
    bool longer_waits_seen = false;      ///< Somebody waited a quarter longer than one of those.
    double share_at_best = 0;            ///< What the longest wait that was ever rewarded prevents.
    std::optional<Duration> at_best{};   ///< That wait; nothing: longer waits were never rewarded.

    bool operator==(const TimeoutAdvice&) const = default;
};

class Patience {
public:
    /// The reply came, or would have come, after that wait.
    void answered(Duration wait) { waits_.push_back({wait, true}); }
    /// None had come when the sender gave up.
    void unanswered(Duration wait) { waits_.push_back({wait, false}); }

    /// A duplicate was made by giving up after `waited`. `needed`: the wait that would have done,
    /// where it is known.
    void in_vain(Duration waited, std::optional<Duration> needed);

    /// Assumes that the replies to patient and to impatient senders take the same way.
    TimeoutAdvice advise() const;

private:
    struct Wait {
        Duration time{};
        bool answered = false;
    };
    std::vector<Wait> waits_;
    std::vector<Duration> known_;    ///< Waits that would have done.
    std::vector<Duration> unknown_;  ///< Waits that did not do, with nothing else known.
};

}  // namespace twofifty::harness
