// Hands mail on to other receivers, as a relay does: a queue for each, one connection at a time,
// retries until a lifetime has passed. A message is a function of its ordinal, so what is queued is
// its number, its recipients and the headers that its way has added, not its bytes.
#pragma once

#include "harness/scenario/receiver_settings.hpp"
#include "harness/target/queue_gauge.hpp"
#include "record/recorder.hpp"
#include "smtp/client_session.hpp"
#include "world/network.hpp"
#include "world/notifier.hpp"
#include "world/task_scope.hpp"

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::harness {

/// A message of the fleet, made again.
struct MadeMessage {
    std::string sender{};
    std::string content{};
    bool eight_bit = false;
};

/// Makes the message of this number, with this Message-ID.
using MakeMessage = std::function<MadeMessage(std::uint32_t ordinal, std::string_view message_id)>;

/// A message that is to be handed on.
struct Forwarded {
    std::uint32_t ordinal = 0;
    std::string message_id{};
    std::vector<std::string> trace{};    ///< Received headers that were added, from the top.
    std::uint32_t received_headers = 0;  ///< All that it will arrive with.
    std::vector<std::pair<std::uint32_t, std::string>> recipients{};  ///< Numbers and addresses.
    TimePoint queued{};
    std::uint32_t attempts = 0;
};

struct ForwarderParts {
    world::Clock& clock;
    world::Network& network;
    Recorder& recorder;
    std::uint16_t node = 1;
    MakeMessage make{};
};

class Forwarder {
public:
    /// `settings` must outlive it, and `count`, which is how many messages it has.
    Forwarder(ForwarderParts parts, const ReceiverSettings& settings, std::string hostname,
              std::atomic<std::uint32_t>& count);

    /// Where a receiver listens. Called before the first message for it.
    void know(const std::string& name, const world::Endpoint& endpoint);
    /// REQUIRES: that receiver is known.
    void take(const std::string& to, Forwarded message);

    QueueGauge& queue() { return queue_; }

private:
    struct Destination {
        Destination(std::string called, world::Endpoint at, world::ReadyQueue& ready)
            : name(std::move(called)), endpoint(std::move(at)), arrived(ready) {}

        std::string name;
        world::Endpoint endpoint;
        std::multimap<TimePoint, Forwarded> waiting;  ///< By when each is due.
        world::Notifier arrived;
    };

    world::Task<> serve(Destination& destination);
    world::Task<> empty(Destination& destination);
    bool has_due(const Destination& destination) const;
    Forwarded next(Destination& destination);
    world::Task<std::vector<smtp::RecipientResult>> hand_over(smtp::ClientSession& session,
                                                              const Forwarded& message);
    void settle(Destination& destination, Forwarded message,
                const std::vector<smtp::RecipientResult>& results);

    ForwarderParts parts_;
    const ReceiverSettings& settings_;
    smtp::ClientOptions client_;
    std::atomic<std::uint32_t>& count_;
    QueueGauge queue_;
    std::deque<Destination> destinations_;
    world::TaskScope tasks_;  // Last: its tasks use all of the above.
};

}  // namespace twofifty::harness
