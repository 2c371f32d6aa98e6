// The life of a session, how it is cut short, and what is recorded of it.
#include "netem/session.hpp"

#include "netem/proxy_session.hpp"
#include "world/deadline.hpp"

#include <utility>

namespace twofifty::netem {

using world::Result;
using world::Task;

Task<> Session::serve() {
    context_.recorder.record(Event{.at = clock_.now(),
                                   .kind = EventKind::layer_connected,
                                   .connection = connection_,
                                   .text = to_string(client_->remote_endpoint())});
    if (context_.tap)
        context_.tap->connected(clock_.now(), connection_, client_->remote_endpoint());
    const TimePoint began = clock_.now();
    server_ = co_await reception_.receive();
    if (!server_) co_return;
    from_client_ = reception_.take_said();
    to_server_.lead_to(*server_);
    if (options_.tls && options_.tls->implicit) {
        const bool server_ready = co_await shake_hands_with_server();
        if (!server_ready) {
            client_->reset();
            co_return;
        }
        const bool client_ready = co_await shake_hands_with_client();
        if (!client_ready) co_return;
    }
    note_client_of_its_own(clock_.now() - began);
    tasks_.spawn(client_to_server());
    tasks_.spawn(server_to_client());
    tasks_.spawn(deliver_replies());
    co_await tasks_.join();
}

void Session::reply_ended(const ReplyQueue::Item& item, std::string_view bytes) {
    const bool cut = item.acting && item.acting->verdict.cut != Verdict::Side::none;
    transactions_.on_told(transactions_.get(item.transaction), item.recipient, bytes, cut);
}

void Session::count_unanswered() {
    const bool owes = dialogue_.awaits_data_done() && !server_closed_;
    if (owes == counted_unanswered_) return;
    counted_unanswered_ = owes;
    owes ? ++unanswered_ : --unanswered_;
}

void Session::note_server_gone(const boost::system::error_code& error) {
    const Phase owed = dialogue_.awaited();
    const bool ours = client_closed_ || error == world::Error::closed;
    if (ours || owed == Phase::none || owed == Phase::quit) return;
    Event gone = event(EventKind::server_gone, owed);
    gone.text = world::name_of(error);
    context_.recorder.record(std::move(gone));
}

void Session::note_not_followed(const char* why) {
    if (std::exchange(not_followed_, true)) return;
    Event opaque = event(EventKind::layer_not_following, Phase::none);
    opaque.text = why;
    context_.recorder.record(std::move(opaque));
}

/// A client that is not ours tells nobody that it has connected. Its connection and the layer's are
/// then one, by number and by endpoint; the time is the server's, to take the connection.
void Session::note_client_of_its_own(Duration connecting) {
    if (!context_.identities.reads_content()) return;
    context_.recorder.record(Event{.at = clock_.now(),
                                   .kind = EventKind::connection_opened,
                                   .connection = connection_,
                                   .duration = connecting,
                                   .text = to_string(client_->remote_endpoint())});
}

Task<> Session::deliver_replies() {
    const Verdict verdict = co_await replies_.deliver();
    const bool client = verdict.cut == Verdict::Side::client || verdict.cut == Verdict::Side::both;
    if (client && verdict.how == Verdict::How::fin) {
        to_client_.close();
        co_await to_client_.finished();
    }
    cut(verdict);
    delivered_ = true;
    changed_.notify_all();
}

/// Ends connections as a verdict says. Where only the client's is cut, the server sees it go (FIN);
/// the other way round the client keeps its connection and hears nothing more.
void Session::cut(const Verdict& verdict) {
    const bool client = verdict.cut == Verdict::Side::client || verdict.cut == Verdict::Side::both;
    const bool server = verdict.cut == Verdict::Side::server || verdict.cut == Verdict::Side::both;
    cut_ = cut_ || client;
    if (server && !client) silent_ = true;
    server_cut_ = server_cut_ || server;
    // An effect on the stream may end a connection that has no server yet, or whose side is just
    // shaking hands.
    if (server && server_) cut_one(*server_, verdict.how);
    if (client && client_) cut_one(*client_, verdict.how);
}

void Session::cut_one(world::Stream& stream, Verdict::How how) {
    switch (how) {
        case Verdict::How::fin: stream.close(); break;
        case Verdict::How::rst: stream.reset(); break;
        case Verdict::How::silent: silent_ = true; break;
    }
}

void Session::path_ended(Verdict::How how) {
    cut({.cut = Verdict::Side::both, .how = how});
}

/// Of the transaction whose replies are coming in.
Event Session::event(EventKind kind, Phase phase) const {
    const Transaction* const transaction = transactions_.find(transaction_);
    return Event{.at = clock_.now(),
                 .kind = kind,
                 .phase = phase,
                 .message = transaction ? transaction->message : 0,
                 .attempt = transaction ? transaction->attempt : 0,
                 .connection = connection_};
}

std::vector<Event> Session::record_firings(const std::vector<Firing>& firings,
                                           const Passing& passing) {
    std::vector<Event> events;
    for (const Firing& firing : firings) {
        const RuleBook::Entry* const entry = context_.rules.find(firing.rule);
        Event fired{.at = clock_.now(),
                    .kind = EventKind::rule_fired,
                    .phase = passing.phase,
                    .code = passing.code,
                    .message = passing.message,
                    .recipient = context_.identities.recipient(passing.recipient),
                    .attempt = passing.attempt,
                    .connection = connection_,
                    .rule = firing.rule,
                    .duration = firing.verdict.asked(),
                    .quantity = firing.verdict.ends_in_vain() ? 1 : 0,
                    .text = std::string(name_of(entry->rule.effect))};
        context_.recorder.record(fired);
        events.push_back(std::move(fired));
    }
    return events;
}

void Session::record_achieved(const std::vector<Event>& firings, TimePoint began, const char* how) {
    for (Event done : firings) {
        done.at = clock_.now();
        done.kind = EventKind::rule_achieved;
        done.duration = done.at - began;
        done.text = how;
        context_.rules.ended(done.rule);
        context_.recorder.record(std::move(done));
    }
}

Task<> serve_session(ProxyContext context, const ProxyOptions& options, Door& door,
                     std::unique_ptr<world::Stream> client, std::uint32_t connection,
                     std::span<char> scratch, std::size_t& unanswered) {
    Session session(context, options, door, std::move(client), connection, scratch, unanswered);
    co_await session.serve();
}

}  // namespace twofifty::netem
