#include "harness/diagnose/span_text.hpp"

#include <fmt/format.h>

namespace twofifty::harness {
namespace {

/// Two parts of a time, the lesser one only where there is any of it.
std::string in_two(std::int64_t great, const char* great_unit, std::int64_t less,
                   const char* less_unit) {
    if (less == 0) return fmt::format("{} {}", great, great_unit);
    return fmt::format("{} {} {} {}", great, great_unit, less, less_unit);
}

/// Up to so many decimals, none of them a trailing zero.
std::string decimal(double value, int digits) {
    std::string text = fmt::format("{:.{}f}", value, digits);
    if (text.find('.') == std::string::npos) return text;
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text;
}

}  // namespace

std::string span_text(Duration span) {
    const double ms = static_cast<double>(span.count()) / 1e6;
    if (ms < 10) return decimal(ms, 2) + " ms";
    if (ms < 999.5) return decimal(ms, 0) + " ms";
    if (ms < 9'995) return decimal(ms / 1000, 2) + " s";
    if (ms < 99'950) return decimal(ms / 1000, 1) + " s";
    const auto seconds = static_cast<std::int64_t>(ms / 1000 + 0.5);
    if (seconds < 7200) return in_two(seconds / 60, "min", seconds % 60, "s");
    const std::int64_t minutes = (seconds + 30) / 60;
    if (minutes < 48 * 60) return in_two(minutes / 60, "h", minutes % 60, "min");
    const std::int64_t hours = (minutes + 30) / 60;
    return in_two(hours / 24, "d", hours % 24, "h");
}

std::string rough_span(Duration span) {
    std::int64_t unit = 1;
    while (span.count() / unit >= 100) unit *= 10;
    return span_text(Duration{(span.count() + unit / 2) / unit * unit});
}

}  // namespace twofifty::harness
