// The thread of the real servers' watch, in a world of its own: their commands block.
#pragma once

#include "harness/run/progress.hpp"
#include "harness/servers/farm_watch.hpp"
#include "world/notifier.hpp"
#include "world/real/real_world.hpp"

#include <functional>
#include <future>
#include <thread>

namespace twofifty::harness {

class FarmThread {
public:
    /// Without servers nothing is started. All must outlive it. REQUIRES: the farm was started.
    FarmThread(world::real_world::Origin origin, ProgressRecorder& progress,
               const Scenario& scenario, Farm& farm);
    ~FarmThread();

    void end_of_run();
    void finish(const QueueIds& ids);

private:
    /// Runs it on the thread, and waits for its end.
    void carry_out(std::function<void()> work);

    world::real_world::RealWorld world_;
    world::Notifier told_to_stop_;
    FarmWatch watch_;
    std::thread thread_;
};

}  // namespace twofifty::harness
