// When a message that failed is tried again: a pure function of the rule and of what happened.
#pragma once

#include "harness/scenario/sender_settings.hpp"
#include "record/time.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace twofifty::harness {

/// What a retry rule looks at, when an attempt has failed.
struct RetryStanding {
    TimePoint submitted{};
    TimePoint first_failure{};
    TimePoint attempt_started{};
    TimePoint failed{};          ///< Now.
    std::uint32_t failures = 1;  ///< This one included.
    Duration last_wait{};        ///< What the rule asked for after the failure before; 0: none.
    double draw = 0.5;           ///< Uniform in [0, 1): what jitter makes of the wait.
    Duration run_offset{};       ///< When this sender's queue runs began, since the start of time.
};

struct RetryPlan {
    std::optional<TimePoint> next{};  ///< Nothing: the sender gives up.
    Duration wait{};                  ///< What the rule asked for, jitter and queue runs aside.
    std::string_view why{};           ///< It gives up: lifetime, failures.

    bool operator==(const RetryPlan&) const = default;
};

RetryPlan plan_retry(const Retry& retry, const RetryStanding& standing);

/// How long a host is left alone after so many failures in a row, from 1.
Duration rest_of_host(const Backoff& backoff, std::uint32_t failures);

}  // namespace twofifty::harness
