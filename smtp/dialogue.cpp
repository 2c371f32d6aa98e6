#include "smtp/dialogue.hpp"

#include "record/check.hpp"
#include "record/text.hpp"
#include "smtp/limits.hpp"

#include <algorithm>
#include <utility>

namespace twofifty::smtp {
namespace {

/// The address of MAIL or RCPT. Servers take what the RFC does not (no brackets, odd characters),
/// so that what is malformed is told apart by its text.
std::string_view address_in(std::string_view argument, std::string_view keyword) {
    if (const auto path = parse_path(argument, keyword)) return path->mailbox;
    if (const std::size_t colon = argument.find(':'); colon != std::string_view::npos)
        argument.remove_prefix(colon + 1);
    std::string_view word = first_word(trim_front(argument));
    if (word.starts_with('<')) word.remove_prefix(1);
    return word.substr(0, word.find('>'));
}

std::string_view without_line_end(std::string_view line) {
    line.remove_suffix(1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

/// 354 to DATA, 334 to AUTH: the client is to go on with something that is no command.
bool asks_for_more(const Reply& reply) {
    return reply.code >= 300 && reply.code < 400;
}

}  // namespace

Dialogue::Piece Dialogue::next_piece(std::string_view bytes) {
    TF_CHECK(!bytes.empty());
    switch (mode_) {
        case Mode::commands:
        case Mode::answer: return next_line(bytes);
        case Mode::content: return next_content(bytes);
        case Mode::chunk: return next_of_chunk(bytes);
        case Mode::awaiting_reply: return {PieceKind::wait, 0};
        case Mode::opaque: break;
    }
    return {PieceKind::opaque, bytes.size()};
}

Dialogue::Piece Dialogue::next_line(std::string_view bytes) {
    // The longest line is AUTH's. To police the other commands is the server's business.
    const std::size_t line_end = bytes.find('\n');
    const bool ended = line_end != std::string_view::npos;
    const std::size_t size = ended ? line_end + 1 : bytes.size();
    if (line_.size() + size + (ended ? 0 : 1) > authentication_line_limit)
        return give_up(bytes.size());
    if (!ended) {
        line_.append(bytes);
        return {PieceKind::incomplete, size};
    }

    std::string_view line = bytes.substr(0, size);
    if (!line_.empty()) {
        line_.append(line);
        line = line_;
    }
    const PieceKind kind = take_line(without_line_end(line));
    line_.clear();
    if (kind == PieceKind::opaque || expected_.size() > pipelined_commands_limit)
        return give_up(bytes.size());
    return {kind, size};
}

Dialogue::PieceKind Dialogue::take_line(std::string_view line) {
    if (mode_ == Mode::answer) {
        expected_.push_back({.phase = Phase::auth});
        mode_ = Mode::awaiting_reply;
        return PieceKind::command;
    }
    const Command command = parse_command(line);
    switch (command.verb) {
        case Verb::helo:
        case Verb::ehlo:
        case Verb::lhlo: expected_.push_back({.phase = Phase::helo, .resets = true}); break;
        case Verb::rset: expected_.push_back({.phase = Phase::rset, .resets = true}); break;
        case Verb::quit: expected_.push_back({.phase = Phase::quit}); break;
        case Verb::mail:
            client_sender_ = address_in(command.argument, "FROM");
            expected_.push_back(
                {.phase = Phase::mail, .transaction = ++transactions_, .argument = client_sender_});
            break;
        case Verb::rcpt:
            expected_.push_back({.phase = Phase::rcpt,
                                 .argument = std::string(address_in(command.argument, "TO"))});
            break;
        // RFC 2920 3.1, RFC 3207 4, RFC 4954 4: these end a group of pipelined commands. Should a
        // client send on all the same, only the reply tells what it sends.
        case Verb::data:
            expected_.push_back({.phase = Phase::data_init});
            mode_ = Mode::awaiting_reply;
            break;
        case Verb::auth:
            expected_.push_back({.phase = Phase::auth});
            mode_ = Mode::awaiting_reply;
            break;
        case Verb::starttls:
            expected_.push_back({.phase = Phase::starttls});
            mode_ = Mode::awaiting_reply;
            break;
        case Verb::bdat: return take_chunk_line(command.argument);
        case Verb::noop:
        case Verb::vrfy:
        case Verb::expn:
        case Verb::help:
        case Verb::unknown: expected_.push_back({.phase = Phase::other}); break;
    }
    return PieceKind::command;
}

Dialogue::PieceKind Dialogue::take_chunk_line(std::string_view argument) {
    const std::optional<Chunk> chunk = parse_chunk(argument);
    // Whether content follows, and how much, is then anybody's guess.
    if (!chunk) return PieceKind::opaque;
    expected_.push_back({.phase = chunk->last ? Phase::data_done : Phase::data_xfer});
    mode_ = Mode::chunk;
    chunk_left_ = chunk->size;
    chunk_is_last_ = chunk->last;
    chunk_answered_ = false;
    if (chunk->size > 0) return PieceKind::command;
    end_chunk();
    return chunk->last ? PieceKind::end_of_data : PieceKind::command;
}

Dialogue::Piece Dialogue::next_content(std::string_view bytes) {
    const std::size_t taken = finder_.scan(bytes);
    if (!finder_.found()) return {PieceKind::content, taken};
    expected_.push_back({.phase = Phase::data_done});
    ++data_done_awaited_;
    mode_ = Mode::commands;
    return {PieceKind::end_of_data, taken};
}

Dialogue::Piece Dialogue::next_of_chunk(std::string_view bytes) {
    const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(chunk_left_, bytes.size()));
    chunk_left_ -= taken;
    if (chunk_left_ > 0) return {PieceKind::content, taken};
    end_chunk();
    return {chunk_is_last_ ? PieceKind::end_of_data : PieceKind::content, taken};
}

void Dialogue::end_chunk() {
    mode_ = Mode::commands;
    if (chunk_is_last_ && !chunk_answered_) ++data_done_awaited_;
}

Dialogue::Piece Dialogue::give_up(std::size_t bytes) {
    mode_ = Mode::opaque;
    expected_.clear();
    line_.clear();
    data_done_awaited_ = 0;
    return {PieceKind::opaque, bytes};
}

Dialogue::Answered Dialogue::on_reply(const Reply& reply) {
    constexpr std::uint16_t closing = 421;
    if (mode_ == Mode::opaque) return {};
    if (expected_.empty()) {
        if (reply.code == closing) return in_session(Phase::other);
        give_up(0);
        return {};
    }
    if (expected_.front().phase == Phase::data_done) return on_data_done();

    Expected expected = expected_.take_front();
    switch (expected.phase) {
        case Phase::mail: return on_mail(std::move(expected), reply);
        case Phase::rcpt: return on_recipient(std::move(expected.argument), reply);
        case Phase::data_init:
            mode_ = asks_for_more(reply) ? Mode::content : Mode::commands;
            finder_.reset();
            return in_transaction(Phase::data_init);
        case Phase::data_xfer: return in_transaction(Phase::data_xfer);
        case Phase::auth:
            mode_ = asks_for_more(reply) ? Mode::answer : Mode::commands;
            return in_session(Phase::auth);
        case Phase::starttls:
            mode_ = Mode::commands;
            if (reply.positive()) give_up(0);
            return in_session(Phase::starttls);
        case Phase::other:
            // A command that we do not know began something that we do not know either.
            if (asks_for_more(reply)) give_up(0);
            return in_transaction(Phase::other);
        default:
            if (expected.resets && reply.positive()) drop_transaction();
            return in_session(expected.phase);
    }
}

void Dialogue::begin_tls() {
    mode_ = Mode::commands;
    expected_.clear();
    line_.clear();
    client_sender_.clear();
    drop_transaction();
}

Dialogue::Answered Dialogue::in_session(Phase phase) {
    return {.phase = phase, .reply_index = ++session_replies_};
}

Dialogue::Answered Dialogue::in_transaction(Phase phase) {
    if (transaction_ == 0) return in_session(phase);
    return {.phase = phase, .transaction = transaction_, .reply_index = ++transaction_replies_};
}

Dialogue::Answered Dialogue::on_mail(Expected mail, const Reply& reply) {
    // RFC 5321 4.1.4: a MAIL inside a transaction is refused, and the transaction stays.
    if (accepted_ && !reply.positive())
        return {.phase = Phase::mail, .transaction = mail.transaction, .reply_index = 1};
    drop_transaction();
    transaction_ = mail.transaction;
    accepted_ = reply.positive();
    sender_ = std::move(mail.argument);
    return in_transaction(Phase::mail);
}

Dialogue::Answered Dialogue::on_recipient(std::string recipient, const Reply& reply) {
    Answered answered = in_transaction(Phase::rcpt);
    if (reply.positive() && transaction_ != 0) {
        accepted_recipients_.push_back(std::move(recipient));
        answered.recipient = accepted_recipients_.back();
    } else {
        other_recipient_ = std::move(recipient);
        answered.recipient = other_recipient_;
    }
    return answered;
}

Dialogue::Answered Dialogue::on_data_done() {
    Answered answered = in_transaction(Phase::data_done);
    // RFC 2033 4.2: one reply for each recipient that was accepted, in their order. How many they
    // are is known only now: a pipelining client sends BDAT LAST before RCPT is answered.
    const std::size_t owed = lmtp_ && transaction_ != 0 ? accepted_recipients_.size() : 0;
    const std::size_t place = data_done_replies_++;
    if (place < owed) answered.recipient = accepted_recipients_[place];
    if (data_done_replies_ < owed) return answered;

    answered.last_of_transaction = true;
    expected_.pop_front();
    if (mode_ == Mode::chunk && expected_.empty())
        chunk_answered_ = true;
    else
        --data_done_awaited_;
    // RFC 5321 4.1.1.4: whatever the reply, the buffers are cleared. Ours keep the names until the
    // next MAIL, for the caller.
    transaction_ = 0;
    accepted_ = false;
    return answered;
}

void Dialogue::drop_transaction() {
    transaction_ = 0;
    accepted_ = false;
    sender_.clear();
    accepted_recipients_.clear();
    transaction_replies_ = 0;
    data_done_replies_ = 0;
}

}  // namespace twofifty::smtp
