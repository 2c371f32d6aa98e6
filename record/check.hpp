#pragma once

/// An invariant that holds in every build. A broken one is a bug in twofifty, never bad input: it
/// stops the program and names the place.
#define TF_CHECK(condition)                              \
    (static_cast<bool>(condition) ? static_cast<void>(0) \
                                  : ::twofifty::check_failed(#condition, __FILE__, __LINE__))

namespace twofifty {

[[noreturn]] void check_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace twofifty
