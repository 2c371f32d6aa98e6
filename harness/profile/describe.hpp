// Profiles as text for people: a list of all, one with its sources, two side by side.
#pragma once

#include "harness/profile/profile.hpp"

#include <span>
#include <string>

namespace twofifty::harness {

/// One line a profile: name, server, what its after-dot timeout and its rule for retries are, and
/// how many of its figures are documented, read in code, second hand, assumed.
std::string describe_profiles(std::span<const Profile> profiles);

/// Every figure with its grade and source; what is assumed stands last, under a heading of its own.
std::string describe_profile(const Profile& profile);

/// The figures in which they differ.
std::string describe_difference(const Profile& first, const Profile& second);

}  // namespace twofifty::harness
