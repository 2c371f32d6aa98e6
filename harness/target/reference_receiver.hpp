// The built-in target: an SMTP (or LMTP) server that is strict about its input, does to a message
// what real servers do before their 250, and records every copy it stores. It keeps no content, so
// its memory does not grow with the mail.
#pragma once

#include "harness/scenario/scenario.hpp"
#include "harness/target/forwarder.hpp"
#include "harness/target/greylist.hpp"
#include "harness/target/queue_gauge.hpp"
#include "harness/target/suppression.hpp"
#include "harness/target/workers.hpp"
#include "record/address_book.hpp"
#include "record/recorder.hpp"
#include "smtp/server_session.hpp"
#include "world/network.hpp"
#include "world/random.hpp"
#include "world/task_scope.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::harness {

struct ReceiverParts {
    world::Clock& clock;
    world::Network& network;
    Recorder& recorder;
    const AddressBook& recipients;
    std::string run_id;
    std::uint16_t number = 1;  ///< Under which its events are recorded.
    std::int64_t date = 0;     ///< Unix time at the start of the world, for Received headers.
    Duration sample_every{};   ///< How often its queues are looked at; 0: never.
    MakeMessage make{};        ///< Needed where it forwards.
};

class ReferenceReceiver final : public smtp::MessageSink {
public:
    /// `settings` must outlive it.
    ReferenceReceiver(ReceiverParts parts, const ReceiverSettings& settings, Protocol protocol,
                      std::uint64_t seed);

    /// Listens and serves from now on. Yields where. Errors: those of Network::listen; unreachable
    /// for a bad address. Throws tls::BadCredentials where its certificate cannot be used.
    world::Result<world::Endpoint> start();
    /// Where another receiver listens, which this one may hand mail on to.
    void know(const std::string& name, const world::Endpoint& endpoint);

    /// Messages whose end was read and that were not answered yet, and those that are to be handed
    /// on. Any thread may ask.
    std::uint32_t in_service() const {
        return in_service_.load(std::memory_order_relaxed) +
               outgoing_.load(std::memory_order_relaxed);
    }
    /// Records how the queues stand.
    void look_at_queues();

    std::string refuse_client() override;
    std::string refuse_sender(std::string_view sender) override;
    std::string refuse_recipient(std::string_view sender, std::string_view recipient) override;
    bool watches_clients() const override { return settings_.discards_for_gone_client; }
    world::Task<std::vector<std::string>> take(const smtp::ReceivedMessage& message) override;

private:
    world::Task<> accept_sessions();
    world::Task<> serve(std::unique_ptr<world::Stream> stream);
    world::Task<std::string> work_on(const smtp::ReceivedMessage& message);
    std::string refuse_under_load(Refusal::Where where) const;
    std::string commit(const smtp::ReceivedMessage& message);
    void deliver(const smtp::ReceivedMessage& message, const std::string& recipient, Event copy);
    void forward(const smtp::ReceivedMessage& message, const std::string& queue_id);
    const Forward* forward_of(std::string_view recipient) const;
    std::uint32_t ordinal_of(const smtp::ReceivedMessage& message) const;
    std::string received_header(const smtp::ReceivedMessage& message, const std::string& queue_id);
    void discard(const smtp::ReceivedMessage& message, const char* why);

    ReceiverParts parts_;
    const ReceiverSettings& settings_;
    smtp::ServerOptions options_;
    world::Random service_times_;
    Workers workers_;
    std::optional<Greylist> greylist_;
    std::optional<Suppression> suppression_;
    std::unique_ptr<world::Listener> listener_;
    std::uint64_t last_queue_id_ = 0;
    std::atomic<std::uint32_t> in_service_{0};
    std::atomic<std::uint32_t> outgoing_{0};
    QueueGauge incoming_;
    Forwarder forwarder_;
    world::TaskScope sessions_;  // Last: its tasks use all of the above.
};

}  // namespace twofifty::harness
