#include "netem/proxy_session.hpp"

#include "netem/reception.hpp"
#include "netem/reply_queue.hpp"
#include "netem/transactions.hpp"
#include "smtp/dialogue.hpp"
#include "tls/handshake.hpp"
#include "world/deadline.hpp"

#include <array>
#include <cstring>
#include <string>
#include <utility>

namespace twofifty::netem {
namespace {

using smtp::Dialogue;
using world::Result;
using world::Task;
using PieceKind = Dialogue::PieceKind;

/// How much of what a client sent behind a held final dot is kept while it is held.
constexpr std::size_t unread_limit = 64 * 1024;
/// Buffers that grew beyond this are given back when they are empty.
constexpr std::size_t kept_capacity = 4096;

/// Three coroutines share it: one gives the client's bytes to the server, one reads the server's
/// replies and judges them by the rules, one gives them to the client when they may leave.
class Session final : private ReplyQueue::Listener, private Path::Owner {
public:
    Session(const ProxyContext& context, const ProxyOptions& options, Door& door,
            std::unique_ptr<world::Stream> client, std::uint32_t connection,
            std::span<char> scratch)
        : clock_(context.clock),
          context_(context),
          options_(options),
          client_(std::move(client)),
          connection_(connection),
          reception_(context, options, door, *client_, connection),
          scratch_(scratch),
          dialogue_(options.lmtp),
          transactions_(context, connection),
          paths_{context.clock, context.rules, context.recorder},
          stream_rules_(context.rules, connection),
          to_client_(paths_, stream_rules_, *this, connection, Direction::to_client),
          to_server_(paths_, stream_rules_, *this, connection, Direction::to_server),
          replies_(paths_, *this, to_client_),
          changed_(clock_.ready()),
          tasks_(clock_.ready()) {
        to_client_.lead_to(*client_);
    }
    ~Session() {
        if (context_.tap) context_.tap->gone(connection_);
    }

    Task<> serve();

private:
    Task<> client_to_server();
    Task<> forward_close(bool was_reset);
    Task<> server_to_client();
    Task<bool> shake_hands_with_server();
    Task<bool> shake_hands_with_client();
    Task<> turn_to_tls();
    Task<> deliver_replies();
    Task<> end_afterlife();
    Task<bool> pass_pieces();
    Task<bool> pass_end_of_data(std::string_view bytes);
    Task<bool> impair_end_of_data(const Verdict& verdict, std::string_view end);
    Task<bool> wait_with_client(const Verdict& verdict);

    std::string_view all_that_arrived(world::Stream& stream, std::span<char> first,
                                      std::size_t bytes);
    void take_from_server(std::string_view bytes);
    void take_reply(const smtp::Reply& reply);
    void note_server_gone(const boost::system::error_code& error);
    void note_not_followed(const char* why);
    void note_client_of_its_own(Duration connecting);
    const std::vector<std::string>& recipients_of_content() const;
    Event event(EventKind kind, Phase phase) const;
    std::vector<Event> record_firings(const std::vector<Firing>& firings, const Passing& passing);
    void record_achieved(const std::vector<Event>& firings, TimePoint began, const char* how);
    void cut(const Verdict& verdict);
    void cut_one(world::Stream& stream, Verdict::How how);

    void reply_ended(const ReplyQueue::Item& item, std::string_view bytes) override;
    void path_ended(Verdict::How how) override;

    world::Clock& clock_;
    const ProxyContext& context_;
    const ProxyOptions& options_;
    std::unique_ptr<world::Stream> client_;
    std::unique_ptr<world::Stream> server_;
    std::uint32_t connection_;
    Reception reception_;
    std::span<char> scratch_;

    Dialogue dialogue_;
    smtp::ReplyParser parser_;
    Transactions transactions_;
    std::uint32_t transaction_ = 0;  ///< The one whose replies are coming in.
    PathContext paths_;
    StreamRules stream_rules_;
    Path to_client_;
    Path to_server_;
    ReplyQueue replies_;
    world::Notifier changed_;  ///< A reply was taken, or a side has ended.
    std::string from_client_;  ///< Read from the client and not yet given to the server.
    std::string held_back_;    ///< The possible beginning of a final dot, kept until it is decided.
    // Most reads bring a line; the few that fill these go on in the scratch buffer.
    std::array<char, 512> client_buffer_;
    std::array<char, 512> server_buffer_;
    world::ReadSome* client_read_ = nullptr;    ///< The one that waits, where one does.
    std::optional<ReplyQueue::Item> go_ahead_;  ///< The 220 to STARTTLS, until the server is ready.
    bool turning_ = false;                      ///< A side is shaking hands.
    bool client_closed_ = false;
    bool server_closed_ = false;
    bool silent_ = false;      ///< The client keeps a dead connection: its bytes go nowhere.
    bool cut_ = false;         ///< The layer has ended the client's connection.
    bool server_cut_ = false;  ///< The same of the server's.
    bool not_followed_ = false;

    world::TaskScope tasks_;  // Last: what the tasks use must outlive them.
};

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

/// The bytes of a read that took `bytes` into `first`, and what has arrived behind them. They lie
/// there until the next wait.
std::string_view Session::all_that_arrived(world::Stream& stream, std::span<char> first,
                                           std::size_t bytes) {
    if (bytes < first.size()) return {first.data(), bytes};
    std::memcpy(scratch_.data(), first.data(), bytes);
    const std::size_t more = stream.read_now(scratch_.subspan(bytes));
    return {scratch_.data(), bytes + more};
}

Task<> Session::client_to_server() {
    boost::system::error_code error = reception_.ended();
    bool goes_on = true;
    if (!from_client_.empty()) goes_on = co_await pass_pieces();
    while (!error && (goes_on || silent_)) {
        while (turning_) co_await changed_.wait();
        if (!client_) break;
        world::ReadSome read = client_->read_some(client_buffer_);
        client_read_ = &read;
        const Result<std::size_t> bytes = co_await read;
        client_read_ = nullptr;
        if (!bytes && bytes.error() == world::Error::canceled) continue;
        if (!bytes) {
            error = bytes.error();
            break;
        }
        const std::string_view arrived = all_that_arrived(*client_, client_buffer_, *bytes);
        if (context_.tap)
            context_.tap->bytes(clock_.now(), connection_, Direction::to_server, arrived);
        if (silent_) continue;
        from_client_.append(arrived);
        goes_on = co_await pass_pieces();
    }
    if (context_.tap)
        context_.tap->ended(clock_.now(), connection_, Direction::to_server, world::name_of(error));
    client_closed_ = true;
    transactions_.on_client_gone(cut_             ? "connection_reset"
                                 : server_closed_ ? "end_of_stream"
                                                  : "timed_out");
    replies_.client_gone();
    to_client_.drop();
    while (turning_) co_await changed_.wait();
    if (!silent_ && !server_cut_ && server_)
        co_await forward_close(error == world::Error::connection_reset);
    // What it still answers is seen, but not without end.
    if (!server_closed_) tasks_.spawn(end_afterlife());
}

/// Without a rule the server is told at once, with a FIN: it can still answer, and what it accepts
/// is still seen.
Task<> Session::forward_close(bool was_reset) {
    const RuleBook::Forwarded forwarded = context_.rules.forward_close({connection_, clock_.now()});
    const TimePoint began = clock_.now();
    std::vector<Event> firings;
    if (forwarded.rule != 0) {
        const CloseForwarding& how = forwarded.how;
        const Duration asked = how.after == Duration::max() ? Duration{} : how.after;
        const Firing firing{forwarded.rule, {.delay = asked}};
        firings = record_firings({firing}, {.phase = dialogue_.awaited()});
        const TimePoint due =
            began + (how.after == Duration::max() ? options_.longest_afterlife : how.after);
        while (!server_closed_ && clock_.now() < due)
            co_await world::within(clock_, due, changed_.wait());
        record_achieved(firings, began, server_closed_ ? "server_gone" : "released");
        // A path that is dead for so long ends as the kernel of the server's host ends it.
        if (how.after == Duration::max()) {
            server_->reset();
            co_return;
        }
    }
    const CloseForwarding::As as = forwarded.how.as;
    if (as == CloseForwarding::As::rst || (as == CloseForwarding::As::same && was_reset))
        server_->reset();
    else
        to_server_.close();
}

Task<> Session::end_afterlife() {
    const TimePoint due = clock_.now() + options_.longest_afterlife;
    while (!server_closed_ && clock_.now() < due)
        co_await world::within(clock_, due, changed_.wait());
    if (!server_closed_ && server_) server_->reset();
}

/// Of the transaction whose content the client has just ended. None are known yet where its replies
/// are still to come; those of the one before it are none of its business.
const std::vector<std::string>& Session::recipients_of_content() const {
    static const std::vector<std::string> none;
    return transaction_ == dialogue_.transactions() ? dialogue_.accepted_recipients() : none;
}

/// Gives on what the client sent, as far as its meaning is known. False when a direction has ended.
Task<bool> Session::pass_pieces() {
    std::size_t known = 0;
    while (known < from_client_.size()) {
        const std::string_view rest = std::string_view(from_client_).substr(known);
        const bool chunked = dialogue_.in_chunk();
        const bool content = chunked || dialogue_.in_content();
        const Dialogue::Piece piece = dialogue_.next_piece(rest);
        if (piece.kind == PieceKind::wait) {
            const bool given =
                co_await to_server_.send(std::string_view(from_client_).substr(0, known));
            if (!given) co_return false;
            from_client_.erase(0, known);
            known = 0;
            if (server_closed_) co_return false;
            co_await changed_.wait();
            continue;
        }
        if (piece.kind == PieceKind::opaque) note_not_followed("client");
        if (piece.kind == PieceKind::command) replies_.command_passed();
        if (content) {
            Transaction& transaction = transactions_.get(dialogue_.transactions());
            transactions_.add_content(transaction, rest.substr(0, piece.bytes), chunked);
        }
        if (piece.kind == PieceKind::end_of_data) {
            if (context_.rules.has_content_rules()) {
                const std::string upto = from_client_.substr(0, known + piece.bytes);
                from_client_.erase(0, known + piece.bytes);
                known = 0;
                const bool goes_on = co_await pass_end_of_data(upto);
                if (!goes_on) co_return false;
                continue;
            }
            transactions_.end_content(transactions_.get(dialogue_.transactions()),
                                      dialogue_.client_sender(), recipients_of_content());
        }
        known += piece.bytes;
    }
    std::string out = std::exchange(held_back_, {});
    if (out.empty() && !context_.rules.has_content_rules()) {
        const bool given = co_await to_server_.send(from_client_);
        from_client_.clear();
        if (from_client_.capacity() > kept_capacity) from_client_.shrink_to_fit();
        co_return given;
    }
    out += std::exchange(from_client_, {});
    if (context_.rules.has_content_rules()) {
        const std::size_t undecided = dialogue_.undecided_bytes();
        held_back_ = out.substr(out.size() - undecided);
        out.resize(out.size() - undecided);
    }
    const bool given = co_await to_server_.send(out);
    co_return given;
}

/// Content with its end: the rules on data_xfer decide before its last bytes go to the server.
Task<bool> Session::pass_end_of_data(std::string_view bytes) {
    std::string out = std::exchange(held_back_, {});
    out.append(bytes);
    const std::string_view sender = dialogue_.client_sender();
    Transaction& transaction = transactions_.get(dialogue_.transactions());
    // What the identity of a message tells, the rules may ask.
    transactions_.end_content(transaction, sender, recipients_of_content());
    // BDAT may be pipelined with MAIL: then the attempt is counted only when MAIL's reply comes.
    const std::uint32_t named = context_.identities.message_of_sender(sender);
    constexpr std::size_t end_size = 5;  // CRLF.CRLF
    const std::size_t kept = std::min(end_size, out.size());
    const Passing passing{.phase = Phase::data_xfer,
                          .message = named != 0 ? named : transaction.message,
                          .attempt = transaction.attempt,
                          .sender = sender,
                          .recipients = &dialogue_.accepted_recipients(),
                          .connection = connection_,
                          .transaction = dialogue_.transactions(),
                          .bytes = std::string_view(out).substr(out.size() - kept),
                          .size = transaction.size,
                          .chunked = transaction.chunked,
                          .at = clock_.now()};
    const std::uint32_t number = transaction.number;
    const std::vector<Firing> firings = context_.rules.decide(passing);
    if (!firings.empty()) {
        const TimePoint began = clock_.now();
        const std::vector<Event> fired = record_firings(firings, passing);
        const Verdict verdict = combined(firings);
        // All but the dot and its CRLF goes on; where they are split, all in front of the split.
        const std::size_t first = verdict.parts.empty() ? 2 : verdict.parts.front().bytes;
        const std::size_t held = std::min(out.size(), end_size - std::min(first, end_size));
        const bool given =
            co_await to_server_.send(std::string_view(out).substr(0, out.size() - held));
        if (!given) co_return false;
        out.erase(0, out.size() - held);
        const bool goes_on = co_await impair_end_of_data(verdict, out);
        record_achieved(
            fired, began,
            goes_on || verdict.cut != Verdict::Side::none || silent_ ? "released" : "client_gone");
        if (!goes_on) co_return false;
        transactions_.get(number).end_of_data = clock_.now();
        co_return true;
    }
    transaction.end_of_data = clock_.now();
    const bool given = co_await to_server_.send(out);
    co_return given;
}

/// Does to the end of data what the rules say. True when it went on to the server.
Task<bool> Session::impair_end_of_data(const Verdict& verdict, std::string_view end) {
    if (verdict.cut != Verdict::Side::none) {
        cut(verdict);
        if (silent_) replies_.withhold();
        co_return false;
    }
    const bool there = co_await wait_with_client(verdict);
    if (!there) co_return false;
    // The first part has gone already, with the content in front of it.
    for (std::size_t i = 1; i < verdict.parts.size() && !end.empty(); ++i) {
        const Verdict::Part& part = verdict.parts[i];
        co_await world::sleep_for(clock_, part.pause);
        const bool last = i + 1 == verdict.parts.size();
        if (last && verdict.swallow_last_part) {
            silent_ = true;
            co_return false;
        }
        const std::size_t size = last ? end.size() : std::min<std::size_t>(part.bytes, end.size());
        const bool given = co_await to_server_.send(end.substr(0, size));
        if (!given) co_return false;
        end.remove_prefix(size);
    }
    const bool given = co_await to_server_.send(end);
    co_return given;
}

/// Waits as long as the end of data is to be kept. False when the client has gone before.
Task<bool> Session::wait_with_client(const Verdict& verdict) {
    const bool forever = verdict.passing == Verdict::Passing::withhold ||
                         verdict.passing == Verdict::Passing::at_release;
    const TimePoint due = forever ? never : clock_.now() + verdict.delay;
    while (clock_.now() < due) {
        // Reading on is how a client that goes away is noticed.
        const Result<std::size_t> bytes =
            co_await world::within(clock_, due, client_->read_some(client_buffer_));
        if (bytes) {
            from_client_.append(client_buffer_.data(), *bytes);
            if (from_client_.size() > unread_limit) co_await world::SleepUntil(clock_, due);
        } else if (bytes.error() != world::Error::timed_out) {
            co_return false;
        }
    }
    co_return true;
}

Task<> Session::server_to_client() {
    boost::system::error_code error;
    while (!error) {
        co_await replies_.wait_for_room();
        const Result<std::size_t> bytes = co_await server_->read_some(server_buffer_);
        if (!bytes) {
            error = bytes.error();
            break;
        }
        take_from_server(all_that_arrived(*server_, server_buffer_, *bytes));
        if (go_ahead_) co_await turn_to_tls();
        changed_.notify_all();
        if (!server_) {
            error = world::Error::closed;
            break;
        }
        // Of a server that speaks no SMTP nothing is learnt once its client has gone, and it may
        // talk without end.
        if (client_closed_ && dialogue_.opaque()) {
            server_->close();
            break;
        }
    }
    if (context_.tap)
        context_.tap->ended(clock_.now(), connection_, Direction::to_client, world::name_of(error));
    server_closed_ = true;
    note_server_gone(error);
    changed_.notify_all();
    replies_.push_end();
}

Task<bool> Session::shake_hands_with_server() {
    const TimePoint deadline = clock_.now() + options_.tls_timeout;
    Result<std::unique_ptr<world::Stream>> inside = co_await tls::handshake(
        clock_, std::move(server_), options_.tls->to_server, options_.tls->server_name, deadline);
    if (!inside) {
        Event gone = event(EventKind::server_gone, Phase::starttls);
        gone.text = tls::name_of(inside.error());
        context_.recorder.record(std::move(gone));
        co_return false;
    }
    server_ = std::move(*inside);
    to_server_.lead_to(*server_);
    co_return true;
}

Task<bool> Session::shake_hands_with_client() {
    const TimePoint deadline = clock_.now() + options_.tls_timeout;
    Result<std::unique_ptr<world::Stream>> inside =
        co_await tls::handshake(clock_, std::move(client_), options_.tls->to_client, "", deadline);
    if (!inside) {
        const std::string why = "client's TLS: " + tls::name_of(inside.error());
        note_not_followed(why.c_str());
        co_return false;
    }
    client_ = std::move(*inside);
    to_client_.lead_to(*client_);
    // A rule may have ended the connection meanwhile.
    if (cut_) client_->reset();
    co_return true;
}

/// Both sides turn to TLS: the server first, so that the client is told to only where it can be
/// served. What either said in plain text behind its STARTTLS or its 220 is no part of what
/// follows (CVE-2011-0411).
Task<> Session::turn_to_tls() {
    turning_ = true;
    const bool server_ready = co_await shake_hands_with_server();
    if (server_ready && !client_closed_) {
        replies_.push(std::move(*go_ahead_));
        co_await replies_.emptied();
    }
    go_ahead_.reset();
    const bool client_there = !client_closed_ && !cut_ && !silent_;
    // From its 220 on what the client sends is for the handshake to read.
    if (client_read_) client_read_->cancel(world::Error::canceled);
    from_client_.clear();
    bool client_ready = false;
    if (server_ready && client_there) client_ready = co_await shake_hands_with_client();
    dialogue_.begin_tls();
    if (!client_ready && client_) client_->reset();
    turning_ = false;
    changed_.notify_all();
}

void Session::take_from_server(std::string_view unread) {
    if (context_.tap) context_.tap->bytes(clock_.now(), connection_, Direction::to_client, unread);
    while (!unread.empty() && !dialogue_.opaque()) {
        const Result<std::size_t> taken = parser_.feed(unread);
        if (!taken) {
            dialogue_.stop_following();
            note_not_followed("server");
            break;
        }
        unread.remove_prefix(*taken);
        if (parser_.complete()) take_reply(parser_.take());
    }
    if (go_ahead_) return;
    // Whatever is not SMTP passes as it is.
    if (!unread.empty() && parser_.pending() > 0)
        replies_.push({.bytes = parser_.take_unfinished(), .arrived = clock_.now()});
    if (!unread.empty()) replies_.push({.bytes = std::string(unread), .arrived = clock_.now()});
}

void Session::take_reply(const smtp::Reply& reply) {
    const Dialogue::Answered answered = dialogue_.on_reply(reply);
    if (answered.transaction != 0 && answered.transaction != transaction_) {
        transaction_ = answered.transaction;
        transactions_.forget_before(transaction_);
    }
    Transaction& transaction = transactions_.get(answered.transaction);
    if (answered.phase == Phase::mail) transactions_.on_mail(transaction, dialogue_.sender());
    if (answered.phase == Phase::data_done)
        transactions_.on_data_done(transaction, reply, dialogue_.accepted_recipients(),
                                   answered.recipient);

    const Passing passing{.phase = answered.phase,
                          .code = reply.code,
                          .message = transaction.message,
                          .attempt = transaction.attempt,
                          .recipient = answered.recipient,
                          .sender = dialogue_.sender(),
                          .recipients = &dialogue_.accepted_recipients(),
                          .connection = connection_,
                          .transaction = answered.transaction,
                          .reply_index = answered.reply_index,
                          .bytes = reply.raw,
                          .size = transaction.size,
                          .chunked = transaction.chunked,
                          .at = clock_.now()};
    ReplyQueue::Item item{.bytes = reply.raw, .arrived = clock_.now()};
    if (answered.phase == Phase::data_done && !transaction.undecided.empty()) {
        item.transaction = answered.transaction;
        item.recipient = answered.recipient;
    }
    const std::vector<Firing> firings = context_.rules.decide(passing);
    if (!firings.empty())
        item.acting = std::make_unique<ReplyQueue::Acting>(
            ReplyQueue::Acting{combined(firings), record_firings(firings, passing)});
    if (options_.tls && answered.phase == Phase::starttls && reply.positive())
        go_ahead_ = std::move(item);
    else
        replies_.push(std::move(item));
}

void Session::reply_ended(const ReplyQueue::Item& item, std::string_view bytes) {
    const bool cut = item.acting && item.acting->verdict.cut != Verdict::Side::none;
    transactions_.on_told(transactions_.get(item.transaction), item.recipient, bytes, cut);
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
                    .duration = firing.verdict.delay,
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

}  // namespace

Task<> serve_session(ProxyContext context, const ProxyOptions& options, Door& door,
                     std::unique_ptr<world::Stream> client, std::uint32_t connection,
                     std::span<char> scratch) {
    Session session(context, options, door, std::move(client), connection, scratch);
    co_await session.serve();
}

}  // namespace twofifty::netem
