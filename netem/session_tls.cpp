// TLS ends at the layer on one side, and begins anew on the other.
#include "netem/session.hpp"

#include "tls/handshake.hpp"

#include <utility>

namespace twofifty::netem {

using world::Result;
using world::Task;

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

}  // namespace twofifty::netem
