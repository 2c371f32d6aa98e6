#include "smtp/server_session.hpp"

#include "smtp/base64.hpp"
#include "smtp/limits.hpp"
#include "tls/handshake.hpp"
#include "world/deadline.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace twofifty::smtp {

using world::Result;
using world::Task;

namespace {

/// The reply to EHLO is the longest of most sessions.
constexpr std::size_t usual_output = 255;

}  // namespace

ServerSession::ServerSession(world::Clock& clock, std::unique_ptr<world::Stream> stream,
                             const ServerOptions& options, MessageSink& sink)
    : clock_(clock),
      stream_(std::move(stream)),
      options_(options),
      sink_(sink),
      watch_(clock.ready()) {
    output_.reserve(usual_output);
}

Task<> ServerSession::serve() {
    bool open = true;
    if (options_.tls && options_.tls->implicit) open = co_await secure();
    if (!open) co_return;
    if (const std::string refusal = sink_.refuse_client(); !refusal.empty()) {
        reply(refusal);
        open = false;
    }
    if (open)
        reply("220 " + options_.hostname + (options_.lmtp ? " LMTP twofifty" : " ESMTP twofifty"));
    while (open) {
        const std::optional<std::string_view> line = co_await read_line();
        if (!line) break;
        const Command command = parse_command(*line);
        const bool content_follows = login_ == Login::none && !line_too_long_;
        if (content_follows && command.verb == Verb::data) {
            if (may_send_content()) {
                reply("354 End data with <CR><LF>.<CR><LF>");
                open = co_await receive_content();
            }
        } else if (content_follows && command.verb == Verb::bdat && options_.chunking) {
            open = co_await receive_chunk(command.argument);
        } else if (content_follows && command.verb == Verb::starttls && options_.tls) {
            open = co_await start_tls(command.argument);
        } else {
            open = answer(*line);
        }
        if (errors_ > options_.max_errors) {
            reply("421 4.7.0 Too many errors");
            open = false;
        }
    }
    co_await flush();
    if (stream_) stream_->close();
}

/// Turns to TLS. The session is then as if it had just begun, but for the greeting (RFC 3207 4.2).
Task<bool> ServerSession::start_tls(std::string_view argument) {
    if (secured_ || !greeted_ || in_transaction_) {
        refuse(secured_ ? "503 5.5.1 TLS is active already" : "503 5.5.1 Not now");
        co_return true;
    }
    if (!argument.empty()) {
        refuse("501 5.5.4 STARTTLS takes no argument");
        co_return true;
    }
    if (!unread_.empty()) {
        // Plain text that waits here would be obeyed as if it had come over TLS (CVE-2011-0411).
        refuse("554 5.5.1 Nothing may follow STARTTLS");
        co_return false;
    }
    reply("220 2.0.0 Ready to start TLS");
    const bool flushed = co_await flush();
    if (!flushed) co_return false;
    const bool secured = co_await secure();
    greeted_ = false;
    authenticated_ = false;
    co_return secured;
}

Task<bool> ServerSession::secure() {
    const TimePoint deadline = clock_.now() + options_.command_timeout;
    Result<std::unique_ptr<world::Stream>> inside =
        co_await tls::handshake(clock_, std::move(stream_), options_.tls->context, "", deadline);
    secured_ = inside.has_value();
    if (secured_) stream_ = std::move(*inside);
    co_return secured_;
}

/// The next command line without its CRLF; nothing when the connection ended or was silent for too
/// long. Replies collect while more pipelined commands are at hand and go out together.
Task<std::optional<std::string_view>> ServerSession::read_line() {
    line_.clear();
    line_too_long_ = false;
    while (true) {
        while (!unread_.empty()) {
            const std::size_t end = unread_.find('\n');
            const std::size_t taken = end == std::string_view::npos ? unread_.size() : end + 1;
            const std::string_view piece = unread_.substr(0, taken);
            unread_.remove_prefix(taken);
            // Most lines come whole, and are read where they lie.
            if (line_.empty() && piece.ends_with("\r\n") &&
                piece.size() <= command_line_limit_with_parameters)
                co_return piece.substr(0, piece.size() - 2);
            line_.append(piece);
            if (line_.size() > command_line_limit_with_parameters) {
                // Only how it ends matters now.
                line_too_long_ = true;
                line_.erase(0, line_.size() - 2);
            }
            // Only CRLF ends a command; a bare LF is a character that no command may hold.
            if (end == std::string_view::npos || !line_.ends_with("\r\n")) continue;
            if (line_too_long_) co_return std::string_view();
            co_return std::string_view(line_).substr(0, line_.size() - 2);
        }
        const bool more = co_await read_more();
        if (!more) co_return std::nullopt;
    }
}

Task<bool> ServerSession::read_more() {
    bool flushed = true;
    if (!output_.empty()) flushed = co_await flush();
    if (!flushed) co_return false;
    const TimePoint deadline = clock_.now() + options_.command_timeout;
    const Result<std::size_t> bytes =
        co_await world::within(clock_, deadline, stream_->read_some(buffer()));
    if (!bytes) {
        if (bytes.error() == world::Error::timed_out) reply("421 4.4.2 Timeout exceeded");
        co_return false;
    }
    unread_ = std::string_view(buffer().data(), *bytes);
    co_return true;
}

std::span<char> ServerSession::buffer() {
    if (!buffer_) buffer_ = std::make_unique_for_overwrite<Buffer>();
    return buffer_->bytes;
}

Task<bool> ServerSession::flush() {
    if (output_.empty()) co_return true;
    const TimePoint deadline = clock_.now() + options_.command_timeout;
    const world::Written written =
        co_await world::within(clock_, deadline, stream_->write(output_));
    output_.clear();
    co_return !written.error;
}

Task<bool> ServerSession::receive_content() {
    unstuffer_.reset();
    content_.reset();
    const Unstuffer::Take add_content = [this](std::string_view run) { content_.add(run); };
    while (!unstuffer_.found()) {
        if (unread_.empty()) {
            const bool more = co_await read_more();
            if (!more) co_return false;
        }
        unread_.remove_prefix(unstuffer_.feed(unread_, add_content));
    }
    const bool open = co_await finish_message();
    co_return open;
}

Task<bool> ServerSession::receive_chunk(std::string_view argument) {
    const std::optional<Chunk> chunk = parse_chunk(argument);
    if (!chunk) {
        refuse("501 5.5.4 BDAT needs a size");
        co_return true;
    }
    const bool wanted = in_transaction_ && !recipients_.empty();
    if (wanted && !in_chunks_) {
        in_chunks_ = true;
        content_.reset();
    }
    // The bytes of a chunk follow whether it is wanted or not (RFC 3030 section 2).
    for (std::uint64_t left = chunk->size; left > 0;) {
        if (unread_.empty()) {
            const bool more = co_await read_more();
            if (!more) co_return false;
        }
        const std::string_view piece = unread_.substr(
            0, static_cast<std::size_t>(std::min<std::uint64_t>(left, unread_.size())));
        if (wanted) content_.add(piece);
        unread_.remove_prefix(piece.size());
        left -= piece.size();
    }
    if (!wanted) {
        refuse(in_transaction_ ? "554 5.5.1 No valid recipients" : "503 5.5.1 MAIL first");
        co_return true;
    }
    if (chunk->last) {
        const bool open = co_await finish_message();
        co_return open;
    }
    reply("250 2.0.0 " + std::to_string(chunk->size) + " octets received");
    co_return true;
}

Task<bool> ServerSession::finish_message() {
    std::vector<std::string> replies;
    if (content_.size() > options_.max_size) {
        replies.assign(options_.lmtp ? recipients_.size() : 1,
                       "552 5.3.4 Message size exceeds fixed limit");
    } else {
        // What was collected before the content must be out before a long wait. Where nobody takes
        // it any more the message is taken all the same: its end was read.
        if (!output_.empty()) co_await flush();
        const ReceivedMessage message{std::move(sender_), std::move(recipients_), content_,
                                      clock_.now(),       client_gone_,           client_name_};
        // The work may take long, and a receiver have thousands of messages to work on.
        if (unread_.empty()) buffer_.reset();
        if (sink_.watches_clients()) watch_.spawn(watch_client());
        replies = co_await sink_.take(message);
        watch_.cancel();
    }
    for (const std::string& line : replies) reply(line);
    reset_transaction();
    co_return true;
}

/// Reads on while the message is worked on. What the client says next is kept: one that says
/// something is there.
Task<> ServerSession::watch_client() {
    if (!unread_.empty()) co_return;
    const std::size_t at_hand = stream_->read_now(buffer());
    unread_ = std::string_view(buffer().data(), at_hand);
    if (at_hand > 0) co_return;
    const Result<std::size_t> bytes = co_await stream_->read_some(buffer());
    if (bytes) unread_ = std::string_view(buffer().data(), *bytes);
    client_gone_ = !bytes;
}

bool ServerSession::answer(std::string_view line) {
    if (line_too_long_) {
        refuse("500 5.5.2 Line too long");
        return true;
    }
    if (login_ != Login::none) {
        auth_response(line);
        return true;
    }
    const Command command = parse_command(line);
    const bool has_parameters =
        command.verb == Verb::mail || command.verb == Verb::rcpt || command.verb == Verb::auth;
    if (!has_parameters && line.size() + 2 > command_line_limit) {
        refuse("500 5.5.2 Line too long");
        return true;
    }
    switch (command.verb) {
        case Verb::helo:
        case Verb::ehlo:
        case Verb::lhlo: greet(command); return true;
        case Verb::mail: mail(command); return true;
        case Verb::rcpt: rcpt(command); return true;
        case Verb::auth: auth(command); return true;
        case Verb::rset:
            reset_transaction();
            reply("250 2.0.0 Ok");
            return true;
        case Verb::noop: reply("250 2.0.0 Ok"); return true;
        case Verb::vrfy: reply("252 2.5.2 Send some mail, it will be tried"); return true;
        case Verb::help: reply("214 2.0.0 See RFC 5321"); return true;
        case Verb::quit: reply("221 2.0.0 Bye"); return false;
        default: refuse("500 5.5.2 Command not recognized"); return true;
    }
}

void ServerSession::greet(const Command& command) {
    const bool known =
        options_.lmtp ? command.verb == Verb::lhlo
                      : command.verb == Verb::helo || (command.verb == Verb::ehlo && options_.ehlo);
    if (!known) return refuse("500 5.5.1 Command not recognized");
    if (command.argument.empty()) return refuse("501 5.5.4 A domain is needed");
    reset_transaction();
    greeted_ = true;
    client_name_ = command.argument;
    std::size_t last_line = 0;
    const auto say = [&](std::string_view line) {
        last_line = output_.size();
        output_.append("250-").append(line).append("\r\n");
    };
    say(options_.hostname);
    if (command.verb != Verb::helo) {
        if (options_.pipelining) say("PIPELINING");
        if (options_.size) say("SIZE " + std::to_string(options_.max_size));
        if (options_.eight_bit_mime) say("8BITMIME");
        if (options_.chunking) say("CHUNKING");
        if (options_.tls && !secured_) say("STARTTLS");
        if (options_.credentials) say("AUTH PLAIN LOGIN");
        say("ENHANCEDSTATUSCODES");
    }
    output_[last_line + 3] = ' ';
}

void ServerSession::mail(const Command& command) {
    if (!greeted_) return refuse("503 5.5.1 Say hello first");
    if (options_.credentials && !authenticated_) return refuse("530 5.7.0 Authentication required");
    if (in_transaction_) return refuse("503 5.5.1 Nested MAIL");
    const std::optional<PathArgument> path = parse_path(command.argument, "FROM");
    if (!path) return refuse("501 5.1.7 Bad sender address");
    if (const auto size = parameter(path->parameters, "SIZE")) {
        std::uint64_t bytes = 0;
        const char* const end = size->data() + size->size();
        const auto [next, error] = std::from_chars(size->data(), end, bytes);
        if (error != std::errc{} || next != end) return refuse("501 5.5.4 Bad SIZE");
        if (bytes > options_.max_size) return reply("552 5.3.4 Message size exceeds fixed limit");
    }
    if (const std::string refusal = sink_.refuse_sender(path->mailbox); !refusal.empty())
        return reply(refusal);
    in_transaction_ = true;
    sender_ = path->mailbox;
    reply("250 2.1.0 Ok");
}

void ServerSession::rcpt(const Command& command) {
    if (!in_transaction_) return refuse("503 5.5.1 MAIL first");
    if (in_chunks_) return refuse("503 5.5.1 RCPT inside BDAT");
    const std::optional<PathArgument> path = parse_path(command.argument, "TO");
    if (!path) return refuse("501 5.1.3 Bad recipient address");
    if (recipients_.size() >= options_.max_recipients)
        return reply("452 4.5.3 Too many recipients");
    if (const std::string refusal = sink_.refuse_recipient(sender_, path->mailbox);
        !refusal.empty())
        return reply(refusal);
    recipients_.emplace_back(path->mailbox);
    reply("250 2.1.5 Ok");
}

bool ServerSession::may_send_content() {
    if (!in_transaction_) {
        refuse("503 5.5.1 MAIL first");
    } else if (in_chunks_) {
        refuse("503 5.5.1 DATA inside BDAT");
    } else if (recipients_.empty()) {
        refuse("554 5.5.1 No valid recipients");
    } else {
        return true;
    }
    return false;
}

void ServerSession::auth(const Command& command) {
    if (!options_.credentials) return refuse("500 5.5.1 Command not recognized");
    if (authenticated_ || !greeted_) return refuse("503 5.5.1 Not now");
    const std::size_t space = command.argument.find(' ');
    std::string mechanism(command.argument.substr(0, space));
    std::transform(mechanism.begin(), mechanism.end(), mechanism.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    const std::string_view initial =
        space == std::string_view::npos ? std::string_view() : command.argument.substr(space + 1);
    if (mechanism == "PLAIN") {
        if (!initial.empty()) return check_plain(initial);
        login_ = Login::plain_response;
        return reply("334 ");
    }
    if (mechanism == "LOGIN") {
        login_ = Login::login_user;
        if (!initial.empty()) return auth_response(initial);
        return reply("334 VXNlcm5hbWU6");
    }
    refuse("504 5.5.4 Unknown mechanism");
}

void ServerSession::auth_response(std::string_view line) {
    const Login step = std::exchange(login_, Login::none);
    if (line == "*") return refuse("501 5.7.0 Authentication cancelled");
    if (step == Login::plain_response) return check_plain(line);
    std::optional<std::string> value = base64_decode(line);
    if (!value) return refuse("501 5.5.2 Not base64");
    if (step == Login::login_user) {
        login_user_ = std::move(*value);
        login_ = Login::login_password;
        return reply("334 UGFzc3dvcmQ6");
    }
    authenticated(login_user_ == options_.credentials->user &&
                  *value == options_.credentials->password);
}

void ServerSession::check_plain(std::string_view response) {
    using namespace std::string_literals;
    const std::optional<std::string> value = base64_decode(response);
    if (!value) return refuse("501 5.5.2 Not base64");
    const std::size_t end_of_identity = value->find('\0');
    if (end_of_identity == std::string::npos) return refuse("501 5.5.2 Bad response");
    const ServerCredentials& expected = *options_.credentials;
    authenticated(value->substr(end_of_identity + 1) == expected.user + "\0"s + expected.password);
}

void ServerSession::authenticated(bool success) {
    authenticated_ = success;
    if (success) return reply("235 2.7.0 Authentication successful");
    refuse("535 5.7.8 Authentication failed");
}

void ServerSession::reply(std::string_view line) {
    output_.append(line).append("\r\n");
}

void ServerSession::refuse(std::string_view line) {
    ++errors_;
    reply(line);
}

void ServerSession::reset_transaction() {
    in_transaction_ = false;
    in_chunks_ = false;
    sender_.clear();
    recipients_.clear();
}

}  // namespace twofifty::smtp
