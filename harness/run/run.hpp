// One run of one scenario, the sending side: layer and fleet, then load, drain, end. The same code
// in both worlds; what it came to is in the events it recorded.
#pragma once

#include "harness/fleet/fleet.hpp"
#include "harness/fleet/message_factory.hpp"
#include "harness/fleet/routes.hpp"
#include "harness/run/place.hpp"
#include "harness/run/progress.hpp"
#include "harness/run/submission.hpp"
#include "harness/run/target_side.hpp"
#include "harness/scenario/scenario.hpp"
#include "netem/proxy.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

namespace twofifty::harness {

class Run {
public:
    /// All references must outlive the run. REQUIRES: the target was started.
    /// `sender`: the real server of [sender], which is told where the layer listens; else null.
    /// Throws std::runtime_error where the layer cannot listen, or a corpus cannot be read.
    Run(Place place, ProgressRecorder& recorder, const Scenario& scenario,
        const AddressBook& recipients, const RunIdentity& identity, const TargetSide& target,
        RealServer* sender = nullptr);

    /// Load, then drain. Records how each ended, and at the end what each rule matched.
    world::Task<> main();

    /// The first call ends the load and bounds the drain; the second ends the drain.
    void interrupt();

private:
    std::vector<world::Endpoint> start_layer();
    world::Endpoint start_proxy(netem::ProxyOptions options, Recorder& recorder,
                                const ReceiverSettings* receiver);
    void start_layer_behind(RealServer& sender);
    netem::ProxyOptions layer_options() const;
    world::Task<bool> target_answers();
    world::Task<bool> until_quiet();
    bool is_target_busy() const;
    void note(EventKind kind, const char* text, std::uint64_t quantity = 0);

    world::Clock& clock_;
    world::Network& network_;
    ProgressRecorder& recorder_;
    const Scenario& scenario_;
    const AddressBook& recipients_;
    const TargetSide& target_;
    netem::RuleBook rules_;
    MessageFactory messages_;
    int interrupts_ = 0;
    TimePoint drain_deadline_ = never;
    world::Notifier interrupted_;
    netem::ConnectionCounter connections_;
    SubmissionRecorder submissions_;  ///< With [sender]: what is told of the fleet.
    std::deque<SentRecorder> sent_;   ///< With [sender]: what the layer tells, by listener.
    std::unique_ptr<netem::Identities> identities_;
    std::vector<std::unique_ptr<netem::Proxy>> proxies_;  ///< One in front of each receiver.
    std::vector<const netem::Proxy*> before_servers_;  ///< Of these, those in front of real ones.
    Routes routes_;
    std::unique_ptr<Fleet> fleet_;
};

}  // namespace twofifty::harness
