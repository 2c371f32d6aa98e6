#include "smtp/client_session.hpp"

#include "record/text.hpp"
#include "smtp/base64.hpp"
#include "smtp/client_transaction.hpp"
#include "tls/handshake.hpp"
#include "world/deadline.hpp"

#include <algorithm>
#include <utility>

namespace twofifty::smtp {

using world::Result;
using world::Task;

namespace {

constexpr std::size_t recorded_text_limit = 200;
constexpr std::uint16_t service_closing = 421;

}  // namespace

ClientSession::ClientSession(world::Clock& clock, std::unique_ptr<world::Stream> stream,
                             const ClientOptions& options, Recorder& recorder,
                             std::uint32_t connection, std::uint16_t node)
    : clock_(clock),
      stream_(std::move(stream)),
      options_(options),
      recorder_(recorder),
      connection_(connection),
      node_(node),
      reply_due_from_(clock.now()),
      request_began_(clock.now()) {}

Task<std::optional<ClientSession::Failure>> ClientSession::open() {
    const TlsUse use = options_.tls ? options_.tls->use : TlsUse::none;
    std::optional<Failure> failure;
    if (use == TlsUse::implicit) failure = co_await secure(clock_.now());
    if (!failure) failure = co_await be_greeted();
    if (!failure) failure = co_await introduce();
    if (!failure && (use == TlsUse::opportunistic || use == TlsUse::starttls))
        failure = co_await start_tls();
    if (!failure && options_.credentials) failure = co_await authenticate();
    co_return failure;
}

Task<std::optional<ClientSession::Failure>> ClientSession::be_greeted() {
    const Result<Answer> greeting = co_await receive(Phase::greeting);
    const Duration waited = clock_.now() - reply_due_from_;
    if (!greeting) co_return Failure{Phase::greeting, greeting.error(), 0, waited};
    note_reply(nullptr, Phase::greeting, 0, *greeting);
    if (!greeting->reply.positive()) {
        end(Error::service_not_available);
        co_return Failure{Phase::greeting, last_error_, greeting->reply.code, greeting->latency};
    }
    co_return std::nullopt;
}

Task<std::optional<ClientSession::Failure>> ClientSession::introduce() {
    // What was learnt in plain text does not hold any more (RFC 3207 4.2).
    extensions_ = {};
    const std::string first = (options_.lmtp ? "LHLO " : "EHLO ") + options_.helo + "\r\n";
    Result<Answer> answer = co_await command(first, Phase::helo);
    // A server that knows no EHLO says 5xx; then HELO, without extensions (RFC 5321 3.2). LMTP has
    // no fallback.
    if (answer && answer->reply.permanent() && !options_.lmtp) {
        note_reply(nullptr, Phase::helo, 0, *answer);
        const std::string second = "HELO " + options_.helo + "\r\n";
        answer = co_await command(second, Phase::helo);
    } else if (answer && answer->reply.positive()) {
        learn_extensions(answer->reply);
    }
    if (!answer) co_return Failure{Phase::helo, answer.error(), 0, clock_.now() - reply_due_from_};
    note_reply(nullptr, Phase::helo, 0, *answer);
    if (!answer->reply.positive()) {
        end(Error::service_not_available);
        co_return Failure{Phase::helo, last_error_, answer->reply.code, answer->latency};
    }
    co_return std::nullopt;
}

Task<std::optional<ClientSession::Failure>> ClientSession::start_tls() {
    const bool required = options_.tls->use == TlsUse::starttls;
    if (!extensions_.starttls && !required) co_return std::nullopt;
    if (!extensions_.starttls) co_return Failure{Phase::starttls, end(Error::tls_not_available)};

    const TimePoint started = clock_.now();
    const Result<Answer> answer = co_await command("STARTTLS\r\n", Phase::starttls);
    if (!answer) co_return Failure{Phase::starttls, answer.error(), 0, clock_.now() - started};
    note_reply(nullptr, Phase::starttls, 0, *answer);
    if (!answer->reply.positive()) {
        if (usable_ && !required) co_return std::nullopt;
        co_return Failure{Phase::starttls, end(Error::tls_not_available), answer->reply.code,
                          answer->latency};
    }
    if (!unread_.empty())
        co_return Failure{Phase::starttls, end(Error::plain_text_before_tls), 0, answer->latency};
    std::optional<Failure> failure = co_await secure(started);
    if (!failure) failure = co_await introduce();
    co_return failure;
}

/// The handshake, within what is left of the phase's time since `started`.
Task<std::optional<ClientSession::Failure>> ClientSession::secure(TimePoint started) {
    const ClientTls& tls = *options_.tls;
    const TimePoint deadline = started + options_.timeouts[Phase::starttls];
    Result<std::unique_ptr<world::Stream>> inside =
        co_await tls::handshake(clock_, std::move(stream_), tls.context, tls.server_name, deadline);
    reply_due_from_ = clock_.now();
    if (!inside)
        co_return Failure{Phase::starttls, end(inside.error()), 0, reply_due_from_ - started};
    stream_ = std::move(*inside);
    co_return std::nullopt;
}

Task<std::optional<ClientSession::Failure>> ClientSession::authenticate() {
    const ClientCredentials& credentials = *options_.credentials;
    const bool offered = credentials.login ? extensions_.auth_login : extensions_.auth_plain;
    if (!offered) co_return Failure{Phase::auth, end(Error::authentication_failed)};

    std::vector<std::string> steps;
    if (credentials.login) {
        steps = {"AUTH LOGIN", base64_encode(credentials.user),
                 base64_encode(credentials.password)};
    } else {
        using namespace std::string_literals;
        steps = {"AUTH PLAIN " +
                 base64_encode("\0"s + credentials.user + "\0"s + credentials.password)};
    }
    std::uint16_t code = 0;
    for (const std::string& step : steps) {
        const std::string line = step + "\r\n";
        const Result<Answer> answer = co_await command(line, Phase::auth);
        if (!answer)
            co_return Failure{Phase::auth, answer.error(), 0, clock_.now() - reply_due_from_};
        note_reply(nullptr, Phase::auth, 0, *answer);
        code = answer->reply.code;
        if (code != 334) break;
    }
    if (code != 235) co_return Failure{Phase::auth, end(Error::authentication_failed), code};
    co_return std::nullopt;
}

Task<> ClientSession::quit() {
    const bool out_of_step = options_.quits_after_timeout && last_error_ == world::Error::timed_out;
    if (usable_ || out_of_step) {
        const Result<Answer> answer = co_await command("QUIT\r\n", Phase::quit);
        if (answer) note_reply(nullptr, Phase::quit, 0, *answer);
        usable_ = false;
    }
    if (stream_) stream_->close();
}

Task<Result<ClientSession::Answer>> ClientSession::command(std::string_view line, Phase phase) {
    const boost::system::error_code error = co_await send(line, phase);
    if (error) co_return error;
    Result<Answer> answer = co_await receive(phase);
    co_return std::move(answer);
}

Task<boost::system::error_code> ClientSession::send(std::string_view bytes, Phase phase) {
    request_began_ = clock_.now();
    reply_due_from_ = request_began_;
    const TimePoint deadline = request_began_ + options_.timeouts[phase];
    const world::Written written = co_await world::within(clock_, deadline, stream_->write(bytes));
    reply_due_from_ = clock_.now();
    co_return written.error ? end(written.error) : boost::system::error_code{};
}

/// The next reply, whichever command it answers. Its time counts from the last byte of the command,
/// or, in a pipelined group, from the reply before it.
Task<Result<ClientSession::Answer>> ClientSession::receive(Phase phase) {
    // Of a pipelined group the replies often arrive together.
    if (!parser_.complete() && !unread_.empty()) {
        const boost::system::error_code error = parse_unread();
        if (error) co_return end(error);
    }
    if (!parser_.complete()) {
        const boost::system::error_code error = co_await read_reply(phase);
        if (error) co_return end(error);
    }
    const TimePoint now = clock_.now();
    Answer answer{parser_.take(), now - reply_due_from_};
    reply_due_from_ = now;
    request_began_ = now;
    if (answer.reply.code == service_closing) end(Error::service_not_available);
    co_return std::move(answer);
}

Task<boost::system::error_code> ClientSession::read_reply(Phase phase) {
    const Duration timeout = options_.timeouts[phase];
    const bool whole_request = options_.timer == Timer::per_request;
    read_deadline_ = (whole_request ? request_began_ : reply_due_from_) + timeout;
    boost::system::error_code error;
    while (!parser_.complete() && !error) {
        if (options_.timer == Timer::per_read) read_deadline_ = clock_.now() + timeout;
        const Result<std::size_t> bytes =
            co_await world::within(clock_, read_deadline_, stream_->read_some(buffer_));
        if (!bytes) co_return bytes.error();
        unread_ = std::string_view(buffer_.data(), *bytes);
        error = parse_unread();
    }
    co_return error;
}

/// Takes from what was read as much as the next reply needs.
boost::system::error_code ClientSession::parse_unread() {
    const Result<std::size_t> taken = parser_.feed(unread_);
    if (!taken) return taken.error();
    unread_.remove_prefix(*taken);
    return {};
}

void ClientSession::learn_extensions(const Reply& reply) {
    const std::vector<std::string_view> lines = reply.lines();
    for (std::size_t i = 1; i < lines.size(); ++i) {
        const auto end =
            std::ranges::find_if(lines[i], [](char c) { return c == ' ' || c == '='; });
        const std::string_view keyword(lines[i].begin(), end);
        const auto offers = [&](std::string_view name) {
            return equals_ignoring_case(keyword, name);
        };
        extensions_.pipelining |= offers("PIPELINING");
        extensions_.chunking |= offers("CHUNKING");
        extensions_.eight_bit_mime |= offers("8BITMIME");
        extensions_.size |= offers("SIZE");
        extensions_.starttls |= offers("STARTTLS");
        if (offers("AUTH")) learn_mechanisms(lines[i].substr(keyword.size()));
    }
}

/// The words behind AUTH.
void ClientSession::learn_mechanisms(std::string_view words) {
    for (std::size_t space = words.find(' '); space != words.npos; space = words.find(' ')) {
        words.remove_prefix(space + 1);
        const std::string_view mechanism = first_word(words);
        extensions_.auth_plain |= equals_ignoring_case(mechanism, "PLAIN");
        extensions_.auth_login |= equals_ignoring_case(mechanism, "LOGIN");
    }
}

void ClientSession::note_reply(const Transaction* transaction, Phase phase, std::uint32_t recipient,
                               const Answer& answer) {
    Event event{.at = clock_.now(),
                .kind = EventKind::reply_seen,
                .phase = phase,
                .code = answer.reply.code,
                .node = node_,
                .recipient = recipient,
                .connection = connection_,
                .duration = answer.latency};
    if (transaction) {
        event.message = transaction->message.ordinal;
        event.attempt = transaction->message.attempt;
    }
    if (answer.reply.code >= 400) {
        event.text = answer.reply.text().substr(0, recorded_text_limit);
    } else if (phase == Phase::data_done) {
        event.text = queue_id(answer.reply).substr(0, recorded_text_limit);
    }
    recorder_.record(std::move(event));
}

boost::system::error_code ClientSession::end(boost::system::error_code error) {
    usable_ = false;
    last_error_ = error;
    return error;
}

}  // namespace twofifty::smtp
