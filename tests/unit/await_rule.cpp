#include "tests/unit/await_rule.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace twofifty {
namespace {

constexpr std::string_view keyword = "co_await";

bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// What stands in front of `end`, without white space at its end.
std::string_view text_before(std::string_view code, std::size_t end) {
    std::string_view text = code.substr(0, end);
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0)
        text.remove_suffix(1);
    return text;
}

std::string_view last_word(std::string_view text) {
    std::size_t begin = text.size();
    while (begin > 0 && is_word(text[begin - 1])) --begin;
    return text.substr(begin);
}

/// Whether the brace behind `before` opens a block of statements rather than a list of values.
bool opens_block(std::string_view before) {
    static constexpr std::array<std::string_view, 7> in_front_of_blocks{
        "else", "do", "try", "const", "noexcept", "mutable", "override"};
    if (before.empty() || !is_word(before.back()))
        return before.empty() ||
               std::string_view("=,([").find(before.back()) == std::string_view::npos;
    return std::ranges::find(in_front_of_blocks, last_word(before)) != in_front_of_blocks.end();
}

/// Inside parentheses it is a condition or an argument, inside a list of values one of those.
bool stands_in_block(std::string_view code, std::size_t place) {
    int closed = 0;
    for (std::size_t i = place; i > 0; --i) {
        const char c = code[i - 1];
        if (c == ')' || c == '}' || c == ']') ++closed;
        if (c != '(' && c != '{' && c != '[') continue;
        if (closed-- > 0) continue;
        return c == '{' && opens_block(text_before(code, i - 1));
    }
    return true;
}

bool begins_operand(std::string_view before) {
    if (before.empty()) return false;
    const std::string_view word = last_word(before);
    if (!word.empty()) return word != "else" && word != "do";
    if (before.back() == '=')
        // Not a comparison, and not += or its like, which read what they change.
        return before.size() > 1 &&
               std::string_view("=!<>+-*/%&|^").find(before[before.size() - 2]) !=
                   std::string_view::npos;
    if (before.back() == ':') {
        // A label, or the second half of a condition.
        const std::size_t statement = before.find_last_of(";{}");
        return before.substr(statement + 1).find('?') != std::string_view::npos;
    }
    return std::string_view(";{})").find(before.back()) == std::string_view::npos;
}

/// Whether an operator follows before the statement ends: `co_await a && b`.
bool is_followed_by_operator(std::string_view rest) {
    int depth = 0;
    for (std::size_t i = 0; i + 1 < rest.size(); ++i) {
        const char c = rest[i];
        if (c == '(' || c == '{' || c == '[') ++depth;
        if (c == ')' || c == '}' || c == ']') --depth;
        if (depth < 0 || (depth == 0 && c == ';')) return false;
        if (depth > 0) continue;
        const std::string_view two = rest.substr(i, 2);
        if (c == '?' || two == "&&" || two == "||" || two == "==" || two == "!=") return true;
    }
    return false;
}

}  // namespace

std::vector<std::size_t> awaits_used_as_operands(const std::string& code) {
    std::vector<std::size_t> lines;
    const std::string_view view = code;
    for (std::size_t place = view.find(keyword); place != std::string_view::npos;
         place = view.find(keyword, place + 1)) {
        const std::size_t end = place + keyword.size();
        const bool whole_word = (place == 0 || !is_word(view[place - 1])) &&
                                (end == view.size() || !is_word(view[end]));
        if (!whole_word) continue;
        if (!begins_operand(text_before(view, place)) && stands_in_block(view, place) &&
            !is_followed_by_operator(view.substr(end)))
            continue;
        lines.push_back(
            static_cast<std::size_t>(
                std::count(view.begin(), view.begin() + static_cast<std::ptrdiff_t>(place), '\n')) +
            1);
    }
    return lines;
}

}  // namespace twofifty
