#include "harness/target/reference_receiver.hpp"

#include "record/text.hpp"
#include "record/token.hpp"
#include "world/deadline.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <map>
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
                                .max_recipients = settings.max_recipients,
                                .command_timeout = settings.client_timeout};
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

/// Unique among the receivers of a run.
std::string queue_id_of(std::uint16_t receiver, std::uint64_t count) {
    return fmt::format("{:010X}", (std::uint64_t{receiver} - 1) << 32 | count);
}

}  // namespace

ReferenceReceiver::ReferenceReceiver(ReceiverParts parts, const ReceiverSettings& settings,
                                     Protocol protocol, std::uint64_t seed)
    : parts_(std::move(parts)),
      settings_(settings),
      options_(server_options(settings, protocol)),
      service_times_(seed_of(seed, parts_.number), "service time"),
      workers_(parts_.clock, settings.workers, settings.stalls),
      incoming_(parts_.clock, parts_.recorder, parts_.number, "incoming"),
      forwarder_({parts_.clock, parts_.network, parts_.recorder, parts_.number, parts_.make},
                 settings, options_.hostname, outgoing_),
      sessions_(parts_.clock.ready()) {
    if (settings.greylist) greylist_.emplace(*settings.greylist);
    if (settings.suppress) suppression_.emplace(*settings.suppress);
}

world::Result<world::Endpoint> ReferenceReceiver::start() {
    const std::optional<world::Endpoint> endpoint = world::parse_endpoint(settings_.listen);
    if (!endpoint) return world::Error::unreachable;
    options_.tls = server_tls(settings_, *endpoint);
    world::Result<std::unique_ptr<world::Listener>> listener = parts_.network.listen(*endpoint);
    if (!listener) return listener.error();
    listener_ = std::move(*listener);
    sessions_.spawn(accept_sessions());
    if (parts_.sample_every > Duration::zero()) {
        sessions_.spawn(incoming_.watch(parts_.sample_every));
        sessions_.spawn(forwarder_.queue().watch(parts_.sample_every));
    }
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

void ReferenceReceiver::know(const std::string& name, const world::Endpoint& endpoint) {
    const bool meant = std::ranges::any_of(
        settings_.forward, [&](const Forward& forward) { return forward.to == name; });
    if (meant) forwarder_.know(name, endpoint);
}

void ReferenceReceiver::look_at_queues() {
    if (parts_.sample_every == Duration::zero()) return;
    incoming_.look();
    forwarder_.queue().look();
}

std::string ReferenceReceiver::refuse_client() {
    return refuse_under_load(Refusal::Where::connect);
}

std::string ReferenceReceiver::refuse_sender(std::string_view) {
    return refuse_under_load(Refusal::Where::mail);
}

std::string ReferenceReceiver::refuse_recipient(std::string_view sender,
                                                std::string_view recipient) {
    if (!greylist_ || greylist_->allows(sender, recipient, parts_.clock.now())) return {};
    return settings_.greylist->reply;
}

std::string ReferenceReceiver::refuse_under_load(Refusal::Where where) const {
    const std::optional<Refusal>& refuse = settings_.refuse;
    if (!refuse || refuse->where != where || in_service_ < refuse->waiting) return {};
    return refuse->reply;
}

Task<std::vector<std::string>> ReferenceReceiver::take(const smtp::ReceivedMessage& message) {
    std::string reply = refuse_under_load(Refusal::Where::data_done);
    // Somewhere it goes in a circle (RFC 5321 6.3).
    if (message.content.received_headers() > settings_.hop_limit) reply = "554 5.4.6 Too many hops";
    if (reply.empty()) {
        ++in_service_;
        reply = co_await work_on(message);
        --in_service_;
    }
    const std::size_t replies = options_.lmtp ? message.recipients.size() : 1;
    co_return std::vector<std::string>(replies, reply);
}

/// The work on a message, and what is decided before and after it. Yields the reply.
Task<std::string> ReferenceReceiver::work_on(const smtp::ReceivedMessage& message) {
    const Duration service_time = settings_.service_time.draw_duration(service_times_) +
                                  time_for_size(settings_.service_by_size, message.content.size());
    std::string queue_id;
    if (settings_.commits_before_work)
        queue_id = commit(message);
    else
        incoming_.enter(message.end_of_data);
    co_await workers_.work(service_time);
    if (!settings_.commits_before_work) {
        incoming_.leave(message.end_of_data);
        const Duration took = parts_.clock.now() - message.end_of_data;
        if (settings_.deadline && took > *settings_.deadline) {
            discard(message, "deadline");
            co_return "451 4.4.5 Processing took too long";
        }
        if (settings_.discards_for_gone_client && message.client_gone) {
            discard(message, "client_gone");
            co_return "451 4.4.2 Client has gone";
        }
        queue_id = commit(message);
    }
    co_return "250 2.0.0 Ok: queued as " + queue_id;
}

/// Takes the message over: into mailboxes, or to be handed on. Yields its queue id.
std::string ReferenceReceiver::commit(const smtp::ReceivedMessage& message) {
    std::string queue_id = queue_id_of(parts_.number, ++last_queue_id_);
    const std::string& first_id = message.content.first_queue_id();
    const std::uint32_t ordinal = ordinal_of(message);
    Event copy{.at = parts_.clock.now(),
               .kind = EventKind::copy_found,
               .node = parts_.number,
               .message = ordinal,
               .duration = parts_.clock.now() - message.end_of_data,
               .quantity = message.content.received_headers(),
               .digest = message.content.body_digest(),
               .text = first_id.empty() ? queue_id : first_id};
    if (ordinal == 0) copy.text = ("from <" + message.sender + ">").substr(0, recorded_text_limit);
    for (const std::string& recipient : message.recipients) {
        const Forward* const forward = ordinal != 0 ? forward_of(recipient) : nullptr;
        if (!forward || forward->keep) deliver(message, recipient, copy);
    }
    if (ordinal != 0 && !settings_.forward.empty()) forward(message, queue_id);
    return queue_id;
}

void ReferenceReceiver::deliver(const smtp::ReceivedMessage& message, const std::string& recipient,
                                Event copy) {
    copy.recipient = parts_.recipients.number_of(recipient);
    if (suppression_ && suppression_->suppresses(recipient, message.content, copy.at))
        copy.kind = EventKind::copy_suppressed;
    parts_.recorder.record(std::move(copy));
}

/// Queues the message once for each receiver that it goes on to.
void ReferenceReceiver::forward(const smtp::ReceivedMessage& message, const std::string& queue_id) {
    std::map<std::string, Forwarded> by_destination;
    for (const std::string& recipient : message.recipients) {
        if (const Forward* const forward = forward_of(recipient))
            by_destination[forward->to].recipients.emplace_back(
                parts_.recipients.number_of(recipient), recipient);
    }
    for (auto& [to, forwarded] : by_destination) {
        forwarded.ordinal = ordinal_of(message);
        forwarded.message_id = message.content.message_id();
        forwarded.trace = message.content.trace();
        forwarded.trace.insert(forwarded.trace.begin(), received_header(message, queue_id));
        forwarded.received_headers = message.content.received_headers() + 1;
        forwarded.queued = parts_.clock.now();
        forwarder_.take(to, std::move(forwarded));
    }
}

const Forward* ReferenceReceiver::forward_of(std::string_view recipient) const {
    const auto found = std::ranges::find_if(settings_.forward, [&](const Forward& forward) {
        return matches_pattern(forward.recipients, recipient);
    });
    return found == settings_.forward.end() ? nullptr : &*found;
}

/// The message's place in the plan of this run; 0 where it is none of the fleet's.
std::uint32_t ReferenceReceiver::ordinal_of(const smtp::ReceivedMessage& message) const {
    const std::optional<Token> token = parse_token(message.content.token());
    return token && token->run_id == parts_.run_id ? token->ordinal : 0;
}

std::string ReferenceReceiver::received_header(const smtp::ReceivedMessage& message,
                                               const std::string& queue_id) {
    const auto seconds =
        std::chrono::duration_cast<std::chrono::seconds>(parts_.clock.now().time_since_epoch());
    const std::time_t date = static_cast<std::time_t>(parts_.date + seconds.count());
    return fmt::format("Received: from {} by {} with ESMTP id {}; {:%a, %d %b %Y %H:%M:%S} +0000",
                       message.client_name, options_.hostname, queue_id, fmt::gmtime(date));
}

void ReferenceReceiver::discard(const smtp::ReceivedMessage& message, const char* why) {
    const TimePoint now = parts_.clock.now();
    for (const std::string& recipient : message.recipients)
        parts_.recorder.record(Event{.at = now,
                                     .kind = EventKind::copy_discarded,
                                     .node = parts_.number,
                                     .message = ordinal_of(message),
                                     .recipient = parts_.recipients.number_of(recipient),
                                     .duration = now - message.end_of_data,
                                     .text = why});
}

}  // namespace twofifty::harness
