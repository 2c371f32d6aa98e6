#include "harness/app/farm_thread.hpp"

#include <utility>

namespace twofifty::harness {
namespace {

world::Task<> until_told(world::Notifier& told) {
    co_await told.wait();
}

}  // namespace

FarmThread::FarmThread(world::real_world::Origin origin, ProgressRecorder& progress,
                       const Scenario& scenario, Farm& farm)
    : world_(origin),
      told_to_stop_(world_.clock().ready()),
      watch_({world_.clock(), progress,
              [&progress] { return progress.contents_sent.load(std::memory_order_relaxed); }},
             scenario, farm) {
    if (farm.empty()) return;
    world_.post([this] { watch_.start(); });
    thread_ = std::thread([this] { world_.run(until_told(told_to_stop_)); });
}

FarmThread::~FarmThread() {
    if (!thread_.joinable()) return;
    world_.post([this] { told_to_stop_.notify_all(); });
    thread_.join();
}

void FarmThread::carry_out(std::function<void()> work) {
    if (!thread_.joinable()) return;
    std::promise<void> done;
    world_.post([&] {
        work();
        done.set_value();
    });
    done.get_future().wait();
}

void FarmThread::end_of_run() {
    carry_out([this] { watch_.end_of_run(); });
}

void FarmThread::finish(const QueueIds& ids) {
    carry_out([this, &ids] { watch_.finish(ids); });
}

}  // namespace twofifty::harness
