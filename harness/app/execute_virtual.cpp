#include "harness/app/event_batches.hpp"
#include "harness/app/execute.hpp"
#include "harness/app/interrupts.hpp"
#include "harness/app/progress_line.hpp"
#include "harness/app/virtual_course.hpp"

#include <atomic>
#include <chrono>
#include <future>

namespace twofifty::harness {
namespace {

constexpr std::chrono::milliseconds look_interval{20};

}  // namespace

std::string needs_real_time(const Scenario& scenario) {
    if (!scenario.target.address.empty()) return "reach " + scenario.target.address;
    if (!scenario.sender.server.empty()) return "start " + scenario.sender.server;
    for (const ReceiverSettings& receiver : scenario.target.receivers())
        if (receiver.is_real()) return "start " + receiver.real.server;
    return {};
}

std::string execute_virtual(const Execution& execution) {
    EventBatches events(execution.events);
    VirtualCourse course(execution.scenario, execution.recipients, execution.identity, events);
    std::atomic<bool> stop{false};
    std::future<void> end = std::async(std::launch::async, [&] { course.run(stop); });
    {
        const Interrupts signals;
        ProgressLine line(execution.scenario, execution.quiet);
        while (end.wait_for(look_interval) != std::future_status::ready) {
            if (signals.count() > 0 || execution.events.failed()) stop = true;
            events.ask();
            line.show(course.progress());
        }
    }
    end.get();
    return course.observed_at();
}

}  // namespace twofifty::harness
