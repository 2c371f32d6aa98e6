// What [sweep] of a scenario asks: which keys vary, over which values, how often each cell is
// repeated, and what the recommended value must hold. A run ignores it.
#pragma once

#include "harness/scenario/expectation.hpp"
#include "settings/value.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::harness {

/// What all values of an axis are. Anything but words has an order and a place on a scale.
enum class AxisKind : std::uint8_t { words, number, duration, size, rate, data_rate };

struct AxisValue {
    std::string toml{};   ///< `"5s"`, `4`, `{ drop = "reply" }`.
    std::string shown{};  ///< For people: a text without its quotes.
    /// In seconds, bytes, or a second; 0 where the axis has words.
    double number = 0;

    bool operator==(const AxisValue&) const = default;
};

/// For messages. Where an axis stood is no part of what it says.
struct AxisPlaces {
    settings::Place key{};
    std::vector<settings::Place> values{};

    bool operator==(const AxisPlaces&) const { return true; }
};

struct SweepAxis {
    std::string key{};    ///< As in --set: "fleet.timeouts.data_done".
    std::string label{};  ///< Of its column; differs from that of every other axis.
    AxisKind kind = AxisKind::words;
    std::vector<AxisValue> values{};
    AxisPlaces places{};

    bool operator==(const SweepAxis&) const = default;
};

struct Sweep {
    /// The axes go together, value by value; else every value meets every other.
    bool paired = false;
    std::uint32_t seeds = 3;  ///< Runs of each cell: the scenario's seed, and those after it.
    /// The place among `axes` of the one along which a value is recommended.
    std::optional<std::size_t> timeout{};
    /// A share of pairs that may not be exceeded.
    std::optional<Expectation> bound{};
    std::vector<SweepAxis> axes{};

    bool operator==(const Sweep&) const = default;
};

/// How many combinations of values there are, each repeated over the seeds; at most 2^63.
std::uint64_t cells_of(const Sweep& sweep);

}  // namespace twofifty::harness
