// The values of one axis of a sweep: of what kind they are, and those that lie between two ends.
// Steps between two ends are rounded, since nobody sets a timeout of 11.9384 s.
#pragma once

#include "harness/scenario/sweep.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace twofifty::harness {

/// What all of them are; words where they differ, or are tables, lists or flags.
AxisKind kind_of(const std::vector<settings::Value>& values);

/// A value as the axis holds it. REQUIRES: it is of that kind.
AxisValue axis_value(const settings::Value& value, AxisKind kind);

/// "a duration", "a size", ...: for messages.
std::string to_words(AxisKind kind);

/// `steps` values from one end to the other, both included, evenly spaced on a linear or a
/// logarithmic scale. Those between are rounded to as few digits as keep them apart, whole where
/// the ends are whole numbers, bytes or nanoseconds. Nothing where so many do not fit between.
/// REQUIRES: two values of one kind, no words, the first below the second, above 0 where
/// logarithmic; two steps or more.
std::optional<std::vector<settings::Value>> values_between(const settings::Value& from,
                                                           const settings::Value& to, AxisKind kind,
                                                           std::uint32_t steps, bool logarithmic);

}  // namespace twofifty::harness
