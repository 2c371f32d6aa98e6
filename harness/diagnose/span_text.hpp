// How long something took, as people say it.
#pragma once

#include "record/time.hpp"

#include <string>

namespace twofifty::harness {

/// "412 ms", "2.35 s", "30 s", "4 min 20 s", "2 h 05 min", "3 d 4 h".
std::string span_text(Duration span);

/// The same of the nearest value with two significant digits: timers that differ by the way of a
/// few bytes are one timer.
std::string rough_span(Duration span);

}  // namespace twofifty::harness
