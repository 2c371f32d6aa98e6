#include "harness/ledger/event_block.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <limits>
#include <type_traits>

namespace twofifty::harness {

namespace {

/// The fields that are numbers; the text is the last field.
constexpr std::size_t numbers_count = 14;
using Numbers = std::array<std::int64_t, numbers_count>;
/// Digits and sign of one number, and a comma.
constexpr std::size_t most_number_size = 21;

/// Takes a number where it fits the field; otherwise says so.
template <class Field>
bool fit(std::int64_t value, Field& field) {
    field = static_cast<Field>(value);
    return value >= 0 && value <= static_cast<std::int64_t>(std::numeric_limits<Field>::max());
}

template <class Enumeration>
bool fit(std::int64_t value, Enumeration& field, std::size_t count) {
    field = static_cast<Enumeration>(value);
    return value >= 0 && value < static_cast<std::int64_t>(count);
}

bool fill(const Numbers& numbers, Event& event) {
    event.at = at(Duration{numbers[0]});
    event.duration = Duration{numbers[11]};
    event.quantity = numbers[12];
    event.digest = std::bit_cast<std::uint64_t>(numbers[13]);
    return fit(numbers[1], event.kind, event_kind_names.size()) &&
           fit(numbers[2], event.phase, phase_names.size()) &&
           fit(numbers[3], event.outcome, outcome_names.size()) && fit(numbers[4], event.code) &&
           fit(numbers[5], event.node) && fit(numbers[6], event.message) &&
           fit(numbers[7], event.recipient) && fit(numbers[8], event.attempt) &&
           fit(numbers[9], event.connection) && fit(numbers[10], event.rule);
}

/// Writes a comma and the number, and says where it ended. Not a member of anything: the bytes it
/// writes could then be the place it keeps, and the compiler would read that anew each time.
template <class Integer>
char* put(char* to, Integer value) {
    *to++ = ',';
    // Most fields have one digit. For the others fmt is faster than g++ 12's to_chars.
    if (value >= 0 && value < 10) {
        *to++ = static_cast<char>('0' + value);
        return to;
    }
    const fmt::format_int digits(value);
    std::memcpy(to, digits.data(), digits.size());
    return to + digits.size();
}

bool needs_escape(char c) {
    return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
}

void append_text(std::string& to, std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    to += ",\"";
    while (true) {
        const auto special = std::find_if(text.begin(), text.end(), needs_escape);
        to.append(text.begin(), special);
        if (special == text.end()) break;
        const auto c = static_cast<unsigned char>(*special);
        to += "\\u00";
        to += digits[c >> 4];
        to += digits[c & 0xf];
        text.remove_prefix(static_cast<std::size_t>(special - text.begin()) + 1);
    }
    to += '"';
}

void append_event(const Event& event, std::string& text) {
    std::array<char, numbers_count * most_number_size> numbers;
    char* end = put(numbers.data(), event.at.time_since_epoch().count());
    end = put(end, static_cast<unsigned>(event.kind));
    // Behind these two, which each event has, zeros at the end are left out.
    char* used_end = end;
    const auto add = [&end, &used_end](auto value) {
        end = put(end, value);
        if (value != 0) used_end = end;
    };
    add(static_cast<unsigned>(event.phase));
    add(static_cast<unsigned>(event.outcome));
    add(unsigned{event.code});
    add(unsigned{event.node});
    add(event.message);
    add(event.recipient);
    add(event.attempt);
    add(event.connection);
    add(event.rule);
    add(event.duration.count());
    add(event.quantity);
    add(std::bit_cast<std::int64_t>(event.digest));
    // The text stands behind all numbers.
    if (!event.text.empty()) used_end = end;
    numbers.front() = '[';
    text.append(numbers.data(), used_end);
    if (!event.text.empty()) append_text(text, event.text);
    text += ']';
}

/// The value of two digits as append_text writes them; -1 for others.
int from_hex(std::string_view digits) {
    unsigned char value = 0;
    const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    return ec == std::errc() && end == digits.data() + digits.size() ? value : -1;
}

/// Takes a quoted text off the front of `rest`.
bool take_quoted(std::string_view& rest, std::string& text) {
    text.clear();
    rest.remove_prefix(1);
    while (true) {
        const std::size_t plain = rest.find_first_of("\"\\");
        if (plain == std::string_view::npos) return false;
        text.append(rest.substr(0, plain));
        const bool ends = rest[plain] == '"';
        rest.remove_prefix(plain + 1);
        if (ends) return true;
        constexpr std::string_view escape = "u00";
        const int value = rest.starts_with(escape) ? from_hex(rest.substr(escape.size(), 2)) : -1;
        if (value < 0) return false;
        text += static_cast<char>(value);
        rest.remove_prefix(escape.size() + 2);
    }
}

}  // namespace

void write_block(std::span<const Event> events, std::string& text) {
    text.clear();
    text += '[';
    for (const Event& event : events) {
        if (text.size() > 1) text += ',';
        append_event(event, text);
    }
    text += ']';
}

bool BlockReader::take(char expected) {
    if (rest_.empty() || rest_.front() != expected) return false;
    rest_.remove_prefix(1);
    return true;
}

BlockReader::Found BlockReader::next(Event& event) {
    const bool first = !begun_;
    if (first && !take('[')) return Found::damage;
    begun_ = true;
    if (take(']')) return rest_.empty() ? Found::end : Found::damage;
    if (!first && !take(',')) return Found::damage;
    return take_event(event) ? Found::event : Found::damage;
}

bool BlockReader::take_event(Event& event) {
    if (!take('[')) return false;
    Numbers numbers{};
    event.text.clear();
    for (std::size_t i = 0;; ++i) {
        if (i == numbers_count) {
            if (rest_.empty() || rest_.front() != '"' || !take_quoted(rest_, event.text))
                return false;
            return take(']') && fill(numbers, event);
        }
        const char* const begin = rest_.data();
        const auto [end, ec] = std::from_chars(begin, begin + rest_.size(), numbers[i]);
        if (ec != std::errc()) return false;
        rest_.remove_prefix(static_cast<std::size_t>(end - begin));
        if (take(']')) return fill(numbers, event);
        if (!take(',')) return false;
    }
}

}  // namespace twofifty::harness
