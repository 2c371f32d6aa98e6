// When a sender tries again, and when it gives up: the rules that real servers follow, as data.
// harness/fleet/retry_plan.hpp computes with them; docs/profiles.md names who uses which.
#pragma once

#include "record/time.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace twofifty::harness {

/// Waits after the 1st, 2nd, ... failed attempt; the last repeats.
struct ListedWaits {
    std::vector<Duration> waits{std::chrono::minutes{30}, std::chrono::minutes{30},
                                std::chrono::hours{2}};
    bool operator==(const ListedWaits&) const = default;
};

/// The wait is the message's age when the attempt failed, within bounds (Postfix).
struct ClampedAge {
    Duration least{};
    Duration most{};
    bool operator==(const ClampedAge&) const = default;
};

/// The wait depends on how long the destination has been failing (Exim's retry rules).
struct SteppedWaits {
    struct Step {
        Duration until{};     ///< Since the first failure; the last step goes on beyond.
        Duration interval{};  ///< F: every wait; G: the first.
        double factor = 1;    ///< G: from one wait to the next.
        bool operator==(const Step&) const = default;
    };
    std::vector<Step> steps{};
    bool operator==(const SteppedWaits&) const = default;
};

/// The n-th retry is due at submission + unit * n * n (OpenSMTPD).
struct QuadraticTimes {
    Duration unit{};
    bool operator==(const QuadraticTimes&) const = default;
};

/// Due at submission + (floor(sqrt(age)) + add)^2 seconds, the age being that at the start of the
/// attempt (qmail).
struct SquareOfRoot {
    std::int64_t add = 20;
    bool operator==(const SquareOfRoot&) const = default;
};

/// Each wait is the one before it times a factor (Haraka, KumoMTA).
struct GrowingWaits {
    Duration first{};
    double factor = 2;
    std::optional<Duration> most{};
    bool operator==(const GrowingWaits&) const = default;
};

/// At every run of the queue (Sendmail).
struct EveryRun {
    bool operator==(const EveryRun&) const = default;
};

using RetryRule = std::variant<ListedWaits, ClampedAge, SteppedWaits, QuadraticTimes, SquareOfRoot,
                               GrowingWaits, EveryRun>;

/// When a sender looks whether the lifetime is over.
enum class GivesUp : std::uint8_t {
    before_late_attempt,  ///< The next attempt would start later: it is not made.
    at_late_failure,      ///< An attempt fails beyond the lifetime (Postfix, Sendmail, Exim).
    after_late_attempt,   ///< An attempt that began beyond the lifetime fails (qmail).
};

inline constexpr std::array gives_up_names{std::string_view{"before_late_attempt"},
                                           std::string_view{"at_late_failure"},
                                           std::string_view{"after_late_attempt"}};

enum class LifetimeFrom : std::uint8_t { submission, first_failure };

/// How long a sender goes on trying.
struct Retry {
    RetryRule rule{};
    std::optional<Duration> queue_run{};  ///< A due message is tried at the next run of the queue.
    double jitter = 0;                    ///< A wait is drawn from wait * (1 - jitter, 1 + jitter).
    Duration lifetime = std::chrono::hours{120};
    LifetimeFrom lifetime_from = LifetimeFrom::submission;
    std::uint32_t most_failures = std::numeric_limits<std::uint32_t>::max();
    GivesUp gives_up = GivesUp::before_late_attempt;
    std::vector<Duration> warn_after{};  ///< Ages at which the author is told of the delay.

    bool operator==(const Retry&) const = default;
};

}  // namespace twofifty::harness
