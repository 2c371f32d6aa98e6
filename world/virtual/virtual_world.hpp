// Virtual time: one queue of what is ready, one ordered map of timers, and a loop that jumps the
// clock to the next timer. No system call, no thread. Five days of retries take as long as their
// work takes.
#pragma once

#include "world/clock.hpp"
#include "world/task.hpp"
#include "world/virtual/virtual_network.hpp"

#include <atomic>
#include <cstdint>

namespace twofifty::world::virtual_world {

class VirtualClock final : public Clock {
public:
    TimePoint now() const override { return now_; }
    void advance_to(TimePoint when) { now_ = when; }

private:
    TimePoint now_{};
};

/// How a virtual run ended.
enum class Ended : std::uint8_t {
    finished,  ///< The main task ended.
    stuck,     ///< The main task waits for something that nothing will bring.
    spinning,  ///< Time does not advance: too many steps at one instant.
    stopped,   ///< Somebody asked for it.
};

class VirtualWorld {
public:
    explicit VirtualWorld(std::uint64_t seed, const NetworkOptions& options = {})
        : network_(clock_, seed, options) {}

    Clock& clock() { return clock_; }
    Network& network() { return network_; }
    TimePoint now() const { return clock_.now(); }

    /// Runs `main` to its end, jumping over the time in which nothing happens. `stop`, which any
    /// thread may set, ends it where it stands.
    Ended run(Task<> main, const std::atomic<bool>* stop = nullptr);

    /// Runs what is due until `when`, then sets the clock there. For tests.
    void run_until(TimePoint when);

private:
    bool step(std::uint64_t& steps_at_instant);

    VirtualClock clock_;
    VirtualNetwork network_;
};

}  // namespace twofifty::world::virtual_world
