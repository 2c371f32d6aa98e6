// The files of profiles/ as texts in the program, so that it needs none of them beside it. Made by
// the build (cmake/EmbedProfiles.cmake).
#pragma once

#include "harness/profile/profile.hpp"

#include <span>
#include <string_view>

namespace twofifty::harness {

struct EmbeddedProfile {
    Role role = Role::sender;
    std::string_view name{};
    std::string_view text{};
};

std::span<const EmbeddedProfile> embedded_profiles();

}  // namespace twofifty::harness
