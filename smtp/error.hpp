#pragma once

#include <boost/system/error_code.hpp>

#include <cstdint>

namespace twofifty::smtp {

/// What can be wrong with what a peer sent. Each has a name that stands in the ledger and one
/// sentence (message()).
enum class Error : std::uint8_t {
    reply_malformed =
        1,               ///< A line does not begin with three digits and a space, a hyphen or CRLF.
    reply_code_changed,  ///< The lines of one reply carry different codes.
    reply_line_too_long,    ///< RFC 5321 4.5.3.1.5.
    reply_too_many_lines,   ///< More than reply_lines_limit.
    reply_unexpected,       ///< A reply that no command awaits.
    too_many_commands,      ///< More than pipelined_commands_limit without a reply.
    service_not_available,  ///< A 4xx or 5xx greeting, or 421 in the dialogue.
    authentication_failed,  ///< The server offers no mechanism that we speak, or said no.
    protocol_violation,     ///< An answer that fits no command (a 2xx to DATA).
};

boost::system::error_code make_error_code(Error error);

}  // namespace twofifty::smtp

template <>
struct boost::system::is_error_code_enum<twofifty::smtp::Error> : std::true_type {};
