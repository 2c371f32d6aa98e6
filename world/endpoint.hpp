#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace twofifty::world {

/// An address (or a host name, until it is resolved) and a port.
struct Endpoint {
    std::string host;
    std::uint16_t port = 0;

    auto operator<=>(const Endpoint&) const = default;
};

/// "127.0.0.1:25", "[::1]:25".
std::string to_string(const Endpoint& endpoint);

/// Reads "host:port", "[v6]:port", ":port" (then 127.0.0.1). Nothing where the port is missing or
/// out of range.
std::optional<Endpoint> parse_endpoint(std::string_view text);

/// True for literal addresses that only reach this machine or a private network: 127/8, ::1, 10/8,
/// 172.16/12, 192.168/16, 169.254/16, fc00::/7, fe80::/10 (and the same mapped into IPv6). False
/// for host names.
bool is_private_address(std::string_view host);

}  // namespace twofifty::world
