#include "harness/app/execute.hpp"
#include "harness/app/exit_code.hpp"
#include "harness/app/farm_thread.hpp"
#include "harness/app/interrupts.hpp"
#include "harness/app/progress_line.hpp"
#include "harness/run/run.hpp"
#include "harness/run/target_side.hpp"
#include "harness/servers/farm_watch.hpp"
#include "world/real/real_world.hpp"

#include <chrono>
#include <future>
#include <memory>
#include <thread>

namespace twofifty::harness {
namespace {

using world::real_world::RealWorld;

constexpr std::chrono::milliseconds look_interval{50};

world::Task<> serve_until_told(world::Notifier& told, TargetSide& target) {
    co_await told.wait();
    co_await target.finish();
}

std::unique_ptr<Farm> make_farm(const Execution& execution) {
    try {
        return std::make_unique<Farm>(execution.scenario, execution.folder);
    } catch (const std::runtime_error& error) {
        throw CommandError(ExitCode::environment, error.what());
    }
}

/// Interrupts the run for each signal that came, and ends it when the ledger or the target fails:
/// then nothing more can be counted.
class Supervisor {
public:
    Supervisor(RealWorld& world, Run& run, const EventWriter& events,
               const ProgressRecorder& progress)
        : world_(world), run_(run), events_(events), progress_(progress) {}

    void look() {
        const bool failed =
            events_.failed() || progress_.target_failed.load(std::memory_order_relaxed);
        if (failed && !ended_) {
            ended_ = true;
            interrupt();
            interrupt();
        }
        for (; handled_ < signals_.count(); ++handled_) interrupt();
    }

private:
    void interrupt() {
        world_.post([this] { run_.interrupt(); });
    }

    RealWorld& world_;
    Run& run_;
    const EventWriter& events_;
    const ProgressRecorder& progress_;
    Interrupts signals_;
    int handled_ = 0;
    bool ended_ = false;
};

}  // namespace

std::string execute_real(const Execution& execution) {
    const auto origin = std::chrono::steady_clock::now();
    RealWorld target_world(origin);
    RealWorld sending_world(origin);
    const std::unique_ptr<Farm> farm = make_farm(execution);
    QueueIds queue_ids(execution.events);
    // Only logs of real servers ask for them.
    ProgressRecorder progress(farm->empty() ? static_cast<Recorder&>(execution.events) : queue_ids);
    world::Notifier told_to_stop(target_world.clock().ready());
    TargetSide target({target_world.clock(), target_world.network()}, progress, execution.scenario,
                      execution.recipients, execution.identity, farm.get());
    std::unique_ptr<Run> run;
    try {
        target.start();
        run = std::make_unique<Run>(Place{sending_world.clock(), sending_world.network()}, progress,
                                    execution.scenario, execution.recipients, execution.identity,
                                    target, farm->sender());
        farm->start();
    } catch (const std::runtime_error& error) {
        throw CommandError(ExitCode::environment, error.what());
    }

    FarmThread servers(origin, progress, execution.scenario, *farm);
    std::thread target_thread([&] { target_world.run(serve_until_told(told_to_stop, target)); });
    std::promise<void> ended;
    std::future<void> end = ended.get_future();
    std::thread sending_thread([&] {
        sending_world.run(run->main());
        ended.set_value();
    });
    {
        Supervisor supervisor(sending_world, *run, execution.events, progress);
        ProgressLine line(execution.scenario, execution.quiet);
        while (end.wait_for(look_interval) != std::future_status::ready) {
            supervisor.look();
            line.show(progress);
        }
        sending_thread.join();
    }
    servers.end_of_run();
    target_world.post([&] { told_to_stop.notify_all(); });
    target_thread.join();
    servers.finish(queue_ids);
    return target.observed_at();
}

}  // namespace twofifty::harness
