// The evidence of a diagnosis, and its limits, in sentences.
#pragma once

#include "harness/diagnose/diagnosis.hpp"
#include "harness/diagnose/note_page.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace twofifty::harness {

void write_evidence(NotePage& page, const Diagnosis& diagnosis);

std::vector<std::string> limits_of(const Diagnosis& diagnosis);

/// "4.2 %", "< 0.1 %", "0 %".
std::string share_text(const Share& share);
/// "1 copy", "2 copies".
std::string number_of(std::uint64_t count, std::string_view one, std::string_view many);
/// "1 duplicate", "2 duplicates".
std::string duplicates(std::uint64_t count);

}  // namespace twofifty::harness
