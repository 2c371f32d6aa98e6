// Quantities are read as exact decimals: "0.1s" is 100 000 000 ns, and what would need a part of a
// nanosecond or of a byte is refused, not rounded.
#include "settings/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace twofifty::settings {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::uint64_t second = 1'000'000'000;
constexpr std::uint64_t minute = 60 * second;
constexpr std::uint64_t hour = 60 * minute;
constexpr std::uint64_t day = 24 * hour;
constexpr std::uint64_t longest_duration = 36'525 * day;
constexpr std::uint64_t largest_size = 1ULL << 40;
constexpr double highest_rate = 1e7;

struct Unit {
    std::string_view name;
    std::uint64_t factor;
};

constexpr std::array duration_units{Unit{"d", day},    Unit{"h", hour},      Unit{"m", minute},
                                    Unit{"s", second}, Unit{"ms", 1000'000}, Unit{"us", 1000},
                                    Unit{"ns", 1}};
constexpr std::array size_units{Unit{"TiB", 1ULL << 40},  Unit{"GiB", 1ULL << 30},
                                Unit{"MiB", 1ULL << 20},  Unit{"KiB", 1ULL << 10},
                                Unit{"GB", 1000'000'000}, Unit{"MB", 1000'000},
                                Unit{"kB", 1000},         Unit{"B", 1}};
constexpr std::array rate_units{Unit{"s", 1}, Unit{"m", 60}, Unit{"h", 3600}};

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// A decimal number in front of `text`, which is cut behind it: digits * 10^-decimals.
struct Decimal {
    std::uint64_t digits = 0;
    unsigned decimals = 0;
};

std::optional<Decimal> take_decimal(std::string_view& text) {
    // 18 digits fit 64 bits, and more than any quantity here needs.
    constexpr std::size_t most_digits = 18;
    Decimal result;
    std::size_t length = 0;
    std::size_t digit_count = 0;
    bool in_fraction = false;
    for (; length < text.size(); ++length) {
        const char c = text[length];
        if (c == '.' && !in_fraction && length > 0) {
            in_fraction = true;
        } else if (is_digit(c)) {
            if (++digit_count > most_digits) return std::nullopt;
            result.digits = result.digits * 10 + static_cast<std::uint64_t>(c - '0');
            if (in_fraction) ++result.decimals;
        } else {
            break;
        }
    }
    if (digit_count == 0 || (in_fraction && result.decimals == 0)) return std::nullopt;
    text.remove_prefix(length);
    return result;
}

std::optional<std::uint64_t> scaled(const Decimal& decimal, std::uint64_t factor,
                                    std::uint64_t most) {
    Wide divisor = 1;
    for (unsigned i = 0; i < decimal.decimals; ++i) divisor *= 10;
    const Wide product = static_cast<Wide>(decimal.digits) * factor;
    if (product % divisor != 0 || product / divisor > most) return std::nullopt;
    return static_cast<std::uint64_t>(product / divisor);
}

/// The letters in front of `text`, which is cut behind them.
std::string_view take_letters(std::string_view& text) {
    const auto end = std::ranges::find_if(
        text, [](char c) { return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')); });
    const auto length = static_cast<std::size_t>(end - text.begin());
    const std::string_view letters = text.substr(0, length);
    text.remove_prefix(length);
    return letters;
}

/// `value` / 10^9-style decimals without trailing zeros: 1500 of 1000 is "1.5".
std::string decimal_text(std::uint64_t value, std::uint64_t factor) {
    std::string text = fmt::format("{}", value / factor);
    std::uint64_t rest = value % factor;
    if (rest == 0) return text;
    text += '.';
    while (rest != 0) {
        rest *= 10;
        text += static_cast<char>('0' + rest / factor);
        rest %= factor;
    }
    return text;
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
    if (text == "0") return Duration{};
    if (text.empty()) return std::nullopt;
    std::uint64_t sum = 0;
    std::size_t next_unit = 0;
    while (!text.empty()) {
        const std::optional<Decimal> decimal = take_decimal(text);
        if (!decimal) return std::nullopt;
        const std::string_view name = take_letters(text);
        // From large to small, each once: "5m5m" is a slip, not ten minutes.
        const auto unit =
            std::find_if(duration_units.begin() + next_unit, duration_units.end(),
                         [&](const Unit& candidate) { return candidate.name == name; });
        if (unit == duration_units.end()) return std::nullopt;
        next_unit = static_cast<std::size_t>(unit - duration_units.begin()) + 1;
        const std::optional<std::uint64_t> part = scaled(*decimal, unit->factor, longest_duration);
        if (!part) return std::nullopt;
        sum += *part;
        if (sum > longest_duration) return std::nullopt;
    }
    return Duration{static_cast<std::int64_t>(sum)};
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
    const std::optional<Decimal> decimal = take_decimal(text);
    if (!decimal) return std::nullopt;
    const auto unit = std::ranges::find(size_units, text, &Unit::name);
    if (unit == size_units.end()) return std::nullopt;
    return scaled(*decimal, unit->factor, largest_size);
}

std::optional<double> parse_rate(std::string_view text) {
    double number = 0;
    if (text.empty() || !is_digit(text.front())) return std::nullopt;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (!text.starts_with('/')) return std::nullopt;
    const auto unit = std::ranges::find(rate_units, text.substr(1), &Unit::name);
    if (unit == rate_units.end()) return std::nullopt;
    const double rate = number / static_cast<double>(unit->factor);
    if (!(rate > 0) || rate > highest_rate) return std::nullopt;
    return rate;
}

std::optional<double> parse_data_rate(std::string_view text) {
    if (!text.ends_with("/s")) return std::nullopt;
    text.remove_suffix(2);
    const std::optional<std::uint64_t> size = parse_size(text);
    if (!size || *size == 0) return std::nullopt;
    return static_cast<double>(*size);
}

std::string format_duration(Duration duration) {
    if (duration < Duration{}) return "-" + format_duration(-duration);
    auto left = static_cast<std::uint64_t>(duration.count());
    if (left == 0) return "0s";
    if (left < 1000) return fmt::format("{}ns", left);
    if (left < 1000'000) return decimal_text(left, 1000) + "us";
    if (left < second) return decimal_text(left, 1000'000) + "ms";
    std::string text;
    for (const Unit& unit : duration_units) {
        if (unit.factor <= second) break;
        if (left >= unit.factor) text += fmt::format("{}{}", left / unit.factor, unit.name);
        left %= unit.factor;
    }
    if (left != 0) text += decimal_text(left, second) + "s";
    return text;
}

std::string format_size(std::uint64_t bytes) {
    if (bytes == 0) return "0B";
    for (const Unit& unit : size_units) {
        const bool is_binary = unit.name.size() == 3;
        if (is_binary && bytes % unit.factor == 0)
            return fmt::format("{}{}", bytes / unit.factor, unit.name);
    }
    return fmt::format("{}B", bytes);
}

std::string format_rate(double per_second) {
    return fmt::format("{}/s", per_second);
}

std::string format_data_rate(double bytes_per_second) {
    return format_size(static_cast<std::uint64_t>(bytes_per_second)) + "/s";
}

}  // namespace twofifty::settings
