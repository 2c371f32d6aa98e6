// What a scenario relies on that nobody knows: the assumed figures of the profiles it uses.
#pragma once

#include "harness/profile/profile.hpp"
#include "settings/value.hpp"

#include <string>
#include <vector>

namespace twofifty::harness {

/// Adds what a report must say of a profile that was asked for: its figures that nobody knows, as
/// far as they stand in `used`, the tree that is read, and were not replaced there.
void note_assumptions(const Profile& profile, const settings::Table& used,
                      std::vector<std::string>& assumptions);

}  // namespace twofifty::harness
