// Drives a dialogue as the impairment layer does, and says what it made of it in a form that can be
// compared. Each test is a script: the client's bytes as they come in, and the server's replies.
#pragma once

#include "smtp/dialogue.hpp"

#include <cstdint>
#include <initializer_list>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::smtp {

inline std::ostream& operator<<(std::ostream& out, const Dialogue::Answered& answered) {
    out << to_string(answered.phase) << " transaction " << answered.transaction << " reply "
        << answered.reply_index;
    if (!answered.recipient.empty()) out << " <" << answered.recipient << '>';
    return out << (answered.last_of_transaction ? " last" : "");
}

using Answered = Dialogue::Answered;
using PieceKind = Dialogue::PieceKind;
using Strings = std::vector<std::string>;

inline std::string_view name_of(PieceKind kind) {
    switch (kind) {
        case PieceKind::incomplete: return "incomplete";
        case PieceKind::command: return "command";
        case PieceKind::content: return "content";
        case PieceKind::end_of_data: return "end_of_data";
        case PieceKind::wait: return "wait";
        case PieceKind::opaque: return "opaque";
    }
    return "?";
}

/// With "|" for each line end.
inline std::string visible(std::string text) {
    for (std::size_t place = text.find("\r\n"); place != std::string::npos;
         place = text.find("\r\n"))
        text.replace(place, 2, "|");
    return text;
}

/// Presents what was not taken again after the next reply.
class Conversation {
public:
    explicit Conversation(bool lmtp = false) : dialogue(lmtp) {}

    struct Taken {
        PieceKind kind;
        std::string bytes;
    };

    /// The client sends these bytes at once. Returns the pieces; the last is a `wait` where the
    /// dialogue would not go on.
    std::vector<Taken> take(std::string_view bytes) {
        unread_ += bytes;
        std::vector<Taken> taken;
        while (!unread_.empty()) {
            const Dialogue::Piece piece = dialogue.next_piece(unread_);
            taken.push_back({piece.kind, unread_.substr(0, piece.bytes)});
            unread_.erase(0, piece.bytes);
            if (piece.kind == PieceKind::wait) break;
        }
        return taken;
    }

    /// The same, as text: "kind bytes" each, a line end written as "|".
    Strings client(std::string_view bytes) {
        Strings pieces;
        for (const Taken& taken : take(bytes)) {
            pieces.emplace_back(name_of(taken.kind));
            if (taken.kind != PieceKind::wait) pieces.back() += ' ' + visible(taken.bytes);
        }
        return pieces;
    }

    /// What the client sent earlier and the dialogue would not take.
    Strings client_goes_on() { return client(""); }

    Answered server(std::uint16_t code) {
        return dialogue.on_reply({code, std::to_string(code) + " text\r\n"});
    }

    void server_all(std::initializer_list<std::uint16_t> codes) {
        for (const std::uint16_t code : codes) server(code);
    }

    /// The replies to greeting and EHLO are through.
    Conversation& greeted() {
        server(220);
        client("EHLO a.test\r\n");
        server(250);
        return *this;
    }

    /// A transaction from a@a.test to these recipients, all accepted, up to the go-ahead.
    Conversation& in_content(const Strings& recipients) {
        client("MAIL FROM:<a@a.test>\r\n");
        server(250);
        for (const std::string& recipient : recipients) {
            client("RCPT TO:<" + recipient + ">\r\n");
            server(250);
        }
        client("DATA\r\n");
        server(354);
        return *this;
    }

    Dialogue dialogue;

private:
    std::string unread_;
};

inline Answered in_session(Phase phase, std::uint32_t index) {
    return {.phase = phase, .reply_index = index};
}

inline Answered in_transaction(Phase phase, std::uint32_t transaction, std::uint32_t index,
                               std::string_view recipient = {}) {
    return {
        .phase = phase, .recipient = recipient, .transaction = transaction, .reply_index = index};
}

inline Answered ending(std::uint32_t transaction, std::uint32_t index,
                       std::string_view recipient = {}) {
    return {.phase = Phase::data_done,
            .recipient = recipient,
            .transaction = transaction,
            .reply_index = index,
            .last_of_transaction = true};
}

inline const Answered nothing{};

}  // namespace twofifty::smtp
