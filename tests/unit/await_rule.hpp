// The rule on co_await. g++ 12.2 lays out a coroutine's frame wrongly where the result of co_await
// is an operand: what it waited for is destroyed twice, or never. Its result must be named in a
// statement of its own before it is used.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace twofifty {

/// The lines, from 1, on which a co_await is neither a whole statement nor all of what a variable
/// is set to. `code` is without comments and texts.
std::vector<std::size_t> awaits_used_as_operands(const std::string& code);

}  // namespace twofifty
