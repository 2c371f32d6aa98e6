// Looks after the real servers while a run goes on, on a thread of its own, since their commands
// take time: does to them what the scenario says, looks at their queues, notices when one dies, and
// at the end reads their logs.
#pragma once

#include "harness/scenario/scenario.hpp"
#include "harness/servers/farm.hpp"
#include "harness/servers/log_reader.hpp"
#include "record/recorder.hpp"
#include "world/clock.hpp"
#include "world/task_scope.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace twofifty::harness {

struct FarmWatchParts {
    world::Clock& clock;  ///< Of a world that only waits for this: it stands still meanwhile.
    Recorder& recorder;
    /// How many ends of data were sent. Any thread may ask.
    std::function<std::uint64_t()> contents_sent;
};

class FarmWatch {
public:
    /// All must outlive it.
    FarmWatch(FarmWatchParts parts, const Scenario& scenario, Farm& farm);

    /// Begins. From now on the farm belongs to this thread.
    void start();
    /// Ends what the scenario has begun, and looks at the queues for the last time.
    void end_of_run();
    /// Stops the servers, and reads their logs. `ids` knows the messages of queue ids.
    void finish(const QueueIds& ids);

private:
    world::Task<> carry_out(const Fault& fault);
    world::Task<> until_due(const Fault& fault);
    world::Task<> sample_queues();
    world::Task<> look_for_deaths();
    void note_failed(const std::string& why);
    void look_at_queues();
    void hurt(const Farm::Member& member, const Fault& fault);
    void mend(const Farm::Member& member, const Fault& fault);
    void note(const Farm::Member& member, std::string_view what, Duration duration = {});

    FarmWatchParts parts_;
    const Scenario& scenario_;
    Farm& farm_;
    std::map<std::uint16_t, std::uint64_t> held_;  ///< By number: messages at the last look.
    world::TaskScope tasks_;                       // Last: its tasks use all of the above.
};

}  // namespace twofifty::harness
