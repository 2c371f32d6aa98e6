#include "harness/app/execute.hpp"
#include "harness/app/exit_code.hpp"
#include "harness/app/interrupts.hpp"
#include "harness/app/progress_line.hpp"
#include "harness/run/run.hpp"
#include "harness/run/target_side.hpp"
#include "world/real/real_world.hpp"

#include <chrono>
#include <future>
#include <memory>
#include <thread>

namespace twofifty::harness {
namespace {

using world::real_world::RealWorld;

constexpr std::chrono::milliseconds look_interval{50};

world::Task<> until_told(world::Notifier& told) {
    co_await told.wait();
}

/// Interrupts the run for each signal that came, and once when the ledger fails: then nothing more
/// can be counted.
class Supervisor {
public:
    Supervisor(RealWorld& world, Run& run, const EventWriter& events)
        : world_(world), run_(run), events_(events) {}

    void look() {
        if (events_.failed() && !ledger_failed_) {
            ledger_failed_ = true;
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
    Interrupts signals_;
    int handled_ = 0;
    bool ledger_failed_ = false;
};

}  // namespace

std::string execute_real(const Execution& execution) {
    const auto origin = std::chrono::steady_clock::now();
    RealWorld target_world(origin);
    RealWorld sending_world(origin);
    ProgressRecorder progress(execution.events);
    world::Notifier told_to_stop(target_world.clock().ready());
    TargetSide target({target_world.clock(), target_world.network()}, progress, execution.scenario,
                      execution.recipients, execution.identity);
    std::unique_ptr<Run> run;
    try {
        target.start();
        run = std::make_unique<Run>(Place{sending_world.clock(), sending_world.network()}, progress,
                                    execution.scenario, execution.recipients, execution.identity,
                                    target);
    } catch (const std::runtime_error& error) {
        throw CommandError(ExitCode::environment, error.what());
    }

    std::thread target_thread([&] { target_world.run(until_told(told_to_stop)); });
    std::promise<void> ended;
    std::future<void> end = ended.get_future();
    std::thread sending_thread([&] {
        sending_world.run(run->main());
        ended.set_value();
    });
    {
        Supervisor supervisor(sending_world, *run, execution.events);
        ProgressLine line(execution.scenario, execution.quiet);
        while (end.wait_for(look_interval) != std::future_status::ready) {
            supervisor.look();
            line.show(progress);
        }
        sending_thread.join();
    }
    target_world.post([&] {
        target.finish();
        told_to_stop.notify_all();
    });
    target_thread.join();
    return target.observed_at();
}

}  // namespace twofifty::harness
