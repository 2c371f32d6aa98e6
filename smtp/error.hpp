#pragma once

#include <boost/system/error_code.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace twofifty::smtp {

/// What can be wrong with what a peer sent. Each has a name that stands in the ledger
/// (to_string()) and one sentence (message() of its error_code).
enum class Error : std::uint8_t {
    /// A line does not begin with three digits and a space, a hyphen or the end of the line.
    reply_malformed = 1,
    /// The lines of one reply carry different codes.
    reply_code_changed,
    /// RFC 5321 4.5.3.1.5.
    reply_line_too_long,
    /// More than reply_lines_limit.
    reply_too_many_lines,
    /// A reply that no command awaits.
    reply_unexpected,
    /// More than pipelined_commands_limit without a reply.
    too_many_commands,
    /// A 4xx or 5xx greeting, or 421 in the dialogue.
    service_not_available,
    /// The server offers no mechanism that we speak, or said no.
    authentication_failed,
    /// An answer that fits no command (a 2xx to DATA).
    protocol_violation,
    /// STARTTLS is required, and the server does not offer it, or refused it.
    tls_not_available,
    /// Bytes behind the 220 to STARTTLS, in plain text: somebody put them there, to be read as if
    /// they had come over TLS (CVE-2011-0411).
    plain_text_before_tls,
};

/// The error's name: "reply_malformed".
std::string_view to_string(Error error);

boost::system::error_code make_error_code(Error error);

/// The name of an error of a session, whether ours, of TLS or the world's: "reply_malformed",
/// "certificate_untrusted", "timed_out".
std::string name_of(const boost::system::error_code& error);

}  // namespace twofifty::smtp

template <>
struct boost::system::is_error_code_enum<twofifty::smtp::Error> : std::true_type {};
