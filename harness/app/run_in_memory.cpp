#include "harness/app/run_in_memory.hpp"

#include "harness/app/run_judge.hpp"
#include "harness/app/virtual_course.hpp"
#include "harness/fleet/message_factory.hpp"
#include "harness/report/summarise.hpp"
#include "record/recorder.hpp"

namespace twofifty::harness {
namespace {

class JudgingRecorder final : public Recorder {
public:
    explicit JudgingRecorder(const Scenario& scenario)
        : judge_(judge_facts(scenario, rule_facts(scenario)), "virtual") {}

    void record(Event event) override { judge_.add(event); }

    RunJudge& judge() { return judge_; }

private:
    RunJudge judge_;
};

}  // namespace

Summary run_in_memory(const Scenario& scenario, const std::atomic<bool>& stop) {
    const AddressBook recipients = make_address_book(scenario.message);
    const RunIdentity identity = virtual_identity(scenario);
    JudgingRecorder recorder(scenario);
    RunFacts facts;
    facts.version = TWOFIFTY_VERSION;
    facts.world = "virtual";
    {
        // Its parts record how they end.
        VirtualCourse course(scenario, recipients, identity, recorder);
        course.run(stop);
        facts.observed_at = course.observed_at();
    }
    facts.digest = recorder.judge().digest();
    return summarise(recorder.judge().finish(), scenario, facts, recipients);
}

}  // namespace twofifty::harness
