// Comparing, trimming and matching text. SMTP's words are ASCII and know no case; nothing here
// depends on a locale.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace twofifty {

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

/// A shell pattern over the whole text: * stands for any run of characters, ? for one. Case does
/// not matter.
bool matches_pattern(std::string_view pattern, std::string_view text);

/// The text with every line end, also a bare CR or LF, as CRLF, which is all that may travel
/// (RFC 5321 2.3.8).
std::string with_crlf_line_ends(std::string_view text);

}  // namespace twofifty
