// Who a server says it is: a certificate and its key, from files or made on the spot.
#pragma once

#include <span>
#include <stdexcept>
#include <string>

namespace twofifty::tls {

/// A file or a setting that TLS cannot use, found before a run starts. what() names the file and
/// says what is wrong with it.
class BadCredentials : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Both as PEM texts. The certificate comes first, what leads to its authority behind it.
struct Identity {
    std::string certificate;
    std::string key;
    /// What messages call it: the certificate's file.
    std::string source;
};

/// Reads both files, which may be one and the same. Throws BadCredentials where one is missing or
/// holds no such thing, or the key is not the certificate's.
Identity load_identity(const std::string& certificate_file, const std::string& key_file);

/// Makes a key and a certificate that signs itself, for host names or addresses; the first is its
/// subject. Whoever trusts it may use its PEM text as the authority. The key is RSA with 2048 bits
/// and the dates are fixed, so that every one that is made has a handshake of the same size: a
/// virtual run repeats to the byte. REQUIRES: names are not empty, and hold no comma.
Identity make_identity(std::span<const std::string> names);

}  // namespace twofifty::tls
