// What all TLS connections of one side have in common: versions, whom to trust, who we are.
#pragma once

#include "tls/identity.hpp"

#include <cstdint>
#include <memory>
#include <string>

struct ssl_ctx_st;

namespace twofifty::tls {

enum class Version : std::uint8_t { tls_1_2, tls_1_3 };

/// The oldest and the newest that are allowed.
struct Versions {
    Version min = Version::tls_1_2;
    Version max = Version::tls_1_3;

    bool operator==(const Versions&) const = default;
};

/// Immutable and cheap to copy; any thread may use it. Sessions are never resumed: each connection
/// shows a whole handshake.
class Context {
public:
    /// The connecting side. With a file of certificates in PEM form, the server's must lead to one
    /// of them, be valid today, and be for the name that handshake() is given. With an empty path
    /// any certificate is accepted. Throws BadCredentials that names the file.
    static Context for_client(const std::string& authorities_file, Versions versions = {});

    /// The accepting side. Throws BadCredentials where the identity cannot be used (a key that is
    /// too short for these days).
    static Context for_server(const Identity& identity, Versions versions = {});

    bool is_server() const { return server_; }

    /// For this folder's own sources.
    ssl_ctx_st* native() const { return context_.get(); }

private:
    Context(std::shared_ptr<ssl_ctx_st> context, bool server)
        : context_(std::move(context)), server_(server) {}

    std::shared_ptr<ssl_ctx_st> context_;
    bool server_;
};

}  // namespace twofifty::tls
