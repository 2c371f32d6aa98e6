// Distributions as users write them: "300ms", or { distribution = "lognormal", median = "300ms",
// sigma = 1.2, max = "60s" }. Every part that reads a random quantity reads it here.
#pragma once

#include "settings/section.hpp"
#include "world/distribution.hpp"

#include <string>
#include <string_view>

namespace twofifty::netem {

/// What the numbers of a distribution count: nanoseconds, written as durations, or bytes, written
/// as sizes.
enum class Quantity : std::uint8_t { time, size };

/// The range of every duration or size in a distribution, in nanoseconds or bytes.
struct QuantityRange {
    double least = 0;
    double most = 0;
};

/// Reads `key` of the section as one value or as a distribution's table; `absent` where there is
/// no such key. Throws settings::Error.
world::Distribution read_distribution(settings::Section& section, std::string_view key,
                                      Quantity quantity, QuantityRange range,
                                      const world::Distribution& absent = {});

/// The same of a distribution's table, which may hold other keys beside: the caller ends it with
/// finish().
world::Distribution read_distribution_table(settings::Section& table, Quantity quantity,
                                            QuantityRange range);

/// The distribution as a TOML value that read_distribution reads back as the same one.
std::string to_toml(const world::Distribution& distribution, Quantity quantity);

}  // namespace twofifty::netem
