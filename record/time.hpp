// Time as every layer speaks of it: the time since the run began. There is no now() here; a
// world::Clock tells the time.
#pragma once

#include <chrono>

namespace twofifty {

using Duration = std::chrono::nanoseconds;

/// The time axis of one run. Its zero is the moment the run began; it never goes back.
struct RunTime {
    using duration = Duration;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<RunTime, duration>;
    static constexpr bool is_steady = true;
};

using TimePoint = RunTime::time_point;

/// The moment `since_start` after the run began.
constexpr TimePoint at(Duration since_start) {
    return TimePoint{since_start};
}

/// A time in no run's reach (292 years); stands for "never" in a deadline.
inline constexpr TimePoint never = TimePoint::max();

constexpr double to_seconds(Duration duration) {
    return static_cast<double>(duration.count()) / 1e9;
}
constexpr double to_ms(Duration duration) {
    return static_cast<double>(duration.count()) / 1e6;
}

}  // namespace twofifty
