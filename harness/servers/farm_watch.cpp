#include "harness/servers/farm_watch.hpp"

#include "world/deadline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace twofifty::harness {
namespace {

/// Between two looks for the end of data that a fault waits for: a server takes longer to answer.
constexpr Duration message_look = std::chrono::milliseconds{1};
constexpr Duration death_look = std::chrono::milliseconds{200};
/// A server whose commands are slow is not asked all the time.
constexpr int idle_factor = 4;

}  // namespace

FarmWatch::FarmWatch(FarmWatchParts parts, const Scenario& scenario, Farm& farm)
    : parts_(std::move(parts)), scenario_(scenario), farm_(farm), tasks_(parts_.clock.ready()) {}

void FarmWatch::start() {
    for (const Farm::Member& member : farm_.members())
        note(member,
             fmt::format("start {} {}", member.server->adapter().name, member.server->version()),
             member.server->start_time());
    for (const Fault& fault : scenario_.faults) tasks_.spawn(carry_out(fault));
    if (scenario_.target.sample_every > Duration::zero()) tasks_.spawn(sample_queues());
    tasks_.spawn(look_for_deaths());
}

world::Task<> FarmWatch::until_due(const Fault& fault) {
    if (fault.at) {
        co_await world::sleep_for(parts_.clock, *fault.at);
        co_return;
    }
    while (parts_.contents_sent() < *fault.at_message)
        co_await world::sleep_for(parts_.clock, message_look);
}

world::Task<> FarmWatch::carry_out(const Fault& fault) {
    const Farm::Member& member = farm_.named(fault.server);
    co_await until_due(fault);
    for (std::uint64_t time = 1; time <= fault.times; ++time) {
        const TimePoint began = parts_.clock.now();
        hurt(member, fault);
        if (!fault.lasting) co_return;
        co_await world::sleep_for(parts_.clock, *fault.lasting);
        mend(member, fault);
        if (time == fault.times) co_return;
        const Duration rest = began + *fault.every - parts_.clock.now();
        co_await world::sleep_for(parts_.clock, std::max(rest, Duration{}));
    }
}

void FarmWatch::hurt(const Farm::Member& member, const Fault& fault) {
    note(member, to_string(fault.effect));
    RealServer& server = *member.server;
    switch (fault.effect) {
        case FaultEffect::pause: server.pause(); break;
        case FaultEffect::terminate: server.terminate(); break;
        case FaultEffect::kill: server.kill(); break;
        case FaultEffect::full_disk: server.fill_disk(); break;
    }
}

void FarmWatch::mend(const Farm::Member& member, const Fault& fault) {
    RealServer& server = *member.server;
    switch (fault.effect) {
        case FaultEffect::pause:
            server.resume();
            note(member, "resume");
            break;
        case FaultEffect::full_disk:
            server.free_disk();
            note(member, "free_disk");
            break;
        case FaultEffect::terminate:
        case FaultEffect::kill:
            try {
                server.stop();
                server.start();
                note(member, "restart", server.start_time());
            } catch (const ServerError& error) {
                note_failed(error.what());
            }
            break;
    }
}

void FarmWatch::note(const Farm::Member& member, std::string_view what, Duration duration) {
    parts_.recorder.record({.at = parts_.clock.now(),
                            .kind = EventKind::server_changed,
                            .node = member.number,
                            .duration = duration,
                            .text = std::string(what)});
}

/// The run cannot go on without it.
void FarmWatch::note_failed(const std::string& why) {
    parts_.recorder.record(
        {.at = parts_.clock.now(), .kind = EventKind::target_failed, .text = why});
}

world::Task<> FarmWatch::sample_queues() {
    while (true) {
        const TimePoint began = parts_.clock.now();
        look_at_queues();
        const Duration took = parts_.clock.now() - began;
        co_await world::sleep_for(parts_.clock,
                                  std::max(scenario_.target.sample_every, idle_factor * took));
    }
}

void FarmWatch::look_at_queues() {
    std::uint64_t all = 0;
    for (const Farm::Member& member : farm_.members()) {
        const std::optional<QueueLook> look = member.server->look_at_queue();
        // What cannot be asked now holds what it held.
        if (!look) {
            all += held_[member.number];
            continue;
        }
        all += held_[member.number] = look->messages;
        parts_.recorder.record({.at = parts_.clock.now(),
                                .kind = EventKind::queue_sampled,
                                .node = member.number,
                                .attempt = static_cast<std::uint32_t>(look->deferred),
                                .duration = look->oldest,
                                .quantity = static_cast<std::int64_t>(look->messages),
                                .text = "outgoing"});
    }
    farm_.set_queued(all);
}

world::Task<> FarmWatch::look_for_deaths() {
    while (true) {
        co_await world::sleep_for(parts_.clock, death_look);
        for (const Farm::Member& member : farm_.members()) {
            const std::optional<std::string> why = member.server->died();
            if (!why) continue;
            note_failed(*why);
            co_return;
        }
    }
}

void FarmWatch::end_of_run() {
    tasks_.cancel();
    look_at_queues();
}

void FarmWatch::finish(const QueueIds& ids) {
    farm_.stop();
    for (const Farm::Member& member : farm_.members())
        read_logs(
            {member.server->adapter(), member.server->folder(), member.number, parts_.clock.now()},
            ids, parts_.recorder);
}

}  // namespace twofifty::harness
