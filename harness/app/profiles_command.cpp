// `twofifty profiles`: what the program knows of real servers.
#include "harness/app/commands.hpp"
#include "harness/profile/describe.hpp"
#include "settings/section.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace twofifty::harness {
namespace {

constexpr std::array roles{Role::sender, Role::receiver};

/// The roles that are asked for; both where none is.
std::vector<Role> chosen_roles(const std::string& role) {
    if (role.empty()) return {roles.begin(), roles.end()};
    return {role == "sender" ? Role::sender : Role::receiver};
}

bool is_known(Role role, const std::string& name) {
    const auto names = profile_names(role);
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// The roles in which every one of the names has a profile. Throws where there is none.
std::vector<Role> roles_of(const std::vector<std::string>& names, const std::string& role) {
    std::vector<Role> found;
    for (const Role candidate : chosen_roles(role))
        if (std::ranges::all_of(names, [&](const auto& name) { return is_known(candidate, name); }))
            found.push_back(candidate);
    if (!found.empty()) return found;
    for (const std::string& name : names)
        if (role.empty() ? !is_known(Role::sender, name) && !is_known(Role::receiver, name)
                         : !is_known(chosen_roles(role).front(), name))
            load_profile(chosen_roles(role).front(), name, {.source = "profiles"}, name);
    throw CommandError(ExitCode::bad_input,
                       fmt::format("{} and {} are not profiles of one role; see twofifty profiles",
                                   names.front(), names.back()));
}

}  // namespace

ExitCode profiles_list_command() {
    std::vector<Profile> profiles;
    for (const Role role : roles)
        for (const std::string_view name : profile_names(role))
            profiles.push_back(load_profile(role, std::string(name)));
    fmt::print("{}", describe_profiles(profiles));
    return ExitCode::passed;
}

ExitCode profiles_show_command(const std::string& name, const std::string& role) {
    std::string text;
    for (const Role found : roles_of({name}, role))
        text += (text.empty() ? "" : "\n") + describe_profile(load_profile(found, name));
    fmt::print("{}", text);
    return ExitCode::passed;
}

ExitCode profiles_diff_command(const std::string& first, const std::string& second,
                               const std::string& role) {
    std::string text;
    for (const Role found : roles_of({first, second}, role))
        text += (text.empty() ? "" : "\n") +
                describe_difference(load_profile(found, first), load_profile(found, second));
    fmt::print("{}", text);
    return ExitCode::passed;
}

}  // namespace twofifty::harness
