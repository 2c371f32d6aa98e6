#include "netem/proxy_session.hpp"

#include "netem/reply_queue.hpp"
#include "record/token.hpp"
#include "smtp/dialogue.hpp"
#include "world/deadline.hpp"

#include <array>
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
/// A server that takes no bytes for so long is given up.
constexpr Duration write_timeout = std::chrono::minutes{10};

/// Three coroutines share it: one gives the client's bytes to the server, one reads the server's
/// replies and judges them by the rules, one gives them to the client when they may leave.
class Session {
public:
    Session(const ProxyContext& context, const ProxyOptions& options,
            std::unique_ptr<world::Stream> client, std::uint32_t connection)
        : clock_(context.clock),
          context_(context),
          options_(options),
          client_(std::move(client)),
          connection_(connection),
          dialogue_(options.lmtp),
          replies_(clock_, context.recorder, *client_),
          reply_taken_(clock_.ready()),
          tasks_(clock_.ready()) {}

    Task<> serve();

private:
    Task<> client_to_server();
    Task<> server_to_client();
    Task<> deliver_replies();
    Task<bool> give_to_server(std::string_view bytes);
    Task<bool> pass_end_of_data(std::string_view bytes);
    Task<bool> hold_end_of_data(const Verdict& verdict, const Event& firing);
    Task<bool> pass_pieces();

    void take_reply(const smtp::Reply& reply);
    void begin_transaction(std::uint32_t transaction);
    void note_accepted(const smtp::Reply& reply, const Dialogue::Answered& answered);
    void note_server_gone(const boost::system::error_code& error);
    Event event(EventKind kind, Phase phase) const;
    Event firing_event(const Firing& firing, Phase phase, std::uint16_t code) const;
    void cut(const Verdict& verdict);
    void cut_one(world::Stream& stream, Verdict::How how);

    world::Clock& clock_;
    const ProxyContext& context_;
    const ProxyOptions& options_;
    std::unique_ptr<world::Stream> client_;
    std::unique_ptr<world::Stream> server_;
    std::uint32_t connection_;

    Dialogue dialogue_;
    smtp::ReplyParser parser_;
    ReplyQueue replies_;
    world::Notifier reply_taken_;
    std::string from_client_;  ///< Read from the client and not yet given to the server.
    std::string held_back_;    ///< The possible beginning of a final dot, kept until it is decided.
    std::array<char, 16384> client_buffer_;
    std::array<char, 8192> server_buffer_;
    bool client_closed_ = false;
    bool server_closed_ = false;
    bool silent_ = false;  ///< The client keeps a dead connection: its bytes go nowhere.

    // The transaction whose replies are coming in.
    std::uint32_t transaction_ = 0;  ///< Its number on this connection.
    std::uint32_t message_ = 0;
    std::uint32_t attempt_ = 0;
    TimePoint end_of_data_at_{};

    world::TaskScope tasks_;  // Last: what the tasks use must outlive them.
};

Task<> Session::serve() {
    context_.recorder.record(Event{.at = clock_.now(),
                                   .kind = EventKind::layer_connected,
                                   .connection = connection_,
                                   .text = to_string(client_->remote_endpoint())});
    const TimePoint deadline = clock_.now() + options_.connect_timeout;
    Result<std::unique_ptr<world::Stream>> server =
        co_await world::within(clock_, deadline, context_.network.connect(options_.upstream));
    if (!server) {
        Event gone = event(EventKind::server_gone, Phase::connect);
        gone.text = world::name_of(server.error());
        context_.recorder.record(std::move(gone));
        // The client sees what it would have seen without us: a connection that fails.
        client_->reset();
        co_return;
    }
    server_ = std::move(*server);
    tasks_.spawn(client_to_server());
    tasks_.spawn(server_to_client());
    tasks_.spawn(deliver_replies());
    co_await tasks_.join();
}

Task<> Session::client_to_server() {
    while (true) {
        const Result<std::size_t> bytes = co_await client_->read_some(client_buffer_);
        if (!bytes) break;
        if (silent_) continue;
        from_client_.append(client_buffer_.data(), *bytes);
        const bool goes_on = co_await pass_pieces();
        if (!goes_on && !silent_) break;
    }
    client_closed_ = true;
    // The server is told at once, with a FIN: it can still answer, and what it accepts is still
    // seen.
    replies_.client_gone();
    if (!silent_) server_->shutdown_send();
}

/// Gives on what the client sent, as far as its meaning is known. False when a direction has ended.
Task<bool> Session::pass_pieces() {
    std::size_t known = 0;
    while (known < from_client_.size()) {
        const std::string_view rest = std::string_view(from_client_).substr(known);
        const Dialogue::Piece piece = dialogue_.next_piece(rest);
        if (piece.kind == PieceKind::wait) {
            const bool given =
                co_await give_to_server(std::string_view(from_client_).substr(0, known));
            if (!given) co_return false;
            from_client_.erase(0, known);
            known = 0;
            if (server_closed_) co_return false;
            co_await reply_taken_.wait();
            continue;
        }
        if (piece.kind == PieceKind::command) replies_.command_passed();
        if (piece.kind == PieceKind::end_of_data) {
            if (context_.rules.has_content_rules()) {
                const std::string upto = from_client_.substr(0, known + piece.bytes);
                from_client_.erase(0, known + piece.bytes);
                known = 0;
                const bool goes_on = co_await pass_end_of_data(upto);
                if (!goes_on) co_return false;
                continue;
            }
            end_of_data_at_ = clock_.now();
        }
        known += piece.bytes;
    }
    std::string out = std::exchange(held_back_, {}) + from_client_;
    from_client_.clear();
    if (context_.rules.has_content_rules()) {
        const std::size_t undecided = dialogue_.undecided_bytes();
        held_back_ = out.substr(out.size() - undecided);
        out.resize(out.size() - undecided);
    }
    const bool given = co_await give_to_server(out);
    co_return given;
}

/// Content with its end: the rules on data_xfer decide before its last bytes go to the server.
Task<bool> Session::pass_end_of_data(std::string_view bytes) {
    std::string out = std::exchange(held_back_, {});
    out.append(bytes);
    // BDAT may be pipelined with MAIL: then the attempt is counted only when MAIL's reply comes.
    const std::string_view sender = dialogue_.client_sender();
    const std::uint32_t message = ordinal_of_sender(sender, options_.run_id);
    const Passing passing{.phase = Phase::data_xfer,
                          .message = message,
                          .attempt = message == message_ ? attempt_ : 0,
                          .sender = sender,
                          .recipients = &dialogue_.accepted_recipients(),
                          .connection = connection_,
                          .transaction = dialogue_.transactions()};
    const std::optional<Firing> fired = context_.rules.decide(passing);
    if (fired) {
        constexpr std::size_t dot_and_crlf = 3;
        const std::size_t kept = std::min(dot_and_crlf, out.size());
        const Event firing = firing_event(*fired, Phase::data_xfer, 0);
        context_.recorder.record(firing);
        const std::string_view before = std::string_view(out).substr(0, out.size() - kept);
        const bool given = co_await give_to_server(before);
        if (!given) co_return false;
        out.erase(0, out.size() - kept);
        const bool goes_on = co_await hold_end_of_data(fired->verdict, firing);
        if (!goes_on) co_return false;
    }
    end_of_data_at_ = clock_.now();
    const bool given = co_await give_to_server(out);
    co_return given;
}

/// Does to the final dot what a rule says. True when it may go on to the server.
Task<bool> Session::hold_end_of_data(const Verdict& verdict, const Event& firing) {
    const TimePoint began = clock_.now();
    const auto achieved = [&](const char* how) {
        Event done = firing;
        done.at = clock_.now();
        done.kind = EventKind::rule_achieved;
        done.duration = done.at - began;
        done.text = how;
        context_.recorder.record(std::move(done));
    };
    if (verdict.cut != Verdict::Side::none) {
        achieved("released");
        cut(verdict);
        if (silent_) replies_.push({.verdict = {.passing = Verdict::Passing::withhold}});
        co_return false;
    }
    const TimePoint due =
        verdict.passing == Verdict::Passing::after_delay ? began + verdict.delay : never;
    while (clock_.now() < due) {
        // Reading on is how a client that goes away is noticed.
        const Result<std::size_t> bytes =
            co_await world::within(clock_, due, client_->read_some(client_buffer_));
        if (bytes) {
            from_client_.append(client_buffer_.data(), *bytes);
            if (from_client_.size() > unread_limit) co_await world::SleepUntil(clock_, due);
        } else if (bytes.error() != world::Error::timed_out) {
            achieved("client_gone");
            co_return false;
        }
    }
    achieved("released");
    co_return true;
}

Task<bool> Session::give_to_server(std::string_view bytes) {
    if (bytes.empty()) co_return true;
    const TimePoint deadline = clock_.now() + write_timeout;
    const world::Written written = co_await world::within(clock_, deadline, server_->write(bytes));
    co_return !written.error;
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
        std::string_view unread(server_buffer_.data(), *bytes);
        while (!unread.empty() && !dialogue_.opaque()) {
            const Result<std::size_t> taken = parser_.feed(unread);
            if (!taken) {
                dialogue_.stop_following();
                break;
            }
            unread.remove_prefix(*taken);
            if (parser_.complete()) take_reply(parser_.take());
        }
        // Whatever is not SMTP passes as it is.
        if (!unread.empty() && parser_.pending() > 0) {
            replies_.push({.bytes = parser_.take_unfinished(), .arrived = clock_.now()});
        }
        if (!unread.empty()) replies_.push({.bytes = std::string(unread), .arrived = clock_.now()});
        reply_taken_.notify_all();
        // Of a server that speaks no SMTP nothing is learnt once its client has gone, and it may
        // talk without end.
        if (client_closed_ && dialogue_.opaque()) {
            server_->close();
            break;
        }
    }
    server_closed_ = true;
    note_server_gone(error);
    reply_taken_.notify_all();
    replies_.push_end();
}

void Session::take_reply(const smtp::Reply& reply) {
    const Dialogue::Answered answered = dialogue_.on_reply(reply);
    if (answered.phase == Phase::mail && answered.transaction != transaction_)
        begin_transaction(answered.transaction);
    if (answered.phase == Phase::data_done && reply.positive()) note_accepted(reply, answered);

    ReplyQueue::Item item{.bytes = reply.raw, .arrived = clock_.now()};
    const bool in_transaction = answered.transaction != 0;
    const Passing passing{.phase = answered.phase,
                          .code = reply.code,
                          .message = in_transaction ? message_ : 0,
                          .attempt = in_transaction ? attempt_ : 0,
                          .recipient = answered.recipient,
                          .sender = dialogue_.sender(),
                          .recipients = &dialogue_.accepted_recipients(),
                          .connection = connection_,
                          .transaction = answered.transaction,
                          .reply_index = answered.reply_index};
    if (const std::optional<Firing> fired = context_.rules.decide(passing)) {
        item.verdict = fired->verdict;
        item.firing = firing_event(*fired, answered.phase, reply.code);
        item.firing->recipient = context_.recipients.number_of(answered.recipient);
        context_.recorder.record(*item.firing);
    }
    replies_.push(std::move(item));
}

void Session::begin_transaction(std::uint32_t transaction) {
    transaction_ = transaction;
    message_ = ordinal_of_sender(dialogue_.sender(), options_.run_id);
    attempt_ = message_ == 0 ? 0 : context_.rules.count_attempt(message_);
}

void Session::note_accepted(const smtp::Reply& reply, const Dialogue::Answered& answered) {
    if (message_ == 0) return;
    Event accepted = event(EventKind::transaction_accepted, Phase::data_done);
    accepted.code = reply.code;
    accepted.duration = clock_.now() - end_of_data_at_;
    accepted.text = smtp::queue_id(reply);
    const auto note = [&](std::string_view address) {
        accepted.recipient = context_.recipients.number_of(address);
        context_.recorder.record(accepted);
    };
    if (!answered.recipient.empty()) return note(answered.recipient);
    for (const std::string& address : dialogue_.accepted_recipients()) note(address);
}

void Session::note_server_gone(const boost::system::error_code& error) {
    const Phase owed = dialogue_.awaited();
    const bool ours = client_closed_ || error == world::Error::closed;
    if (ours || owed == Phase::none || owed == Phase::quit) return;
    Event gone = event(EventKind::server_gone, owed);
    gone.text = world::name_of(error);
    context_.recorder.record(std::move(gone));
}

Task<> Session::deliver_replies() {
    const Verdict verdict = co_await replies_.deliver();
    cut(verdict);
}

/// Ends connections as a verdict says. Where only the client's is cut, the server sees it go (FIN);
/// the other way round the client keeps its connection and hears nothing more.
void Session::cut(const Verdict& verdict) {
    const bool client = verdict.cut == Verdict::Side::client || verdict.cut == Verdict::Side::both;
    const bool server = verdict.cut == Verdict::Side::server || verdict.cut == Verdict::Side::both;
    if (server && !client) silent_ = true;
    if (server) cut_one(*server_, verdict.how);
    if (client) cut_one(*client_, verdict.how);
}

void Session::cut_one(world::Stream& stream, Verdict::How how) {
    switch (how) {
        case Verdict::How::fin: stream.close(); break;
        case Verdict::How::rst: stream.reset(); break;
        case Verdict::How::silent: silent_ = true; break;
    }
}

Event Session::event(EventKind kind, Phase phase) const {
    return Event{.at = clock_.now(),
                 .kind = kind,
                 .phase = phase,
                 .message = message_,
                 .attempt = attempt_,
                 .connection = connection_};
}

Event Session::firing_event(const Firing& firing, Phase phase, std::uint16_t code) const {
    Event fired = event(EventKind::rule_fired, phase);
    fired.code = code;
    fired.rule = firing.rule;
    fired.duration = firing.verdict.delay;
    fired.text = name_of(context_.rules.rules()[firing.rule - 1].effect);
    return fired;
}

}  // namespace

Task<> serve_session(ProxyContext context, const ProxyOptions& options,
                     std::unique_ptr<world::Stream> client, std::uint32_t connection) {
    Session session(context, options, std::move(client), connection);
    co_await session.serve();
}

}  // namespace twofifty::netem
