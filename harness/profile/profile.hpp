// A profile: what is known of one mail server as a sender or as a receiver, figure by figure, each
// with its source. It is data (profiles/), a tree of the very keys that a scenario has; the program
// carries all of them in itself. docs/profiles.md is its manual.
#pragma once

#include "settings/value.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::harness {

enum class Role : std::uint8_t { sender, receiver };
inline constexpr std::array role_names{std::string_view{"sender"}, std::string_view{"receiver"}};

/// How much a figure can be relied on.
enum class Grade : std::uint8_t { documented, read_in_code, measured, second_hand, assumed };
inline constexpr std::array grade_names{
    std::string_view{"documented"},  std::string_view{"read_in_code"}, std::string_view{"measured"},
    std::string_view{"second_hand"}, std::string_view{"assumed"},
};

struct ProfileFigure {
    std::string key{};  ///< Dotted, as in a scenario: "timeouts.data_done".
    settings::Value value{};
    Grade grade = Grade::assumed;
    std::string source{};   ///< Where it stands; of an assumed one: why it was chosen.
    std::string note{};     ///< May be empty.
    std::string version{};  ///< Where it holds for another version than the profile's.
};

struct Profile {
    std::string name{};
    Role role = Role::sender;
    std::string title{};
    std::string version{};
    std::string note{};
    std::string characteristic{};  ///< The first comment of its file.
    std::vector<ProfileFigure> figures{};

    /// The figures' values as a tree of settings, each at its place in the profile's file.
    settings::Table tree() const;
};

/// The names of the profiles that the program carries, in alphabetical order.
std::vector<std::string_view> profile_names(Role role);

/// The profile of that name, or in that file where the name holds a "/" or ends in ".toml"
/// (relative to `folder`). Throws settings::Error: where there is none, with the nearest name and
/// with `place` and `key`, where it was asked for; with the profile's own place where a figure
/// lacks its source, or is no figure.
Profile load_profile(Role role, const std::string& name, const settings::Place& place = {},
                     std::string_view key = "profile", const std::string& folder = "");

/// Reads one. Throws settings::Error.
Profile read_profile(Role role, const std::string& name, std::string_view text,
                     const std::string& source);

/// "180s", "[1m, 2m]", "true": a figure's value in a few words.
std::string in_words(const settings::Value& value);

}  // namespace twofifty::harness
