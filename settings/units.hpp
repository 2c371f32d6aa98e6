// Quantities as users write them, with their units: "2s", "8KiB", "200/s", "3%".
#pragma once

#include "record/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace twofifty::settings {

/// "250us", "300ms", "2s", "1.5h", "5d", "1h30m": a number and ns, us, ms, s, m, h or d, several in
/// a row added up. Nothing for a negative, unit-less (except "0"), or unreadable one, or one over
/// 100 years.
std::optional<Duration> parse_duration(std::string_view text);

/// "512B", "8KiB", "10MiB", "1GiB", "100kB" (1000), in bytes. Nothing for anything else, or over 1
/// TiB.
std::optional<std::uint64_t> parse_size(std::string_view text);

/// "200/s", "30/m", "5/h": events per second. Nothing for anything else; above 0 and at most 1e7 a
/// second.
std::optional<double> parse_rate(std::string_view text);

/// "64KiB/s", "1MB/s": bytes per second. Nothing for anything else; from 1 byte to 1 TiB a second.
std::optional<double> parse_data_rate(std::string_view text);

/// The shortest text that parse_duration reads back as the same value ("90s" is "1m30s").
std::string format_duration(Duration duration);
std::string format_size(std::uint64_t bytes);
/// As "200/s".
std::string format_rate(double per_second);
/// As "64KiB/s"; parts of a byte are left out.
std::string format_data_rate(double bytes_per_second);

}  // namespace twofifty::settings
