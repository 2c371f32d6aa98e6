// Both sides of TLS, as the tests of sessions use them.
#pragma once

#include "smtp/tls_options.hpp"

#include <string>
#include <vector>

namespace twofifty::smtp {

/// Made once: a key takes a while.
inline const tls::Identity& test_identity() {
    static const std::vector<std::string> names{"b.test"};
    static const tls::Identity identity = tls::make_identity(names);
    return identity;
}

inline tls::Context server_context() {
    return tls::Context::for_server(test_identity());
}

/// Of a client that accepts any certificate.
inline tls::Context client_context() {
    return tls::Context::for_client("");
}

}  // namespace twofifty::smtp
