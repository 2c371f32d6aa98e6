#include "world/virtual/virtual_world.hpp"

#include "world/task_scope.hpp"

namespace twofifty::world::virtual_world {
namespace {

/// A run that takes more steps than this at one instant never gets on: a closed load without
/// latency and without an end.
constexpr std::uint64_t steps_at_instant_limit = 2'000'000'000;

}  // namespace

bool VirtualWorld::step(std::uint64_t& steps_at_instant) {
    if (!clock_.ready().empty()) {
        ++steps_at_instant;
        clock_.ready().run_one();
        return true;
    }
    const TimePoint next = clock_.timers().earliest();
    if (next == never) return false;
    if (next > clock_.now()) {
        clock_.advance_to(next);
        steps_at_instant = 0;
    }
    clock_.timers().fire_one(next);
    return true;
}

Ended VirtualWorld::run(Task<> main, const std::atomic<bool>* stop) {
    TaskScope scope(clock_.ready());
    scope.spawn(std::move(main));
    std::uint64_t steps_at_instant = 0;
    while (scope.size() > 0) {
        if (!step(steps_at_instant)) return Ended::stuck;
        if (steps_at_instant > steps_at_instant_limit) return Ended::spinning;
        if (stop && stop->load(std::memory_order_relaxed)) return Ended::stopped;
    }
    return Ended::finished;
}

void VirtualWorld::run_until(TimePoint when) {
    std::uint64_t steps_at_instant = 0;
    while (!clock_.ready().empty() || clock_.timers().earliest() <= when) step(steps_at_instant);
    clock_.advance_to(when);
}

}  // namespace twofifty::world::virtual_world
