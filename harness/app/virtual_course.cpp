#include "harness/app/virtual_course.hpp"

#include "harness/app/exit_code.hpp"
#include "harness/run/run.hpp"
#include "harness/run/target_side.hpp"
#include "world/random.hpp"
#include "world/virtual/virtual_world.hpp"

#include <fmt/format.h>

#include <optional>
#include <stdexcept>

namespace twofifty::harness {
namespace {

using world::virtual_world::Ended;
using world::virtual_world::VirtualWorld;

/// The Date of every message of a virtual run: the day of the letter with which this began, 1 June
/// 2008.
constexpr std::int64_t virtual_date = 1212278400;
/// A run meets short reads now and then, as on a network; the tests use worse.
constexpr double short_read_chance = 1.0 / 16;

world::Task<> course(Run& run, TargetSide& target) {
    co_await run.main();
    co_await target.finish();
}

}  // namespace

RunIdentity virtual_identity(const Scenario& scenario) {
    const auto id = static_cast<std::uint32_t>(world::fold(scenario.seed, "run-id"));
    return {fmt::format("{:08x}", id), virtual_date};
}

struct VirtualCourse::Parts {
    Parts(const Scenario& scenario, const AddressBook& recipients, const RunIdentity& identity,
          Recorder& recorder)
        : world(scenario.seed, {.latency = scenario.virtual_network.latency,
                                .short_read_chance = short_read_chance}),
          progress(recorder),
          target({world.clock(), world.network()}, progress, scenario, recipients, identity) {
        target.start();
        run.emplace(Place{world.clock(), world.network()}, progress, scenario, recipients, identity,
                    target);
    }

    VirtualWorld world;
    ProgressRecorder progress;
    TargetSide target;
    std::optional<Run> run;
};

VirtualCourse::VirtualCourse(const Scenario& scenario, const AddressBook& recipients,
                             const RunIdentity& identity, Recorder& recorder) {
    try {
        parts_ = std::make_unique<Parts>(scenario, recipients, identity, recorder);
    } catch (const std::runtime_error& error) {
        throw CommandError(ExitCode::environment, error.what());
    }
}

VirtualCourse::~VirtualCourse() = default;

void VirtualCourse::run(const std::atomic<bool>& stop) {
    const Ended ended = parts_->world.run(course(*parts_->run, parts_->target), &stop);
    if (ended == Ended::spinning) {
        throw CommandError(ExitCode::environment,
                           "virtual time does not advance: the load has no end at one instant; "
                           "give virtual.latency, "
                           "fleet.rate or fleet.messages");
    }
}

const ProgressRecorder& VirtualCourse::progress() const {
    return parts_->progress;
}

std::string VirtualCourse::observed_at() const {
    return parts_->target.observed_at();
}

}  // namespace twofifty::harness
