#pragma once

#include <boost/system/error_code.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace twofifty::tls {

/// What TLS can fail of. What happens to the connection below it (a reset, a deadline) keeps its
/// world::Error. Each has a name that stands in the ledger and one sentence (message() of its
/// error_code).
enum class Error : std::uint8_t {
    /// No chain from the peer's certificate to the authorities that we trust.
    certificate_untrusted = 1,
    /// The certificate has expired, or is not valid yet.
    certificate_out_of_date,
    /// The certificate is for another host name.
    certificate_of_another_name,
    /// No version of TLS that both sides allow.
    no_common_version,
    /// No cipher, group or signature that both sides allow.
    no_common_cipher,
    /// The first byte of the peer begins no TLS record: plain text, mostly.
    peer_speaks_no_tls,
    /// The peer ended the handshake with an alert (mostly: it does not trust our certificate).
    handshake_refused,
    /// Any other failure of a handshake.
    handshake_failed,
    /// Behind the handshake, bytes that are no part of this connection, or a fatal alert.
    protocol_broken,
};

/// The error's name: "no_common_version".
std::string_view to_string(Error error);

boost::system::error_code make_error_code(Error error);

/// The name of an error of a TLS stream or of what is below it: "no_common_version", "timed_out".
std::string name_of(const boost::system::error_code& error);

}  // namespace twofifty::tls

template <>
struct boost::system::is_error_code_enum<twofifty::tls::Error> : std::true_type {};
