// One sending server: a queue for each domain that it sends to, up to n connections to each, a
// retry rule, a lifetime. It hands each message over until every recipient was accepted, refused
// for good, or given up. What it does and when follows from its SenderSettings alone.
#pragma once

#include "harness/fleet/destination.hpp"
#include "harness/fleet/job.hpp"
#include "harness/fleet/message_factory.hpp"
#include "harness/fleet/retry_plan.hpp"
#include "harness/fleet/routes.hpp"
#include "harness/scenario/scenario.hpp"
#include "record/address_book.hpp"
#include "record/recorder.hpp"
#include "smtp/client_session.hpp"
#include "world/network.hpp"
#include "world/notifier.hpp"
#include "world/task_scope.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace twofifty::harness {

/// What the senders of a fleet share; all of it outlives them.
struct FleetContext {
    world::Clock& clock;
    world::Network& network;
    Recorder& recorder;
    std::uint64_t seed;
    const MessageSettings& message_settings;
    const AddressBook& recipients;
    const MessageFactory& messages;
    const Routes& routes;
    std::uint32_t& last_connection;  ///< Numbers connections over the whole fleet.
    /// Closed load: the next message of the plan, for a connection that is free; 0: there is none.
    std::function<std::uint32_t()> next_planned;
    /// A message has left its queue for good.
    std::function<void()> finished;
};

/// What makes this sender this one.
struct SenderIdentity {
    std::uint16_t node = 0;  ///< Its number in events.
    const SenderSettings& settings;
    const smtp::ClientOptions& client;
    /// Where its queue runs lie between those of its like: from 0 to 1.
    double run_phase = 0;
};

class Sender {
public:
    Sender(const FleetContext& context, const SenderIdentity& identity);

    /// Takes a message into the queue, and records that. `planned` is when it should have been.
    void submit(std::uint32_t ordinal, TimePoint planned);

    /// Closed load: opens every connection and keeps it busy with what next_planned yields.
    void start_all_connections();

private:
    struct Connection {
        std::unique_ptr<smtp::ClientSession> session{};
        const MailHost* host = nullptr;
        std::uint32_t number = 0;
        TimePoint opened{};
        std::uint32_t messages = 0;
    };
    /// How one try at one host ended for the recipients that it was for, in their order.
    struct Tried {
        std::vector<smtp::RecipientResult> results{};
        bool connected = false;
    };

    // The queue: sender.cpp.
    std::uint32_t destination_of(std::uint32_t recipient);
    void enqueue(std::uint32_t ordinal, TimePoint planned, const Destination* awake);
    void take_planned(const Destination& destination);
    void wake_connection(Destination& destination);
    world::Task<> run_retries();
    void settle(Job& job, const Tried& tried, std::uint32_t connection, std::uint32_t attempt);
    void end_delivery(Job job, TimePoint started);
    void defer(Job job, TimePoint until);
    void finish(Job& job);
    void give_up(const Job& job, std::uint32_t recipient, std::string_view why);
    void warn_of_delay(Job& job);
    RetryPlan plan_next(const Job& job, TimePoint started) const;

    // What goes over connections: sender_delivery.cpp.
    world::Task<> run_connection(Destination& destination);
    world::Task<> deliver(Job job, Destination& destination, Connection& connection);
    world::Task<Tried> try_host(const Job& job, std::uint32_t attempt, const MailHost& host,
                                Connection& connection);
    world::Task<std::optional<smtp::RecipientResult>> connect(const MailHost& host,
                                                              Connection& connection);
    world::Task<std::vector<smtp::RecipientResult>> hand_over(const Job& job, std::uint32_t attempt,
                                                              Connection& connection);
    world::Task<> close(Connection& connection);
    bool tries_next_host(const Tried& tried) const;
    bool blames_host(const Tried& tried) const;

    const FleetContext& context_;
    const SenderSettings& settings_;
    const smtp::ClientOptions& client_;
    std::uint16_t node_;
    Duration run_offset_{};
    std::deque<Destination> destinations_;
    std::multimap<TimePoint, Job> deferred_;
    world::Notifier deferred_changed_;
    world::TaskScope tasks_;
};

}  // namespace twofifty::harness
