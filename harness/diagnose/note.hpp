// A diagnosis as a note for somebody who has to act on it: the cause in the first line, then what
// it rests on, what would have prevented it, and what cannot be told. Nothing wider than 100
// columns.
#pragma once

#include "harness/diagnose/diagnosis.hpp"

#include <string>
#include <string_view>

namespace twofifty::harness {

std::string write_note(const Diagnosis& diagnosis);

/// The same for machines: one object, keys in one order.
std::string write_diagnosis_json(const Diagnosis& diagnosis);

/// "busy_servers" -> "The servers took longer to answer the final dot than senders wait".
std::string_view describe(Cause cause);
std::string_view describe(Reason reason);

}  // namespace twofifty::harness
