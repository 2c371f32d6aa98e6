// Follows one session from outside, both directions: cuts the client's bytes into commands and
// content, and says which command each reply of the server answers, also when commands are
// pipelined, with BDAT, and with LMTP's one reply per recipient. It is how the impairment layer
// knows what it sees. No I/O, no clock.
#pragma once

#include "record/phase.hpp"
#include "smtp/command.hpp"
#include "smtp/dot_stuffing.hpp"
#include "smtp/reply.hpp"

#include <boost/system/error_code.hpp>

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::smtp {

class Dialogue {
public:
    /// A run of the client's bytes that means one thing.
    enum class PieceKind : std::uint8_t {
        incomplete,   ///< The rest is the beginning of a command line; `bytes` of it, to be
                      ///< forwarded as they are.
        command,      ///< One whole command line, a challenge's answer in AUTH, or BDAT's line.
        content,      ///< Content in front of the final dot, or of a chunk.
        end_of_data,  ///< Content up to and including the final ".CRLF", or up to the end of BDAT
                      ///< LAST's chunk.
        wait,  ///< Bytes behind DATA (or STARTTLS): what they mean depends on a reply that is still
               ///< to come.
        opaque,  ///< The dialogue can no longer be followed (TLS began, or it never was SMTP): pass
                 ///< everything.
    };
    struct Piece {
        PieceKind kind = PieceKind::incomplete;
        std::size_t bytes = 0;
    };

    /// What a reply answers.
    struct Answered {
        Phase phase = Phase::none;
        /// For rcpt, and for data_done in LMTP: the recipient (a view that holds until the next
        /// call). Else empty.
        std::string_view recipient;
        /// The number of the transaction on this connection, from 1; 0 outside one.
        std::uint32_t transaction = 0;
        /// Place among the replies of the transaction (or, outside one, of the connection), from 1.
        std::uint32_t reply_index = 0;
        /// data_done only: this is the transaction's last reply (with LMTP there are several).
        bool last_of_transaction = false;
    };

    explicit Dialogue(bool lmtp) : lmtp_(lmtp) {}

    /// What the next of the client's bytes mean. REQUIRES: bytes is not empty. The bytes of the
    /// returned piece count as taken; the caller presents the rest again. `wait` takes nothing:
    /// call again after the next reply.
    Piece next_piece(std::string_view bytes);

    /// Which command a complete reply of the server answers. Phase::greeting for the first. An
    /// unasked reply (421 at any time) yields Phase::other, or, where nothing can have asked for
    /// it, makes the dialogue opaque.
    Answered on_reply(const Reply& reply);

    /// The transaction that is open, or was last: its envelope sender, and the recipients whose
    /// RCPT got a 2xx. They hold until the reply to the end of data was taken, and until the next
    /// MAIL.
    std::string_view sender() const { return sender_; }
    const std::vector<std::string>& accepted_recipients() const { return accepted_recipients_; }
    /// Transactions that were begun with MAIL on this connection.
    std::uint32_t transactions() const { return transactions_; }
    /// True from the moment the end of data was taken until its (last) reply.
    bool awaits_data_done() const;
    /// The phase whose reply is due next; Phase::none where none is.
    Phase awaited() const;
    bool opaque() const { return opaque_; }

private:
    struct Expected {
        Phase phase = Phase::none;
        std::string argument;  ///< MAIL: the sender; RCPT: the recipient.
    };
    enum class Mode : std::uint8_t { commands, awaiting_go_ahead, content, chunk, awaiting_tls };

    bool lmtp_ = false;
    bool opaque_ = false;
    Mode mode_ = Mode::commands;
    std::string line_;  ///< The beginning of a command line that came in an earlier piece.
    EndOfDataFinder finder_;
    std::uint64_t chunk_left_ = 0;
    bool chunk_last_ = false;
    std::deque<Expected> expected_{Expected{Phase::greeting, {}}};
    std::string sender_;
    std::vector<std::string> accepted_recipients_;
    std::uint32_t transactions_ = 0;
    std::uint32_t answered_transaction_ = 0;
    std::uint32_t reply_index_ = 0;
    std::size_t lmtp_reply_ = 0;
};

}  // namespace twofifty::smtp
