// How a session of either side comes to TLS.
#pragma once

#include "tls/context.hpp"

#include <cstdint>
#include <string>

namespace twofifty::smtp {

enum class TlsUse : std::uint8_t {
    none,
    opportunistic,  ///< STARTTLS where it is offered and not refused, else plain text.
    starttls,       ///< STARTTLS; without it the session is over.
    implicit,       ///< TLS from the first byte, in front of the greeting (RFC 8314).
};

/// The client's side. REQUIRES: use is not none.
struct ClientTls {
    TlsUse use = TlsUse::starttls;
    tls::Context context;
    std::string server_name;  ///< Told to the server, and looked for in its certificate.
};

/// The server's side: offered, or, where it is implicit, begun without a word.
struct ServerTls {
    tls::Context context;
    bool implicit = false;
};

}  // namespace twofifty::smtp
