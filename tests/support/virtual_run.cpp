#include "tests/support/virtual_run.hpp"

#include "harness/fleet/message_factory.hpp"
#include "harness/ledger/event_digest.hpp"
#include "harness/ledger/judge.hpp"
#include "harness/report/summarise.hpp"
#include "harness/run/run.hpp"
#include "harness/run/target_side.hpp"
#include "harness/scenario/read_scenario.hpp"
#include "netem/effects/effect.hpp"
#include "tests/support/memory_recorder.hpp"
#include "world/deadline.hpp"
#include "world/task_scope.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>

namespace twofifty::test {
namespace {

using namespace harness;
using world::Task;
using world::virtual_world::VirtualWorld;

/// Tokens of a length that does not change with the run.
const RunIdentity identity{.run_id = "0badcafe", .date = 1212278400};

Task<> course(Run& run, TargetSide& target) {
    co_await run.main();
    co_await target.finish();
}

Task<> interrupt_at(world::Clock& clock, TimePoint when, Run& run) {
    co_await world::SleepUntil(clock, when);
    run.interrupt();
}

JudgeFacts facts_of(const Scenario& scenario) {
    JudgeFacts facts;
    for (const netem::Rule& rule : scenario.rules)
        facts.rules.push_back({rule.name, netem::to_toml(rule.effect)});
    return facts;
}

}  // namespace

VirtualRun run_virtual(std::string_view text, const VirtualRunOptions& options) {
    VirtualRun result;
    result.scenario = parse_scenario(text, "scenario.toml");
    const Scenario& scenario = result.scenario;
    if (options.seed) result.scenario.seed = *options.seed;

    const AddressBook recipients = make_address_book(scenario.message);
    MemoryRecorder recorder;
    ProgressRecorder progress(recorder);
    VirtualWorld world(scenario.seed, {.latency = scenario.virtual_network.latency,
                                       .short_read_chance = options.short_read_chance,
                                       .buffer_size = options.buffer_size});
    const Place place{world.clock(), world.network()};
    TargetSide target(place, progress, scenario, recipients, identity);
    target.start();
    Run run(place, progress, scenario, recipients, identity, target);
    world::TaskScope interrupts(world.clock().ready());
    for (const Duration after : options.interrupts)
        interrupts.spawn(interrupt_at(world.clock(), at(after), run));
    result.ended = world.run(course(run, target));

    EventDigest digest;
    for (const Event& event : recorder.events) digest.add(event);
    result.judgement = judge(recorder.events, facts_of(scenario));
    result.summary = summarise(result.judgement, scenario,
                               {.version = "test",
                                .world = "virtual",
                                .started_at = {},
                                .digest = digest.value(),
                                .observed_at = target.observed_at(),
                                .assumptions = {}},
                               recipients);
    result.events = std::move(recorder.events);
    return result;
}

std::vector<Event> VirtualRun::of_kind(EventKind kind) const {
    std::vector<Event> found;
    for (const Event& event : events)
        if (event.kind == kind) found.push_back(event);
    return found;
}

std::uint64_t VirtualRun::verdict(std::string_view name) const {
    return count_of(summary.verdicts, name);
}

std::uint64_t VirtualRun::cause(std::string_view name) const {
    return count_of(summary.causes, name);
}

std::string source_file(const std::string& path) {
    std::ifstream file(std::string(TWOFIFTY_SOURCE_DIR) + "/" + path, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + path);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace twofifty::test
