// The pictures of a sweep: a line with its confidence band where one axis varies, a heat map where
// several do. Colours are told apart by the colour-blind (Okabe and Ito; ColorBrewer's Blues), and
// nothing is said by colour alone.
#pragma once

#include "harness/sweep/sweep_result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace twofifty::harness {

inline constexpr std::string_view chart_ink = "#1d2430";
inline constexpr std::string_view chart_soft = "#5b6675";
inline constexpr std::string_view chart_grid = "#e3e7ed";
inline constexpr std::string_view chart_line = "#0072b2";
inline constexpr std::string_view chart_hours = "#56606e";
inline constexpr std::string_view chart_cliff = "#d55e00";
inline constexpr std::string_view chart_recommended = "#007a5a";

/// Duplicates over the one axis, and the connection hours below.
std::string line_chart(const SweepResult& result);

/// Duplicates as coloured cells, each with its figure. REQUIRES: matrix_of(result).
std::string heat_map(const SweepResult& result);

/// Round numbers from 0 to at least `most`, about five of them.
std::vector<double> round_ticks(double most);

/// What stands at a tick or in a small cell: "0", "0.5", "12", "312".
std::string tick_text(double number);

/// The share that the bound names, per thousand; 0 without one, or where it is about another
/// figure.
double bound_per_thousand(const SweepResult& result);

}  // namespace twofifty::harness
