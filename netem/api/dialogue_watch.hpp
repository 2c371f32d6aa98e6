// The dialogue of one connection, out of the bytes that pass: lines and replies, and of contents no
// more than how large they were.
#pragma once

#include "netem/selector.hpp"
#include "smtp/dialogue.hpp"
#include "smtp/reply.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace twofifty::netem::api {

class DialogueWatch {
public:
    class Listener {
    public:
        /// A command line, without its CRLF. What AUTH says of a password is not in it.
        virtual void command(std::string_view line) = 0;
        virtual void reply(Phase phase, const smtp::Reply& reply) = 0;
        /// A whole content, with its end.
        virtual void content(std::uint64_t bytes) = 0;
        /// Bytes of which nothing is known.
        virtual void opaque(Direction way, std::size_t bytes) = 0;

    protected:
        ~Listener() = default;
    };

    /// `sees_through_tls`: the bytes behind STARTTLS are those inside.
    DialogueWatch(bool lmtp, bool sees_through_tls)
        : dialogue_(lmtp), sees_through_tls_(sees_through_tls) {}

    void take(Direction way, std::string_view bytes, Listener& listener);

private:
    void take_from_client(Listener& listener);
    void take_from_server(std::string_view bytes, Listener& listener);
    void take_line(std::string_view end, Listener& listener);

    smtp::Dialogue dialogue_;
    smtp::ReplyParser parser_;
    bool sees_through_tls_;
    bool line_is_secret_ = false;  ///< It answers a challenge of AUTH.
    std::string pending_;          ///< Of the client; its meaning depends on a reply.
    std::string line_;             ///< The beginning of a command line.
    std::uint64_t content_bytes_ = 0;
};

}  // namespace twofifty::netem::api
