#include "record/token.hpp"

#include <charconv>

namespace twofifty {
namespace {

std::optional<std::uint32_t> parse_ordinal(std::string_view digits) {
    std::uint32_t ordinal = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), ordinal);
    if (error != std::errc{} || end != digits.data() + digits.size() || ordinal == 0 ||
        digits.front() == '0')
        return std::nullopt;
    return ordinal;
}

struct TokenParts {
    std::string_view run_id;
    std::uint32_t ordinal = 0;
};

std::optional<TokenParts> split(std::string_view text) {
    const std::size_t dot = text.rfind('.');
    if (dot == std::string_view::npos || dot == 0) return std::nullopt;
    const std::optional<std::uint32_t> ordinal = parse_ordinal(text.substr(dot + 1));
    if (!ordinal) return std::nullopt;
    return TokenParts{text.substr(0, dot), *ordinal};
}

std::optional<TokenParts> split_sender(std::string_view mailbox) {
    if (!mailbox.starts_with(sender_prefix)) return std::nullopt;
    return split(mailbox.substr(0, mailbox.find('@')).substr(sender_prefix.size()));
}

}  // namespace

std::string to_string(const Token& token) {
    return token.run_id + "." + std::to_string(token.ordinal);
}

std::optional<Token> parse_token(std::string_view text) {
    const std::optional<TokenParts> parts = split(text);
    if (!parts) return std::nullopt;
    return Token{std::string(parts->run_id), parts->ordinal};
}

std::string sender_local_part(const Token& token) {
    return std::string(sender_prefix) + to_string(token);
}

std::uint32_t ordinal_of_sender(std::string_view mailbox, std::string_view run_id) {
    const std::optional<TokenParts> parts = split_sender(mailbox);
    return parts && parts->run_id == run_id ? parts->ordinal : 0;
}

}  // namespace twofifty
