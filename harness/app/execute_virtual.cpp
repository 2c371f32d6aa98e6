#include "harness/app/execute.hpp"
#include "harness/app/exit_code.hpp"
#include "harness/app/interrupts.hpp"
#include "harness/app/progress_line.hpp"
#include "harness/run/run.hpp"
#include "harness/run/target_side.hpp"
#include "world/virtual/virtual_world.hpp"

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <thread>

namespace twofifty::harness {
namespace {

using world::virtual_world::Ended;
using world::virtual_world::VirtualWorld;

constexpr std::chrono::milliseconds look_interval{20};
/// A run meets short reads now and then, as on a network; the tests use worse.
constexpr double short_read_chance = 1.0 / 16;

world::Task<> course(Run& run, TargetSide& target) {
    co_await run.main();
    target.finish();
}

}  // namespace

std::string execute_virtual(const Execution& execution) {
    const Scenario& scenario = execution.scenario;
    VirtualWorld world(scenario.seed, {.latency = scenario.virtual_network.latency,
                                       .short_read_chance = short_read_chance});
    const Place place{world.clock(), world.network()};
    ProgressRecorder progress(execution.events);
    TargetSide target(place, progress, scenario, execution.recipients, execution.identity);
    std::unique_ptr<Run> run;
    try {
        target.start();
        run = std::make_unique<Run>(place, progress, scenario, execution.recipients,
                                    execution.identity, target);
    } catch (const std::runtime_error& error) {
        throw CommandError(ExitCode::environment, error.what());
    }

    std::atomic<bool> stop{false};
    std::promise<Ended> ended;
    std::future<Ended> end = ended.get_future();
    std::thread thread([&] { ended.set_value(world.run(course(*run, target), &stop)); });
    {
        const Interrupts signals;
        ProgressLine line(scenario, execution.quiet);
        while (end.wait_for(look_interval) != std::future_status::ready) {
            if (signals.count() > 0 || execution.events.failed()) stop = true;
            line.show(progress);
        }
        thread.join();
    }
    if (end.get() == Ended::spinning) {
        throw CommandError(ExitCode::environment,
                           "virtual time does not advance: the load has no end at one instant; "
                           "give virtual.latency, "
                           "fleet.rate or fleet.messages");
    }
    return target.observed_at();
}

}  // namespace twofifty::harness
