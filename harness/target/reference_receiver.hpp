// The built-in target: an SMTP (or LMTP) server that is strict about its input, takes its time over
// each message, and records every copy it stores. It keeps no content, so its memory does not grow
// with the mail.
#pragma once

#include "harness/scenario/scenario.hpp"
#include "record/address_book.hpp"
#include "record/recorder.hpp"
#include "smtp/server_session.hpp"
#include "world/network.hpp"
#include "world/notifier.hpp"
#include "world/random.hpp"
#include "world/task_scope.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace twofifty::harness {

struct ReceiverParts {
    world::Clock& clock;
    world::Network& network;
    Recorder& recorder;
    const AddressBook& recipients;
    std::string run_id;
    std::uint16_t number = 1;  ///< Under which its events are recorded.
};

class ReferenceReceiver final : public smtp::MessageSink {
public:
    /// `settings` must outlive it.
    ReferenceReceiver(ReceiverParts parts, const ReceiverSettings& settings, Protocol protocol,
                      std::uint64_t seed);

    /// Listens and serves from now on. Yields where. Errors: those of Network::listen; unreachable
    /// for a bad address. Throws tls::BadCredentials where its certificate cannot be used.
    world::Result<world::Endpoint> start();

    /// Messages whose end was read and that were not stored yet. Any thread may ask.
    std::uint32_t in_service() const { return in_service_.load(std::memory_order_relaxed); }

    /// Works on the message for its service time, then stores it, then answers: a client that has
    /// gone meanwhile is not noticed, as with most servers.
    world::Task<std::vector<std::string>> take(const smtp::ReceivedMessage& message) override;

private:
    world::Task<> accept_sessions();
    world::Task<> serve(std::unique_ptr<world::Stream> stream);
    world::Task<> wait_for_worker();
    void release_worker();
    void store(const smtp::ReceivedMessage& message, const std::string& queue_id);

    ReceiverParts parts_;
    const ReceiverSettings& settings_;
    smtp::ServerOptions options_;
    world::Random service_times_;
    std::unique_ptr<world::Listener> listener_;
    std::uint64_t last_queue_id_ = 0;
    std::atomic<std::uint32_t> in_service_{0};
    std::uint32_t busy_workers_ = 0;
    world::Notifier worker_free_;
    world::TaskScope sessions_;
};

}  // namespace twofifty::harness
