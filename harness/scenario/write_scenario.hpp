#pragma once

#include "harness/scenario/scenario.hpp"

#include <string>

namespace twofifty::harness {

/// The scenario as TOML with every default shown, the question in front. parse_scenario reads it
/// back as the same scenario, wherever the file lies.
std::string to_toml(const Scenario& scenario);

}  // namespace twofifty::harness
