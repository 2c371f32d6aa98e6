// Defaults under what the user wrote: two trees become one, and every value keeps its place.
#pragma once

#include "settings/value.hpp"

#include <span>
#include <string_view>

namespace twofifty::settings {

/// `over` with the keys of `under` that it lacks, table by table; a list or a plain value of `over`
/// stands for itself.
Table merged(const Table& under, const Table& over);

/// The table without those keys.
Table without(const Table& table, std::span<const std::string_view> keys);

/// The value at a dotted path of keys that hold no dot; null where there is none.
const Value* find(const Table& table, std::string_view path);

}  // namespace twofifty::settings
