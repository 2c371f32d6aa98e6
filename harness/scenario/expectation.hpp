#pragma once

#include <cstdint>
#include <string>

namespace twofifty::harness {

enum class Comparison : std::uint8_t {
    equal,
    not_equal,
    less,
    less_or_equal,
    greater,
    greater_or_equal
};

/// One line of [expect]: a figure of the summary and its bound.
struct Expectation {
    std::string figure{};  ///< As written: "lost", "latency.data_done.p99", "fired.lose-250".
    std::string bound{};   ///< As written: "<= 3%".
    Comparison comparison = Comparison::equal;
    double value = 0;      ///< In the figure's own unit (count, ms); a share (0.03) where percent.
    bool percent = false;  ///< Of all (message, recipient) pairs.

    bool operator==(const Expectation&) const = default;
};

}  // namespace twofifty::harness
