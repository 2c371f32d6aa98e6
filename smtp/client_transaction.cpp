// One transaction of the client's side: MAIL, RCPT, DATA or BDAT, the content, the final replies,
// and what each recipient's attempt came to.
#include "smtp/client_transaction.hpp"

#include "smtp/dot_stuffing.hpp"
#include "world/deadline.hpp"

namespace twofifty::smtp {

using world::Result;
using world::Task;

namespace {

/// One write carries so much of the content; each has the data_xfer timeout of its own (RFC
/// 5321 4.5.3.2.5).
constexpr std::size_t block_size = 64 * 1024;
/// MAIL, with RCPT and DATA behind it, of a message to one recipient or two.
constexpr std::size_t usual_envelope_size = 160;
/// CRLF.CRLF: once a byte of it is out, the receiver may have the message.
constexpr std::size_t end_of_data_size = 5;

}  // namespace

Task<std::vector<RecipientResult>> ClientSession::hand_over(const OutgoingMessage& message) {
    TF_CHECK(usable_);
    Transaction transaction(message);
    if (needs_rset_) {
        const Result<Answer> answer = co_await command("RSET\r\n", Phase::rset);
        needs_rset_ = false;
        if (answer) note_reply(nullptr, Phase::rset, 0, *answer);
        if (!answer || !answer->reply.positive()) {
            RecipientResult lost;
            lost.phase = Phase::rset;
            lost.error = end(answer ? make_error_code(Error::protocol_violation) : answer.error());
            lost.waited = clock_.now() - reply_due_from_;
            transaction.decide_open(lost);
            co_return std::move(transaction.results);
        }
    }

    const bool chunking = options_.chunking && extensions_.chunking;
    const bool data_in_envelope = !chunking && options_.pipelining && extensions_.pipelining;
    const bool goes_on = co_await send_envelope(transaction, data_in_envelope);
    if (!goes_on) co_return std::move(transaction.results);
    if (chunking) {
        if (transaction.open_count() == 0) {
            needs_rset_ = true;
        } else {
            const bool sent = co_await send_chunks(transaction);
            if (sent) co_await read_final_replies(transaction);
        }
        co_return std::move(transaction.results);
    }
    const Result<std::uint16_t> go_ahead = co_await start_data(transaction, data_in_envelope);
    if (!go_ahead || *go_ahead != 354) co_return std::move(transaction.results);
    if (transaction.open_count() == 0) {
        co_await end_without_content(transaction);
    } else {
        const bool sent = co_await send_content(transaction);
        if (sent) co_await read_final_replies(transaction);
    }
    co_return std::move(transaction.results);
}

/// MAIL and every RCPT, and DATA behind them where they may go in one group (RFC 2920). False when
/// the connection was lost, or the transaction has ended without DATA's reply being due.
Task<bool> ClientSession::send_envelope(Transaction& transaction, bool with_data) {
    const OutgoingMessage& message = transaction.message;
    const bool grouped = options_.pipelining && extensions_.pipelining;
    std::string mail = mail_command(message);
    if (grouped) {
        for (const Recipient& recipient : message.recipients)
            mail.append("RCPT TO:<").append(recipient.address).append(">\r\n");
        if (with_data) mail += "DATA\r\n";
    }

    const auto lost = [&](Phase phase, const boost::system::error_code& error) {
        RecipientResult result;
        result.phase = phase;
        result.error = error;
        result.waited = clock_.now() - reply_due_from_;
        transaction.decide_open(result);
        return false;
    };
    const auto refused = [](Phase phase, const Answer& answer) {
        RecipientResult result;
        result.outcome = outcome_of(answer.reply.code);
        // A 2xx or 3xx where it has no meaning is no acceptance.
        if (result.outcome == Outcome::accepted) result.outcome = Outcome::refused_for_now;
        result.phase = phase;
        result.code = answer.reply.code;
        result.waited = answer.latency;
        return result;
    };

    const Result<Answer> to_mail = co_await command(mail, Phase::mail);
    if (!to_mail) co_return lost(Phase::mail, to_mail.error());
    note_reply(&transaction, Phase::mail, 0, *to_mail);
    if (!to_mail->reply.positive()) {
        transaction.decide_open(refused(Phase::mail, *to_mail));
        if (!grouped || !usable_) co_return false;
    }
    for (std::size_t i = 0; i < message.recipients.size(); ++i) {
        std::string line;
        if (!grouped)
            line.append("RCPT TO:<").append(message.recipients[i].address).append(">\r\n");
        if (!grouped) {
            const boost::system::error_code error = co_await send(line, Phase::rcpt);
            if (error) co_return lost(Phase::rcpt, error);
        }
        const Result<Answer> to_rcpt = co_await receive(Phase::rcpt);
        if (!to_rcpt) co_return lost(Phase::rcpt, to_rcpt.error());
        note_reply(&transaction, Phase::rcpt, message.recipients[i].number, *to_rcpt);
        if (transaction.results[i].phase == Phase::none && !to_rcpt->reply.positive())
            transaction.results[i] = refused(Phase::rcpt, *to_rcpt);
        if (!usable_) co_return lost(Phase::rcpt, last_error_);
    }
    if (with_data) co_return true;
    if (transaction.open_count() == 0) needs_rset_ = to_mail->reply.positive();
    co_return transaction.open_count() > 0;
}

/// DATA's reply (`sent`: DATA went with the envelope). Yields its code; recipients are decided
/// unless it is 354.
Task<Result<std::uint16_t>> ClientSession::start_data(Transaction& transaction, bool sent) {
    boost::system::error_code unsent;
    if (!sent) unsent = co_await send("DATA\r\n", Phase::data_init);
    Result<Answer> answer = unsent;
    if (!unsent) answer = co_await receive(Phase::data_init);
    RecipientResult result;
    result.phase = Phase::data_init;
    result.waited = clock_.now() - reply_due_from_;
    if (!answer) {
        result.error = answer.error();
        transaction.decide_open(result);
        co_return answer.error();
    }
    note_reply(&transaction, Phase::data_init, 0, *answer);
    const std::uint16_t code = answer->reply.code;
    if (code == 354) co_return code;
    result.code = code;
    result.waited = answer->latency;
    result.outcome = outcome_of(code);
    if (result.outcome == Outcome::accepted) {
        // A 2xx here answers nothing we asked: whatever follows would be read as the answer to the
        // wrong command.
        result.outcome = Outcome::not_sent;
        result.error = end(Error::protocol_violation);
    }
    transaction.decide_open(result);
    needs_rset_ = true;
    co_return code;
}

/// No recipient was accepted, yet the server awaits content: it gets none (RFC 2920 3.1).
Task<> ClientSession::end_without_content(Transaction& transaction) {
    const Result<Answer> answer = co_await command(".\r\n", Phase::data_done);
    if (answer) note_reply(&transaction, Phase::data_done, 0, *answer);
}

Task<bool> ClientSession::send_content(Transaction& transaction) {
    const TimePoint started = clock_.now();
    world::block_pool::Bytes wire;
    append_stuffed(transaction.message.content, wire);
    const std::size_t size = wire.size();

    std::size_t given = 0;
    boost::system::error_code error;
    const Duration timeout = options_.timeouts[Phase::data_xfer];
    const bool whole = options_.timer == Timer::per_request;
    while (given < size && !error) {
        const std::string_view block = std::string_view(wire).substr(given, block_size);
        const TimePoint deadline = (whole ? started : clock_.now()) + timeout;
        const world::Written written =
            co_await world::within(clock_, deadline, stream_->write(block));
        given += written.bytes;
        error = written.error;
    }
    if (!error) {
        reply_due_from_ = clock_.now();
        request_began_ = reply_due_from_;
        note_content_sent(transaction, started, size);
        co_return true;
    }
    RecipientResult lost;
    lost.phase = Phase::data_xfer;
    lost.error = end(error);
    lost.waited = clock_.now() - started;
    if (given > 0 && given + end_of_data_size > size) lost.outcome = Outcome::unknown;
    transaction.decide_open(lost);
    co_return false;
}

/// The content as BDAT chunks, each answered before the next is sent. False when it did not come to
/// the last one's reply.
Task<bool> ClientSession::send_chunks(Transaction& transaction) {
    const TimePoint started = clock_.now();
    std::string_view rest = transaction.message.content;
    while (true) {
        const std::string_view chunk = rest.substr(0, options_.chunk_size);
        rest.remove_prefix(chunk.size());
        const bool last = rest.empty();
        std::string wire = "BDAT " + std::to_string(chunk.size()) + (last ? " LAST\r\n" : "\r\n");
        const std::size_t head = wire.size();
        wire.append(chunk);
        const TimePoint deadline = clock_.now() + options_.timeouts[Phase::data_xfer];
        const world::Written written =
            co_await world::within(clock_, deadline, stream_->write(wire));
        RecipientResult lost;
        lost.phase = Phase::data_xfer;
        lost.waited = clock_.now() - started;
        if (written.error) {
            lost.error = end(written.error);
            if (last && written.bytes > head) lost.outcome = Outcome::unknown;
            transaction.decide_open(lost);
            co_return false;
        }
        reply_due_from_ = clock_.now();
        request_began_ = reply_due_from_;
        if (last) break;
        const Result<Answer> answer = co_await receive(Phase::data_xfer);
        lost.waited = answer ? answer->latency : clock_.now() - reply_due_from_;
        if (answer) {
            note_reply(&transaction, Phase::data_xfer, 0, *answer);
            if (answer->reply.positive()) continue;
            lost.code = answer->reply.code;
            lost.outcome = outcome_of(lost.code);
            needs_rset_ = true;
        } else {
            lost.error = answer.error();
        }
        transaction.decide_open(lost);
        co_return false;
    }
    note_content_sent(transaction, started, transaction.message.content.size());
    co_return true;
}

/// The reply to the end of data: one, or with LMTP one for each accepted recipient. Silence leaves
/// a recipient unknown: the receiver may have the message.
Task<> ClientSession::read_final_replies(Transaction& transaction) {
    for (std::size_t i = 0; i < transaction.results.size(); ++i) {
        if (transaction.results[i].phase != Phase::none) continue;
        const Result<Answer> answer = co_await receive(Phase::data_done);
        RecipientResult result;
        result.phase = Phase::data_done;
        result.waited = clock_.now() - reply_due_from_;
        if (!answer) {
            result.outcome = Outcome::unknown;
            result.error = answer.error();
            // What counts is the timer that fired, not how late the machine noticed.
            if (result.error == world::Error::timed_out)
                result.waited = read_deadline_ - reply_due_from_;
            transaction.decide_open(result);
            co_return;
        }
        const std::uint32_t recipient =
            options_.lmtp ? transaction.message.recipients[i].number : 0;
        note_reply(&transaction, Phase::data_done, recipient, *answer);
        result.code = answer->reply.code;
        result.waited = answer->latency;
        result.outcome = outcome_of(result.code);
        if (options_.lmtp) {
            transaction.results[i] = result;
        } else {
            transaction.decide_open(result);
        }
    }
}

void ClientSession::note_content_sent(const Transaction& transaction, TimePoint started,
                                      std::size_t bytes) {
    recorder_.record(Event{.at = reply_due_from_,
                           .kind = EventKind::content_sent,
                           .node = node_,
                           .message = transaction.message.ordinal,
                           .attempt = transaction.message.attempt,
                           .connection = connection_,
                           .duration = reply_due_from_ - started,
                           .quantity = static_cast<std::int64_t>(bytes)});
}

std::string ClientSession::mail_command(const OutgoingMessage& message) const {
    std::string line;
    line.reserve(usual_envelope_size);
    line.append("MAIL FROM:<").append(message.sender).append(">");
    if (extensions_.size) line.append(" SIZE=").append(std::to_string(message.content.size()));
    if (extensions_.eight_bit_mime && message.eight_bit) line.append(" BODY=8BITMIME");
    line.append("\r\n");
    return line;
}

}  // namespace twofifty::smtp
