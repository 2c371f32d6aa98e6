// One sending server: a queue, up to n connections, a retry schedule, a lifetime. It hands each
// message over until every recipient was accepted, refused for good, or given up.
#pragma once

#include "harness/fleet/message_factory.hpp"
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
#include <vector>

namespace twofifty::harness {

/// What the senders of a fleet share; all of it outlives them.
struct FleetContext {
    world::Clock& clock;
    world::Network& network;
    Recorder& recorder;
    const FleetSettings& settings;
    const MessageSettings& message_settings;
    const AddressBook& recipients;
    const MessageFactory& messages;
    const smtp::ClientOptions& client;
    const Routes& routes;
    std::uint32_t& last_connection;  ///< Numbers connections over the whole fleet.
    /// Closed load: the next message of the plan, for a connection that is free; 0: there is none.
    std::function<std::uint32_t()> next_planned;
    /// A message has left its queue for good.
    std::function<void()> finished;
};

class Sender {
public:
    Sender(const FleetContext& context, std::uint16_t node);

    /// Takes a message into the queue, and records that. `planned` is when it should have been.
    void submit(std::uint32_t ordinal, TimePoint planned);

    /// Closed load: opens every connection and keeps it busy with what next_planned yields.
    void start_all_connections();

private:
    struct Queued {
        std::uint32_t ordinal = 0;
        std::uint32_t attempts = 0;
        TimePoint submitted{};
        std::vector<std::uint32_t> recipients;  ///< Not settled yet.
    };
    using Session = std::unique_ptr<smtp::ClientSession>;
    struct Connection {
        Session session;
        std::uint32_t number = 0;
        MailHost host{};
        TimePoint opened{};
        std::uint32_t messages = 0;
    };

    Queued record_submitted(std::uint32_t ordinal, TimePoint planned);
    void wake_connection();
    world::Task<> run_connection();
    world::Task<> run_retries();
    std::optional<Queued> next_message();
    const MailHost& host_of(const Queued& message) const;
    world::Task<> attempt(Queued message, Connection& connection);
    world::Task<std::vector<smtp::RecipientResult>> hand_over(const Queued& message,
                                                              Connection& connection);
    world::Task<std::optional<smtp::RecipientResult>> connect(Connection& connection);
    world::Task<> close(Connection& connection);
    void settle(Queued message, const std::vector<smtp::RecipientResult>& results,
                std::uint32_t connection);
    void give_up(const Queued& message, std::uint32_t recipient, const char* why);

    const FleetContext& context_;
    std::uint16_t node_;
    std::deque<Queued> ready_;
    std::multimap<TimePoint, Queued> deferred_;
    std::uint32_t connections_ = 0;  ///< Running, idle ones included.
    world::Notifier work_arrived_;
    world::Notifier deferred_changed_;
    world::TaskScope tasks_;
};

}  // namespace twofifty::harness
