#include "harness/scenario/axis_values.hpp"

#include "settings/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace twofifty::harness {
namespace {

using settings::Value;

constexpr std::array text_kinds{AxisKind::duration, AxisKind::size, AxisKind::rate,
                                AxisKind::data_rate};
/// A double has no more.
constexpr int most_digits = 15;

std::optional<double> number_of(const Value& value, AxisKind kind) {
    if (kind == AxisKind::number) {
        if (const auto* whole = std::get_if<std::int64_t>(&value.data))
            return static_cast<double>(*whole);
        if (const auto* number = std::get_if<double>(&value.data)) return *number;
        return std::nullopt;
    }
    const auto* text = std::get_if<std::string>(&value.data);
    if (!text) return std::nullopt;
    if (kind == AxisKind::duration) {
        const std::optional<Duration> duration = settings::parse_duration(*text);
        if (duration) return to_seconds(*duration);
    }
    if (kind == AxisKind::size) {
        const std::optional<std::uint64_t> size = settings::parse_size(*text);
        if (size) return static_cast<double>(*size);
    }
    if (kind == AxisKind::rate) return settings::parse_rate(*text);
    if (kind == AxisKind::data_rate) return settings::parse_data_rate(*text);
    return std::nullopt;
}

bool all_are(const std::vector<Value>& values, AxisKind kind) {
    return std::ranges::all_of(
        values, [kind](const Value& value) { return number_of(value, kind).has_value(); });
}

double rounded(double number, int digits) {
    const int magnitude = static_cast<int>(std::floor(std::log10(std::abs(number))));
    const double unit = std::pow(10.0, magnitude - digits + 1);
    return unit < 1 ? std::round(number * std::pow(10.0, digits - 1 - magnitude)) /
                          std::pow(10.0, digits - 1 - magnitude)
                    : std::round(number / unit) * unit;
}

/// A number of the kind's unit, as a user would have written it.
Value written(double number, AxisKind kind, bool whole) {
    switch (kind) {
        case AxisKind::duration:
            return {settings::format_duration(Duration{std::llround(number * 1e9)}), {}};
        case AxisKind::size:
            return {settings::format_size(static_cast<std::uint64_t>(std::llround(number))), {}};
        case AxisKind::data_rate: return {settings::format_data_rate(std::round(number)), {}};
        case AxisKind::rate: return {settings::format_rate(number), {}};
        case AxisKind::number:
        case AxisKind::words: break;
    }
    if (whole) return {static_cast<std::int64_t>(std::llround(number)), {}};
    return {number, {}};
}

}  // namespace

AxisKind kind_of(const std::vector<Value>& values) {
    if (all_are(values, AxisKind::number)) return AxisKind::number;
    const auto kind = std::ranges::find_if(
        text_kinds, [&](AxisKind candidate) { return all_are(values, candidate); });
    return kind == text_kinds.end() ? AxisKind::words : *kind;
}

AxisValue axis_value(const Value& value, AxisKind kind) {
    AxisValue result;
    result.toml = settings::to_toml(value);
    const auto* text = std::get_if<std::string>(&value.data);
    result.shown = text ? *text : result.toml;
    result.number = number_of(value, kind).value_or(0);
    return result;
}

std::string to_words(AxisKind kind) {
    switch (kind) {
        case AxisKind::number: return "a number";
        case AxisKind::duration: return "a duration";
        case AxisKind::size: return "a size";
        case AxisKind::rate: return "a rate";
        case AxisKind::data_rate: return "a data rate";
        case AxisKind::words: break;
    }
    return "neither a number nor a quantity";
}

std::optional<std::vector<Value>> values_between(const Value& from, const Value& to, AxisKind kind,
                                                 std::uint32_t steps, bool logarithmic) {
    const double low = *number_of(from, kind);
    const double high = *number_of(to, kind);
    const bool whole = std::holds_alternative<std::int64_t>(from.data) &&
                       std::holds_alternative<std::int64_t>(to.data);
    // Even steps of equal width need a digit more to look even.
    for (int digits = logarithmic ? 2 : 3; digits <= most_digits; ++digits) {
        std::vector<Value> values{from};
        double last = low;
        bool apart = true;
        for (std::uint32_t step = 1; step + 1 < steps; ++step) {
            const double share = static_cast<double>(step) / (steps - 1);
            const double exact =
                logarithmic ? low * std::pow(high / low, share) : low + (high - low) * share;
            Value value = written(exact == 0 ? 0 : rounded(exact, digits), kind, whole);
            const double number = number_of(value, kind).value_or(last);
            apart = apart && number > last && number < high;
            last = number;
            values.push_back(std::move(value));
        }
        values.push_back(to);
        if (apart) return values;
    }
    return std::nullopt;
}

}  // namespace twofifty::harness
