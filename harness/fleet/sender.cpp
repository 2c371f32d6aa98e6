#include "harness/fleet/sender.hpp"

#include "world/deadline.hpp"

#include <algorithm>
#include <utility>

namespace twofifty::harness {

using smtp::RecipientResult;
using world::Result;
using world::Task;

namespace {

/// After a connection that could not be opened, a slot rests before it tries for another message,
/// so that a dead target is not stormed.
constexpr Duration rest_after_failure = 1s;

}  // namespace

Sender::Sender(const FleetContext& context, std::uint16_t node)
    : context_(context),
      node_(node),
      work_arrived_(context.clock.ready()),
      deferred_changed_(context.clock.ready()),
      tasks_(context.clock.ready()) {
    tasks_.spawn(run_retries());
}

void Sender::submit(std::uint32_t ordinal, TimePoint planned) {
    ready_.push_back(record_submitted(ordinal, planned));
    wake_connection();
}

Sender::Queued Sender::record_submitted(std::uint32_t ordinal, TimePoint planned) {
    const TimePoint now = context_.clock.now();
    const std::shared_ptr<const Message> message = context_.messages.get(ordinal);
    Queued queued{
        .ordinal = ordinal,
        .submitted = now,
        .recipients = recipients_of(ordinal, context_.message_settings, context_.recipients)};
    for (const std::uint32_t recipient : queued.recipients) {
        context_.recorder.record(
            Event{.at = now,
                  .kind = EventKind::submitted,
                  .node = node_,
                  .message = ordinal,
                  .recipient = recipient,
                  .duration = now - planned,
                  .quantity = static_cast<std::int64_t>(message->content.size()),
                  .digest = message->body_digest});
    }
    return queued;
}

void Sender::wake_connection() {
    if (work_arrived_.has_waiters()) {
        work_arrived_.notify_one();
    } else if (connections_ < context_.settings.connections) {
        ++connections_;
        tasks_.spawn(run_connection());
    }
}

void Sender::start_all_connections() {
    // A connection that finds no message ends at once, so they are counted here by their starts.
    for (std::uint32_t started = connections_; started < context_.settings.connections; ++started) {
        ++connections_;
        tasks_.spawn(run_connection());
    }
}

/// One of the sender's connections at a time: opened for the first message, kept for the next ones,
/// closed when idle.
Task<> Sender::run_connection() {
    Connection connection;
    while (true) {
        std::optional<Queued> message = next_message();
        if (message) {
            co_await attempt(std::move(*message), connection);
            const bool spent = connection.messages >= context_.settings.messages_per_connection;
            if (connection.session && (spent || !connection.session->usable()))
                co_await close(connection);
            continue;
        }
        if (!connection.session) break;
        const TimePoint until = context_.clock.now() + context_.settings.idle;
        const bool woken = co_await world::within(context_.clock, until, work_arrived_.wait());
        if (!woken && ready_.empty()) co_await close(connection);
    }
    --connections_;
}

std::optional<Sender::Queued> Sender::next_message() {
    if (!ready_.empty()) {
        std::optional<Queued> message = std::move(ready_.front());
        ready_.pop_front();
        return message;
    }
    if (const std::uint32_t ordinal = context_.next_planned()) {
        return record_submitted(ordinal, context_.clock.now());
    }
    return std::nullopt;
}

/// Moves messages whose time has come from the deferred queue to the ready one.
Task<> Sender::run_retries() {
    while (true) {
        const TimePoint due = deferred_.empty() ? never : deferred_.begin()->first;
        if (due <= context_.clock.now()) {
            ready_.push_back(std::move(deferred_.begin()->second));
            deferred_.erase(deferred_.begin());
            wake_connection();
        } else {
            co_await world::within(context_.clock, due, deferred_changed_.wait());
        }
    }
}

Task<> Sender::attempt(Queued message, Connection& connection) {
    ++message.attempts;
    if (!connection.session) connection.number = ++context_.last_connection;
    const std::uint32_t number = connection.number;
    context_.recorder.record(Event{.at = context_.clock.now(),
                                   .kind = EventKind::attempt_started,
                                   .node = node_,
                                   .message = message.ordinal,
                                   .attempt = message.attempts,
                                   .connection = number});
    std::vector<RecipientResult> results;
    bool connected = true;
    if (!connection.session) {
        const std::optional<RecipientResult> failure = co_await connect(connection);
        connected = !failure;
        if (failure) results.assign(message.recipients.size(), *failure);
    }
    if (connected) results = co_await hand_over(message, connection);
    settle(std::move(message), results, number);
    if (!connected) co_await world::sleep_for(context_.clock, rest_after_failure);
}

/// Opens the connection and introduces us. Yields why not, as the result of an attempt.
Task<std::optional<RecipientResult>> Sender::connect(Connection& connection) {
    const TimePoint started = context_.clock.now();
    const TimePoint deadline = started + context_.settings.timeouts[Phase::connect];
    Result<std::unique_ptr<world::Stream>> stream =
        co_await world::within(context_.clock, deadline, context_.network.connect(context_.target));
    RecipientResult failed;
    failed.phase = Phase::connect;
    failed.waited = context_.clock.now() - started;
    if (!stream) {
        failed.error = stream.error();
        co_return failed;
    }
    context_.recorder.record(Event{.at = context_.clock.now(),
                                   .kind = EventKind::connection_opened,
                                   .node = node_,
                                   .connection = connection.number,
                                   .duration = failed.waited,
                                   .text = to_string((*stream)->local_endpoint())});
    connection.opened = context_.clock.now();
    connection.messages = 0;
    connection.session =
        std::make_unique<smtp::ClientSession>(context_.clock, std::move(*stream), context_.client,
                                              context_.recorder, connection.number, node_);
    const std::optional<smtp::ClientSession::Failure> failure = co_await connection.session->open();
    if (!failure) co_return std::nullopt;
    failed.phase = failure->phase;
    failed.error = failure->error;
    failed.code = failure->code;
    failed.waited = failure->waited;
    // A greeting or EHLO that is refused says nothing about the message: it stays queued, whatever
    // the class.
    co_await close(connection);
    co_return failed;
}

Task<std::vector<RecipientResult>> Sender::hand_over(const Queued& message,
                                                     Connection& connection) {
    const std::shared_ptr<const Message> made = context_.messages.get(message.ordinal);
    smtp::OutgoingMessage outgoing{.ordinal = message.ordinal,
                                   .attempt = message.attempts,
                                   .sender = made->sender,
                                   .content = made->content,
                                   .eight_bit = made->eight_bit};
    for (const std::uint32_t number : message.recipients)
        outgoing.recipients.push_back({number, context_.recipients.address_of(number)});
    ++connection.messages;
    std::vector<RecipientResult> results = co_await connection.session->hand_over(outgoing);
    co_return std::move(results);
}

Task<> Sender::close(Connection& connection) {
    const boost::system::error_code error = connection.session->last_error();
    co_await connection.session->quit();
    const TimePoint now = context_.clock.now();
    context_.recorder.record(Event{.at = now,
                                   .kind = EventKind::connection_closed,
                                   .node = node_,
                                   .connection = connection.number,
                                   .duration = now - connection.opened,
                                   .text = error ? smtp::name_of(error) : "quit"});
    connection.session.reset();
}

/// Records how the attempt ended for each recipient, and queues the message again for those who are
/// still to be served.
void Sender::settle(Queued message, const std::vector<RecipientResult>& results,
                    std::uint32_t connection) {
    const TimePoint now = context_.clock.now();
    std::vector<std::uint32_t> open;
    for (std::size_t i = 0; i < results.size(); ++i) {
        const RecipientResult& result = results[i];
        const std::uint32_t recipient = message.recipients[i];
        Event ended{.at = now,
                    .kind = EventKind::attempt_ended,
                    .phase = result.phase,
                    .outcome = result.outcome,
                    .code = result.code,
                    .node = node_,
                    .message = message.ordinal,
                    .recipient = recipient,
                    .attempt = message.attempts,
                    .connection = connection,
                    .duration = result.waited};
        if (result.error) ended.text = smtp::name_of(result.error);
        context_.recorder.record(std::move(ended));
        if (result.outcome == Outcome::refused_for_good) {
            give_up(message, recipient, "refused_for_good");
        } else if (result.outcome != Outcome::accepted) {
            open.push_back(recipient);
        }
    }
    message.recipients = std::move(open);
    const Retry& retry = context_.settings.retry;
    const std::size_t step = std::min<std::size_t>(message.attempts, retry.schedule.size()) - 1;
    const TimePoint next = now + retry.schedule[step];
    if (!message.recipients.empty() && next > message.submitted + retry.lifetime) {
        for (const std::uint32_t recipient : message.recipients)
            give_up(message, recipient, "lifetime");
        message.recipients.clear();
    }
    if (message.recipients.empty()) {
        context_.finished();
        return;
    }
    deferred_.emplace(next, std::move(message));
    deferred_changed_.notify_all();
}

void Sender::give_up(const Queued& message, std::uint32_t recipient, const char* why) {
    context_.recorder.record(Event{.at = context_.clock.now(),
                                   .kind = EventKind::gave_up,
                                   .node = node_,
                                   .message = message.ordinal,
                                   .recipient = recipient,
                                   .attempt = message.attempts,
                                   .text = why});
}

}  // namespace twofifty::harness
