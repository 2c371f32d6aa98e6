#include "harness/target/reference_receiver.hpp"

#include "record/token.hpp"
#include "world/deadline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace twofifty::harness {

using world::Task;

namespace {

constexpr Duration accept_pause = 100ms;
constexpr std::size_t recorded_text_limit = 200;

/// The unnamed one is reference_hostname.
std::string hostname_of(const ReceiverSettings& settings) {
    return settings.name + ".test";
}

smtp::ServerOptions server_options(const ReceiverSettings& settings, Protocol protocol) {
    smtp::ServerOptions options{.hostname = hostname_of(settings),
                                .lmtp = protocol == Protocol::lmtp,
                                .ehlo = settings.ehlo,
                                .pipelining = settings.pipelining,
                                .chunking = settings.chunking,
                                .eight_bit_mime = settings.eight_bit_mime,
                                .size = settings.size,
                                .max_size = settings.max_size,
                                .max_recipients = settings.max_recipients};
    if (settings.auth) options.credentials = {settings.auth->user, settings.auth->password};
    return options;
}

/// Nothing where no TLS is offered.
std::optional<smtp::ServerTls> server_tls(const ReceiverSettings& settings,
                                          const world::Endpoint& listen) {
    const ReferenceTls& chosen = settings.tls;
    if (chosen.use == smtp::TlsUse::none) return std::nullopt;
    const std::array names{std::string(reference_hostname), hostname_of(settings), listen.host};
    const tls::Identity identity = chosen.certificate.empty()
                                       ? tls::make_identity(names)
                                       : tls::load_identity(chosen.certificate, chosen.key);
    return smtp::ServerTls{.context = tls::Context::for_server(identity, chosen.versions),
                           .implicit = chosen.use == smtp::TlsUse::implicit};
}

/// The draws of one receiver do not depend on what the others are asked; those of the first one
/// are what they would be if it were alone.
std::uint64_t seed_of(std::uint64_t seed, std::uint16_t number) {
    return number == 1 ? seed : world::fold(seed, std::uint64_t{number});
}

}  // namespace

ReferenceReceiver::ReferenceReceiver(ReceiverParts parts, const ReceiverSettings& settings,
                                     Protocol protocol, std::uint64_t seed)
    : parts_(std::move(parts)),
      settings_(settings),
      options_(server_options(settings, protocol)),
      service_times_(seed_of(seed, parts_.number), "service time"),
      worker_free_(parts_.clock.ready()),
      sessions_(parts_.clock.ready()) {}

world::Result<world::Endpoint> ReferenceReceiver::start() {
    const std::optional<world::Endpoint> endpoint = world::parse_endpoint(settings_.listen);
    if (!endpoint) return world::Error::unreachable;
    options_.tls = server_tls(settings_, *endpoint);
    world::Result<std::unique_ptr<world::Listener>> listener = parts_.network.listen(*endpoint);
    if (!listener) return listener.error();
    listener_ = std::move(*listener);
    sessions_.spawn(accept_sessions());
    return listener_->endpoint();
}

Task<> ReferenceReceiver::accept_sessions() {
    while (true) {
        world::Result<std::unique_ptr<world::Stream>> stream = co_await listener_->accept();
        if (stream) {
            sessions_.spawn(serve(std::move(*stream)));
        } else if (stream.error() == world::Error::closed) {
            co_return;
        } else {
            co_await world::sleep_for(parts_.clock, accept_pause);
        }
    }
}

Task<> ReferenceReceiver::serve(std::unique_ptr<world::Stream> stream) {
    smtp::ServerSession session(parts_.clock, std::move(stream), options_, *this);
    co_await session.serve();
}

Task<std::vector<std::string>> ReferenceReceiver::take(const smtp::ReceivedMessage& message) {
    ++in_service_;
    const Duration service_time = settings_.service_time.draw_duration(service_times_);
    co_await wait_for_worker();
    if (service_time > Duration::zero()) co_await world::sleep_for(parts_.clock, service_time);
    release_worker();
    const std::string queue_id = fmt::format("{:010X}", ++last_queue_id_);
    store(message, queue_id);
    --in_service_;
    const std::size_t replies = options_.lmtp ? message.recipients.size() : 1;
    co_return std::vector<std::string>(replies, "250 2.0.0 Ok: queued as " + queue_id);
}

/// Workers are given on in the order in which messages asked for them.
Task<> ReferenceReceiver::wait_for_worker() {
    if (settings_.workers != 0 && busy_workers_ >= settings_.workers) {
        co_await worker_free_.wait();  // Woken by release_worker(), which leaves its place to us.
    } else {
        ++busy_workers_;
    }
}

void ReferenceReceiver::release_worker() {
    if (worker_free_.has_waiters()) {
        worker_free_.notify_one();
    } else {
        --busy_workers_;
    }
}

void ReferenceReceiver::store(const smtp::ReceivedMessage& message, const std::string& queue_id) {
    const std::optional<Token> token = parse_token(message.content.token());
    Event copy{.at = parts_.clock.now(),
               .kind = EventKind::copy_found,
               .node = parts_.number,
               .duration = parts_.clock.now() - message.end_of_data,
               .quantity = message.content.received_headers(),
               .digest = message.content.body_digest(),
               .text = queue_id};
    if (token && token->run_id == parts_.run_id) {
        copy.message = token->ordinal;
    } else {
        copy.text = ("from <" + message.sender + ">").substr(0, recorded_text_limit);
    }
    for (const std::string& recipient : message.recipients) {
        copy.recipient = parts_.recipients.number_of(recipient);
        parts_.recorder.record(copy);
    }
}

}  // namespace twofifty::harness
