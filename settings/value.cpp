#include "settings/value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace twofifty::settings {
namespace {

constexpr std::size_t longest_shown = 60;

/// A key that TOML takes without quotes.
bool is_bare(std::string_view key) {
    return !key.empty() && std::ranges::all_of(key, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '-' || c == '_';
    });
}

/// TOML tells 2.0 from 2, and spells what is no number.
std::string toml_number(double number) {
    if (std::isnan(number)) return "nan";
    if (std::isinf(number)) return number < 0 ? "-inf" : "inf";
    std::string text = fmt::format("{}", number);
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    return text;
}

}  // namespace

std::string to_string(const Place& place) {
    if (place.line == 0) return place.source;
    return fmt::format("{}:{}:{}", place.source, place.line, place.column);
}

Error::Error(const Place& place, const std::string& message)
    : std::runtime_error(to_string(place) + ": " + message) {}

const Table::Entry* Table::find(std::string_view key) const {
    const auto found = std::ranges::find(entries, key, &Entry::key);
    return found == entries.end() ? nullptr : &*found;
}

Table::Entry* Table::find(std::string_view key) {
    const auto found = std::ranges::find(entries, key, &Entry::key);
    return found == entries.end() ? nullptr : &*found;
}

std::string_view Value::kind() const {
    static constexpr std::array<std::string_view, 6> kinds{
        "true or false", "a whole number", "a number", "a text", "a list", "a table"};
    return kinds[data.index()];
}

std::string toml_text(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        switch (c) {
            case '"': result += "\\\""; break;
            case '\\': result += "\\\\"; break;
            case '\n': result += "\\n"; break;
            case '\r': result += "\\r"; break;
            case '\t': result += "\\t"; break;
            default:
                if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
                    result += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
                else
                    result += c;
        }
    }
    return result + '"';
}

std::string to_toml(const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value.data)) return toml_text(*text);
    if (const auto* whole = std::get_if<std::int64_t>(&value.data))
        return fmt::format("{}", *whole);
    if (const auto* number = std::get_if<double>(&value.data)) return toml_number(*number);
    if (const auto* flag = std::get_if<bool>(&value.data)) return *flag ? "true" : "false";
    std::string result;
    if (const auto* list = std::get_if<List>(&value.data)) {
        for (const Value& element : *list)
            result += (result.empty() ? "" : ", ") + to_toml(element);
        return "[" + result + "]";
    }
    const auto& table = std::get<Table>(value.data);
    if (table.entries.empty()) return "{}";
    for (const Table::Entry& entry : table.entries) {
        result += fmt::format("{} {} = {}", result.empty() ? "" : ",",
                              is_bare(entry.key) ? entry.key : toml_text(entry.key),
                              to_toml(entry.value));
    }
    return "{" + result + " }";
}

std::string describe(const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value.data)) {
        if (text->size() <= longest_shown) return "the text " + toml_text(*text);
        // Cut between characters, not inside one.
        std::size_t end = longest_shown;
        while (end > 0 && (static_cast<unsigned char>((*text)[end]) & 0xc0) == 0x80) --end;
        return "the text " + toml_text(text->substr(0, end)) + "...";
    }
    if (const auto* whole = std::get_if<std::int64_t>(&value.data))
        return fmt::format("the number {}", *whole);
    if (const auto* number = std::get_if<double>(&value.data))
        return fmt::format("the number {}", *number);
    if (const auto* flag = std::get_if<bool>(&value.data)) return *flag ? "true" : "false";
    return std::string(value.kind());
}

}  // namespace twofifty::settings
