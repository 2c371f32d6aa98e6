// What a sender does over connections: one delivery tries one host of the domain, or one after the
// other, and each try is an attempt.
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

/// One of the connections to a domain at a time: opened for the first message, kept for the next
/// ones, closed when idle.
Task<> Sender::run_connection(Destination& destination) {
    Connection connection;
    while (true) {
        take_planned(destination);
        if (!destination.ready.empty()) {
            Job job = std::move(destination.ready.front());
            destination.ready.pop_front();
            co_await deliver(std::move(job), destination, connection);
            const bool spent = connection.messages >= settings_.messages_per_connection;
            if (connection.session && (spent || !connection.session->usable()))
                co_await close(connection);
            if (destination.connections > destination.limit()) {
                if (connection.session) co_await close(connection);
                break;
            }
            continue;
        }
        if (!connection.session) break;
        const TimePoint until = context_.clock.now() + settings_.idle;
        const bool woken =
            co_await world::within(context_.clock, until, destination.work_arrived.wait());
        if (!woken && destination.ready.empty()) co_await close(connection);
    }
    --destination.connections;
}

/// Tries hosts until every recipient is settled, or the sender tries no further host now.
Task<> Sender::deliver(Job job, Destination& destination, Connection& connection) {
    const TimePoint started = context_.clock.now();
    const std::uint64_t key = world::fold(context_.seed, "mail hosts");
    const world::Random random(
        world::fold(world::fold(key, std::uint64_t{job.ordinal}), job.failures));
    Destination::Hosts hosts = destination.hosts_in_order(started, random);
    if (hosts.empty()) {
        // No attempt: nobody is asked.
        defer(std::move(job), destination.first_back());
        co_return;
    }
    // A connection that is open is used, whichever host it leads to.
    if (connection.session && hosts.front() != connection.host) {
        hosts.erase(std::remove(hosts.begin(), hosts.end(), connection.host), hosts.end());
        hosts.insert(hosts.begin(), connection.host);
    }
    if (hosts.size() > settings_.hosts_per_attempt) hosts.resize(settings_.hosts_per_attempt);

    bool connected = true;
    for (const MailHost* const host : hosts) {
        if (connection.session && connection.host != host) co_await close(connection);
        if (!connection.session) connection.number = ++context_.last_connection;
        const std::uint32_t number = connection.number;
        const std::uint32_t attempt = job.count_attempt();
        const Tried tried = co_await try_host(job, attempt, *host, connection);
        connected = tried.connected;
        if (blames_host(tried)) {
            destination.host_failed(*host, context_.clock.now());
        } else {
            destination.host_served(*host);
            // A limit that has grown lets one more connection share the work.
            if (!destination.ready.empty()) wake_connection(destination);
        }
        const bool goes_on = tries_next_host(tried);
        settle(job, tried, number, attempt);
        if (job.recipients.empty() || !goes_on) break;
    }
    end_delivery(std::move(job), started);
    if (!connected) co_await world::sleep_for(context_.clock, rest_after_failure);
}

Task<Sender::Tried> Sender::try_host(const Job& job, std::uint32_t attempt, const MailHost& host,
                                     Connection& connection) {
    context_.recorder.record(Event{.at = context_.clock.now(),
                                   .kind = EventKind::attempt_started,
                                   .node = node_,
                                   .message = job.ordinal,
                                   .attempt = attempt,
                                   .connection = connection.number,
                                   .quantity = host.receiver});
    Tried tried;
    if (!connection.session) {
        const std::optional<RecipientResult> failure = co_await connect(host, connection);
        if (failure) {
            tried.results.assign(job.recipients.size(), *failure);
            co_return std::move(tried);
        }
    }
    tried.connected = true;
    tried.results = co_await hand_over(job, attempt, connection);
    co_return std::move(tried);
}

/// Opens the connection and introduces us. Yields why not, as the result of an attempt.
Task<std::optional<RecipientResult>> Sender::connect(const MailHost& host, Connection& connection) {
    const TimePoint started = context_.clock.now();
    const TimePoint deadline = started + settings_.timeouts[Phase::connect];
    Result<std::unique_ptr<world::Stream>> stream =
        co_await world::within(context_.clock, deadline, context_.network.connect(host.endpoint));
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
    connection.host = &host;
    connection.session = std::make_unique<smtp::ClientSession>(
        context_.clock, std::move(*stream), client_, context_.recorder, connection.number, node_);
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

Task<std::vector<RecipientResult>> Sender::hand_over(const Job& job, std::uint32_t attempt,
                                                     Connection& connection) {
    const std::shared_ptr<const Message> made =
        settings_.new_message_id
            ? std::make_shared<const Message>(context_.messages.make(job.ordinal, attempt))
            : context_.messages.get(job.ordinal);
    smtp::OutgoingMessage outgoing{.ordinal = job.ordinal,
                                   .attempt = attempt,
                                   .sender = made->sender,
                                   .content = made->content,
                                   .eight_bit = made->eight_bit};
    for (const std::uint32_t number : job.recipients)
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

/// Whether what happened to any recipient sends this sender to the domain's next host.
bool Sender::tries_next_host(const Tried& tried) const {
    return std::any_of(
        tried.results.begin(), tried.results.end(), [&](const RecipientResult& result) {
            switch (result.outcome) {
                case Outcome::not_sent:
                    return settings_.next_host >= NextHost::after_session ||
                           (settings_.next_host == NextHost::after_connect && !tried.connected);
                case Outcome::unknown: return settings_.next_host >= NextHost::after_session;
                case Outcome::refused_for_now:
                    return settings_.next_host == NextHost::after_refusal;
                default: return false;
            }
        });
}

/// Whether the try says something about the host, not only about the message.
bool Sender::blames_host(const Tried& tried) const {
    if (!tried.connected) return true;
    return std::any_of(
        tried.results.begin(), tried.results.end(), [&](const RecipientResult& result) {
            const bool lost = result.outcome == Outcome::not_sent && result.error;
            const bool doubt = result.outcome == Outcome::unknown && settings_.unknown_blames_host;
            return lost || doubt;
        });
}

}  // namespace twofifty::harness
