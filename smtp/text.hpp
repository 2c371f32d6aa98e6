// Comparing and trimming protocol text. SMTP's words are ASCII and know no case; nothing here
// depends on a locale.
#pragma once

#include <cstddef>
#include <string_view>

namespace twofifty::smtp {

constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Space and tab: the white space of RFC 5321.
constexpr bool is_space(char c) {
    return c == ' ' || c == '\t';
}

constexpr bool equals_ignoring_case(std::string_view left, std::string_view right) {
    if (left.size() != right.size()) return false;
    for (std::size_t i = 0; i < left.size(); ++i)
        if (lower(left[i]) != lower(right[i])) return false;
    return true;
}

constexpr bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
    return equals_ignoring_case(text.substr(0, prefix.size()), prefix);
}

constexpr std::string_view trim_front(std::string_view text) {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    return text;
}

constexpr std::string_view trim(std::string_view text) {
    text = trim_front(text);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

/// The text up to the first white space, or all of it.
constexpr std::string_view first_word(std::string_view text) {
    std::size_t length = 0;
    while (length < text.size() && !is_space(text[length])) ++length;
    return text.substr(0, length);
}

}  // namespace twofifty::smtp
