#include "harness/target/queue_gauge.hpp"

#include "world/deadline.hpp"

namespace twofifty::harness {

void QueueGauge::enter(TimePoint since) {
    since_.insert(since);
    filled_.notify_all();
}

void QueueGauge::leave(TimePoint since) {
    const auto found = since_.find(since);
    if (found != since_.end()) since_.erase(found);
}

world::Task<> QueueGauge::watch(Duration every) {
    while (true) {
        while (since_.empty() && recorded_ == 0) co_await filled_.wait();
        const Duration now = clock_.now().time_since_epoch();
        co_await world::SleepUntil(clock_, at(now - now % every + every));
        look();
    }
}

void QueueGauge::look() {
    if (since_.empty() && recorded_ == 0) return;
    recorded_ = since_.size();
    const TimePoint now = clock_.now();
    recorder_.record(Event{.at = now,
                           .kind = EventKind::queue_sampled,
                           .node = node_,
                           .duration = since_.empty() ? Duration{} : now - *since_.begin(),
                           .quantity = static_cast<std::int64_t>(recorded_),
                           .text = name_});
}

}  // namespace twofifty::harness
