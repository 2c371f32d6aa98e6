#include "world/endpoint.hpp"

#include <array>
#include <charconv>

namespace twofifty::world {
namespace {

std::optional<std::array<unsigned, 4>> parse_v4(std::string_view text) {
    std::array<unsigned, 4> parts{};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const char* const end = text.data() + text.size();
        const auto [next, error] = std::from_chars(text.data(), end, parts[i]);
        if (error != std::errc{} || parts[i] > 255) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(next - text.data()));
        if (i + 1 == parts.size()) break;
        if (!text.starts_with('.')) return std::nullopt;
        text.remove_prefix(1);
    }
    if (!text.empty()) return std::nullopt;
    return parts;
}

bool is_private_v4(const std::array<unsigned, 4>& parts) {
    const auto [a, b, c, d] = parts;
    return a == 127 || a == 10 || (a == 172 && b >= 16 && b <= 31) || (a == 192 && b == 168) ||
           (a == 169 && b == 254);
}

}  // namespace

std::string to_string(const Endpoint& endpoint) {
    const bool v6 = endpoint.host.find(':') != std::string::npos;
    return (v6 ? "[" + endpoint.host + "]" : endpoint.host) + ":" + std::to_string(endpoint.port);
}

std::optional<Endpoint> parse_endpoint(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    std::string_view host = text.substr(0, colon);
    const std::string_view digits = text.substr(colon + 1);
    std::uint16_t port = 0;
    const char* const end = digits.data() + digits.size();
    const auto [next, error] = std::from_chars(digits.data(), end, port);
    if (error != std::errc{} || next != end) return std::nullopt;
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
        if (host.find(':') == std::string_view::npos) return std::nullopt;
    } else if (host.find(':') != std::string_view::npos) {
        return std::nullopt;
    }
    return Endpoint{host.empty() ? "127.0.0.1" : std::string(host), port};
}

bool is_private_address(std::string_view host) {
    if (const auto v4 = parse_v4(host)) return is_private_v4(*v4);
    if (host == "::1") return true;
    constexpr std::string_view mapped = "::ffff:";
    if (host.starts_with(mapped)) {
        const auto v4 = parse_v4(host.substr(mapped.size()));
        return v4 && is_private_v4(*v4);
    }
    if (host.find(':') == std::string_view::npos || host.size() < 4) return false;
    unsigned first = 0;
    const auto [next, error] = std::from_chars(host.data(), host.data() + host.size(), first, 16);
    if (error != std::errc{} || *next != ':') return false;
    return (first & 0xfe00U) == 0xfc00U || (first & 0xffc0U) == 0xfe80U;
}

}  // namespace twofifty::world
