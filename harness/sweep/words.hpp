// How the figures of a sweep are written, and what follows from it in sentences.
#pragma once

#include "harness/sweep/sweep_result.hpp"

#include <string>
#include <vector>

namespace twofifty::harness {

/// A share as so many per thousand: "312.4", "2.13", "0.044", "0".
std::string per_thousand(double share);

/// In few characters: "412us", "4.21s", "12.3m", "3.4h", "5.0d".
std::string short_time(double ms);

/// Three significant digits: "0.0421", "12.3", "1234".
std::string short_number(double number);

/// "[1.93, 2.41]", in shares per thousand.
std::string interval_text(const Interval& interval);

/// What a line came to in a few words: "falls off from 5s to 30s (312.4 to 0 per thousand);
/// recommended: 30s".
std::string line_in_short(const SweepResult& result, const SweepLine& line);

/// The same in whole sentences, with what the value costs against its neighbours.
std::vector<std::string> line_in_full(const SweepResult& result, const SweepLine& line);

/// What a reader must know beside the figures: cells that were not finished, that did not keep
/// their expectations or could not say, and what the intervals are.
std::vector<std::string> notes_on(const SweepResult& result);

}  // namespace twofifty::harness
