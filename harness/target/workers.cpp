#include "harness/target/workers.hpp"

#include "world/deadline.hpp"

#include <algorithm>
#include <cmath>

namespace twofifty::harness {

using world::Task;

namespace {

/// No message takes longer, whatever its size.
constexpr double longest_ns = 365.0 * 24 * 3600 * 1e9;

}  // namespace

Duration time_for_size(std::span<const SizePoint> points, std::uint64_t size) {
    if (points.empty()) return Duration::zero();
    const auto above = std::ranges::lower_bound(points, size, {}, &SizePoint::size);
    const auto right = std::clamp(above, points.begin() + 1, points.end() - 1);
    const SizePoint& from = *(right - 1);
    const SizePoint& to = *right;
    const double share = (static_cast<double>(size) - static_cast<double>(from.size)) /
                         static_cast<double>(to.size - from.size);
    const double rise = static_cast<double>((to.time - from.time).count());
    const double time = static_cast<double>(from.time.count()) + share * rise;
    return Duration{std::llround(std::clamp(time, 0.0, longest_ns))};
}

TimePoint work_end(TimePoint begin, Duration work, const std::optional<Stalls>& stalls) {
    if (!stalls) return begin + work;
    const TimePoint first = at(stalls->first);
    const Duration good = stalls->every - stalls->lasting;
    if (begin < first) {
        if (begin + work <= first) return begin + work;
        work -= first - begin;
        begin = first;
    }
    // From here on a stall begins with each period.
    const Duration into = (begin - first) % stalls->every;
    const TimePoint period = begin - into;
    const Duration done = std::max(Duration::zero(), into - stalls->lasting);
    // What was done before counts as if it had been this work's: it takes the same time.
    const Duration whole = done + work;
    Duration periods = Duration::zero();
    if (work > Duration::zero()) periods = stalls->every * ((whole - Duration{1}) / good);
    const Duration rest = whole - good * (periods / stalls->every);
    return period + periods + stalls->lasting + rest;
}

Task<> Workers::work(Duration duration) {
    co_await take_one();
    const TimePoint done = work_end(clock_.now(), duration, stalls_);
    if (done > clock_.now()) co_await world::SleepUntil(clock_, done);
    give_back();
}

Task<> Workers::take_one() {
    if (count_ != 0 && busy_ >= count_) {
        co_await free_.wait();  // Woken by give_back(), which leaves its place to us.
    } else {
        ++busy_;
    }
}

void Workers::give_back() {
    if (free_.has_waiters()) {
        free_.notify_one();
    } else {
        --busy_;
    }
}

}  // namespace twofifty::harness
