// All sending servers of a run, and the load: when which message is given to whom.
#pragma once

#include "harness/fleet/message_factory.hpp"
#include "harness/fleet/sender.hpp"
#include "harness/scenario/scenario.hpp"
#include "world/network.hpp"
#include "world/notifier.hpp"
#include "world/random.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <string>

namespace twofifty::harness {

struct FleetParts {
    world::Clock& clock;
    world::Network& network;
    Recorder& recorder;
    const AddressBook& recipients;
    const MessageFactory& messages;
};

class Fleet {
public:
    /// `scenario` and `routes` must outlive the fleet. Throws tls::BadCredentials where the file of
    /// authorities cannot be used.
    Fleet(const FleetParts& parts, const Scenario& scenario, const Routes& routes);

    /// Submits every message of the plan at its time, or, with a closed load, as connections come
    /// free. Ends when the last one was submitted, or after stop_load().
    world::Task<> load();

    /// Submits nothing more.
    void stop_load();

    /// Waits until every queue is empty, or the deadline, which may move while it waits (then
    /// stop_load() makes it look again). True when they are.
    world::Task<bool> finish(const TimePoint& deadline);

    std::uint64_t submitted() const { return submitted_; }
    std::uint64_t in_queues() const { return submitted_ - finished_; }
    bool load_stopped() const { return stopped_; }

private:
    world::Task<> open_load();
    world::Task<> closed_load();
    std::uint32_t next_ordinal();
    bool plan_has_more() const;

    const FleetSettings& settings_;
    world::Clock& clock_;
    smtp::ClientOptions client_;
    std::uint32_t last_connection_ = 0;
    FleetContext context_;
    world::Random arrivals_;
    std::uint64_t submitted_ = 0;
    std::uint64_t finished_ = 0;
    bool stopped_ = false;
    world::Notifier progress_;
    std::deque<Sender> senders_;  // Last: their tasks use all of the above.
};

}  // namespace twofifty::harness
