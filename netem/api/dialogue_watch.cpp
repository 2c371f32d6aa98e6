#include "netem/api/dialogue_watch.hpp"

#include "record/text.hpp"

#include <utility>

namespace twofifty::netem::api {
namespace {

using PieceKind = smtp::Dialogue::PieceKind;

/// A client that says more than this while a reply is due is not followed any further.
constexpr std::size_t pending_limit = 64 * 1024;
constexpr std::size_t line_limit = 4096;
constexpr std::string_view hidden = "(not shown)";

/// "AUTH PLAIN AGJvYgBzZWNyZXQ=" carries a password.
std::string without_secret(std::string line) {
    constexpr std::string_view auth = "AUTH ";
    if (!starts_with_ignoring_case(line, auth)) return line;
    const std::size_t mechanism = line.find_first_not_of(' ', auth.size());
    const std::size_t end = line.find(' ', std::min(mechanism, line.size()));
    if (end == std::string::npos) return line;
    line.resize(end + 1);
    return line.append(hidden);
}

}  // namespace

void DialogueWatch::take(Direction way, std::string_view bytes, Listener& listener) {
    if (way == Direction::to_client) {
        take_from_server(bytes, listener);
        return;
    }
    pending_.append(bytes);
    take_from_client(listener);
}

void DialogueWatch::take_from_client(Listener& listener) {
    std::size_t taken = 0;
    while (taken < pending_.size()) {
        const std::string_view rest = std::string_view(pending_).substr(taken);
        const smtp::Dialogue::Piece piece = dialogue_.next_piece(rest);
        if (piece.kind == PieceKind::wait) {
            if (rest.size() <= pending_limit) break;
            dialogue_.stop_following();
            continue;
        }
        const std::string_view bytes = rest.substr(0, piece.bytes);
        taken += piece.bytes;
        switch (piece.kind) {
            case PieceKind::incomplete:
                if (line_.size() < line_limit) line_.append(bytes);
                break;
            case PieceKind::command: take_line(bytes, listener); break;
            case PieceKind::content: content_bytes_ += bytes.size(); break;
            case PieceKind::end_of_data:
                listener.content(std::exchange(content_bytes_, 0) + bytes.size());
                break;
            case PieceKind::opaque: listener.opaque(Direction::to_server, bytes.size()); break;
            case PieceKind::wait: break;
        }
    }
    pending_.erase(0, taken);
}

void DialogueWatch::take_line(std::string_view end, Listener& listener) {
    std::string line = std::exchange(line_, {}).append(end);
    while (line.ends_with('\n') || line.ends_with('\r')) line.pop_back();
    if (std::exchange(line_is_secret_, false))
        listener.command(hidden);
    else
        listener.command(without_secret(std::move(line)));
}

void DialogueWatch::take_from_server(std::string_view bytes, Listener& listener) {
    while (!bytes.empty() && !dialogue_.opaque()) {
        const auto fed = parser_.feed(bytes);
        if (!fed) {
            dialogue_.stop_following();
            break;
        }
        bytes.remove_prefix(*fed);
        if (!parser_.complete()) break;
        const smtp::Reply reply = parser_.take();
        const smtp::Dialogue::Answered answered = dialogue_.on_reply(reply);
        listener.reply(answered.phase, reply);
        line_is_secret_ = answered.phase == Phase::auth && reply.code == 334;
        if (sees_through_tls_ && answered.phase == Phase::starttls && reply.positive()) {
            dialogue_.begin_tls();
            pending_.clear();
        }
        take_from_client(listener);
    }
    if (!bytes.empty()) listener.opaque(Direction::to_client, bytes.size());
}

}  // namespace twofifty::netem::api
