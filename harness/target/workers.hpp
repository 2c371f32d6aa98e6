// Who works on a message, and for how long: so many workers, a queue in front of them, a time that
// may grow with the message's size, and stalls in which nobody works.
#pragma once

#include "harness/scenario/receiver_settings.hpp"
#include "world/clock.hpp"
#include "world/notifier.hpp"
#include "world/task.hpp"

#include <cstdint>
#include <optional>
#include <span>

namespace twofifty::harness {

/// What a message of this size costs: on the lines between the points, and on the first and last of
/// them beyond. Never below 0; nothing without points. REQUIRES: none or at least two points, by
/// size.
Duration time_for_size(std::span<const SizePoint> points, std::uint64_t size);

/// When work that may begin at `begin` is done: it neither begins nor goes on during a stall.
TimePoint work_end(TimePoint begin, Duration work, const std::optional<Stalls>& stalls);

class Workers {
public:
    /// `count` work at once; 0: as many as there are messages.
    Workers(world::Clock& clock, std::uint32_t count, const std::optional<Stalls>& stalls)
        : clock_(clock), count_(count), stalls_(stalls), free_(clock.ready()) {}

    /// Waits for a worker, first come, first served; then works for so long.
    world::Task<> work(Duration duration);

private:
    world::Task<> take_one();
    void give_back();

    world::Clock& clock_;
    std::uint32_t count_;
    const std::optional<Stalls>& stalls_;
    std::uint32_t busy_ = 0;
    world::Notifier free_;
};

}  // namespace twofifty::harness
