// The profiles of receivers: put under what the scenario says of them, before it is read.
#pragma once

#include "settings/value.hpp"

#include <string>
#include <vector>

namespace twofifty::harness {

/// Completes [target.reference], and each [[target.receiver]], by the keys of the profile that it
/// names, where neither of the two says them. Adds to `assumptions`. Throws settings::Error for an
/// unknown profile.
void put_receiver_profiles(settings::Value& root, const std::string& folder,
                           std::vector<std::string>& assumptions);

}  // namespace twofifty::harness
