// The figures of a run that [expect] may name, and how a bound on one is written. docs/scenario.md
// lists them; harness/report knows their values, by canonical name.
#pragma once

#include "harness/scenario/scenario.hpp"
#include "settings/value.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace twofifty::harness {

/// What a figure counts, which decides what its bound looks like.
enum class FigureKind : std::uint8_t {
    count,  ///< "== 0", ">= 1".
    pairs,  ///< Of (message, recipient) pairs: also "<= 3%".
    time,   ///< Only with a unit: "< 1s". The value is in milliseconds.
};

struct Figure {
    /// The path in summary.json: "verdicts.duplicated", "latency_ms.data_done.p99",
    /// "rules.lose-250.fired".
    std::string canonical;
    FigureKind kind = FigureKind::count;
    /// The rule that the figure is about; empty for the others.
    std::string rule;

    bool operator==(const Figure&) const = default;
};

/// The figure of that name, short or canonical; nothing where there is none. Whether the rule
/// exists is not looked at.
std::optional<Figure> find_figure(std::string_view written);

/// Its canonical name; empty for an unknown figure.
std::string canonical_figure(std::string_view written);

/// Reads one line of [expect]. `place` stands in messages. Throws settings::Error for an unknown
/// figure (with the nearest known), a rule that is not among `rule_names`, or a bound that does
/// not fit the figure.
Expectation read_expectation(std::string_view figure, std::string_view bound,
                             const settings::Place& place,
                             std::span<const std::string_view> rule_names);

}  // namespace twofifty::harness
