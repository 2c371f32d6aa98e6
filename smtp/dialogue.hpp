// Follows one session from outside, both directions: cuts the client's bytes into commands and
// content, and says which command each reply of the server answers, also when commands are
// pipelined, with BDAT, and with LMTP's one reply per recipient. It is how the impairment layer
// knows what it sees. No I/O, no clock.
#pragma once

#include "record/phase.hpp"
#include "smtp/command.hpp"
#include "smtp/dot_stuffing.hpp"
#include "smtp/reply.hpp"
#include "world/fifo.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::smtp {

/// A client that pipelines is ahead of the replies, so a dialogue has two ends. The client's end
/// moves with next_piece(), the server's with on_reply(). What the server's end tells (sender(),
/// accepted_recipients()) is about the transaction whose replies are coming in, even while the
/// client is in the next one.
class Dialogue {
public:
    /// A run of the client's bytes that means one thing.
    enum class PieceKind : std::uint8_t {
        /// The rest is the beginning of a command line; `bytes` of it, to be forwarded as they are.
        incomplete,
        /// One whole command line (or what was left of it), a challenge's answer in AUTH, or BDAT's
        /// line.
        command,
        /// Content in front of the final dot, or of a chunk.
        content,
        /// Content up to and including the final ".CRLF", or up to the end of BDAT LAST's chunk.
        /// The line "BDAT 0 LAST" is one too: its chunk ends with it.
        end_of_data,
        /// Bytes behind DATA, AUTH or STARTTLS: what they mean depends on a reply that is still to
        /// come.
        wait,
        /// The dialogue can no longer be followed (TLS began, or it never was SMTP): pass
        /// everything.
        opaque,
    };
    struct Piece {
        PieceKind kind = PieceKind::incomplete;
        std::size_t bytes = 0;

        bool operator==(const Piece&) const = default;
    };

    /// What a reply answers.
    struct Answered {
        Phase phase = Phase::none;
        /// For rcpt, and for data_done in LMTP: the recipient (a view that holds until the next
        /// call). Else empty.
        std::string_view recipient{};
        /// The number of the transaction on this connection, from 1; 0 outside one.
        std::uint32_t transaction = 0;
        /// Place among the replies of the transaction (or, outside one, of the connection), from 1.
        std::uint32_t reply_index = 0;
        /// data_done only: this is the transaction's last reply (with LMTP there are several).
        bool last_of_transaction = false;

        bool operator==(const Answered&) const = default;
    };

    explicit Dialogue(bool lmtp) : lmtp_(lmtp) { expected_.push_back({.phase = Phase::greeting}); }

    /// What the next of the client's bytes mean. REQUIRES: bytes is not empty. The bytes of the
    /// returned piece count as taken; the caller presents the rest again. `wait` takes nothing:
    /// call again after the next reply. A line ends at LF, with or without CR, as servers have it.
    Piece next_piece(std::string_view bytes);

    /// Which command a complete reply of the server answers. Phase::greeting for the first. A reply
    /// that nothing awaits is Phase::other where it is a 421 (a server may say that at any time);
    /// any other makes the dialogue opaque and is Phase::none, as is every reply from then on.
    Answered on_reply(const Reply& reply);

    /// The transaction whose replies are coming in, or came in last: its envelope sender, and the
    /// recipients whose RCPT got a 2xx. They hold until the reply to the next MAIL, RSET, HELO or
    /// EHLO. Where MAIL or RCPT is malformed, the text that stands in the address's place.
    std::string_view sender() const { return sender_; }
    const std::vector<std::string>& accepted_recipients() const { return accepted_recipients_; }
    /// The sender in the client's latest MAIL, whether or not that was answered: the one to whom
    /// content belongs that was just taken.
    std::string_view client_sender() const { return client_sender_; }
    /// Transactions that the client began with MAIL on this connection.
    std::uint32_t transactions() const { return transactions_; }
    /// True from the moment the end of data was taken until its (last) reply.
    bool awaits_data_done() const { return data_done_awaited_ > 0; }
    /// The phase whose reply is due next; Phase::none where none is.
    Phase awaited() const { return expected_.empty() ? Phase::none : expected_.front().phase; }
    bool opaque() const { return mode_ == Mode::opaque; }
    /// The client's next bytes are content: of DATA, with its dots, or of a BDAT chunk.
    bool in_content() const { return mode_ == Mode::content; }
    bool in_chunk() const { return mode_ == Mode::chunk; }
    /// STARTTLS was sent, and its reply has not come.
    bool awaits_starttls() const {
        return mode_ == Mode::awaiting_reply && !expected_.empty() &&
               expected_.back().phase == Phase::starttls;
    }
    /// Behind a 2xx to STARTTLS, when the caller reads on inside TLS: the dialogue begins anew
    /// without a greeting (RFC 3207 4.2). What the client sent in front of TLS is no part of it.
    void begin_tls();
    /// The caller saw something that is no SMTP: from now on everything is opaque.
    void stop_following() { mode_ = Mode::opaque; }
    /// How many of the client's bytes taken so far, counted from the last, may turn out to begin
    /// the final ".CRLF": 0..2.
    std::size_t undecided_bytes() const {
        return mode_ == Mode::content ? finder_.terminator_bytes() : 0;
    }

private:
    enum class Mode : std::uint8_t {
        commands,
        answer,  ///< The next line answers a challenge of AUTH.
        content,
        chunk,
        awaiting_reply,  ///< To DATA, AUTH or STARTTLS; it decides what the next bytes are.
        opaque,
    };
    /// A reply that is due.
    struct Expected {
        Phase phase = Phase::none;
        bool resets = false;            ///< RSET, HELO, EHLO: a 2xx drops the transaction.
        std::uint32_t transaction = 0;  ///< MAIL: its number.
        std::string argument{};         ///< MAIL: the sender; RCPT: the recipient.
    };

    Piece next_line(std::string_view bytes);
    Piece next_content(std::string_view bytes);
    Piece next_of_chunk(std::string_view bytes);
    PieceKind take_line(std::string_view line);
    PieceKind take_chunk_line(std::string_view argument);
    Piece give_up(std::size_t bytes);
    void end_chunk();

    Answered in_session(Phase phase);
    Answered in_transaction(Phase phase);
    Answered on_mail(Expected mail, const Reply& reply);
    Answered on_recipient(std::string recipient, const Reply& reply);
    Answered on_data_done();
    void drop_transaction();

    bool lmtp_ = false;
    Mode mode_ = Mode::commands;
    world::Fifo<Expected> expected_;

    // The client's end.
    std::string line_;  ///< The beginning of a command line that came in an earlier piece.
    EndOfDataFinder finder_;
    std::uint64_t chunk_left_ = 0;
    bool chunk_is_last_ = false;
    bool chunk_answered_ = false;  ///< BDAT LAST: the server did not wait for the chunk's end.
    std::string client_sender_;
    std::uint32_t transactions_ = 0;

    // The server's end.
    std::uint32_t transaction_ = 0;  ///< 0 outside one.
    bool accepted_ = false;          ///< The transaction's MAIL got a 2xx.
    std::string sender_;
    std::vector<std::string> accepted_recipients_;
    std::string other_recipient_;  ///< One that was not accepted; Answered views it.
    std::uint32_t transaction_replies_ = 0;
    std::uint32_t session_replies_ = 0;
    std::size_t data_done_replies_ = 0;  ///< LMTP: those of this transaction that came.
    std::uint32_t data_done_awaited_ = 0;
};

}  // namespace twofifty::smtp
