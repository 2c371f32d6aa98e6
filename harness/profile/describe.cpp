#include "harness/profile/describe.hpp"

#include "settings/units.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

namespace twofifty::harness {
namespace {

constexpr std::size_t line_width = 110;

/// The words of `text` in lines, each behind `indent`; the first line begins with `head`, which is
/// as wide.
std::string wrapped(std::string_view text, const std::string& head, const std::string& indent) {
    std::string result = head;
    std::size_t column = head.size();
    bool first = true;
    while (!text.empty()) {
        const std::size_t space = std::min(text.find(' '), text.size());
        const std::string_view word = text.substr(0, space);
        text.remove_prefix(std::min(space + 1, text.size()));
        if (word.empty()) continue;
        if (!first && column + 1 + word.size() > line_width) {
            result += "\n" + indent;
            column = indent.size();
        } else if (!first) {
            result += ' ';
            ++column;
        }
        result += word;
        column += word.size();
        first = false;
    }
    return result + "\n";
}

std::string value_of(const Profile& profile, std::string_view key) {
    for (const ProfileFigure& figure : profile.figures)
        if (figure.key == key) return in_words(figure.value);
    return {};
}

/// "600s" and "10m" are the same.
std::string comparable(const std::string& value) {
    const std::optional<Duration> duration = settings::parse_duration(value);
    return duration ? settings::format_duration(*duration) : value;
}

std::string_view name_of(Grade grade) {
    constexpr std::array names{std::string_view{"documented"}, std::string_view{"read in code"},
                               std::string_view{"measured"}, std::string_view{"second hand"},
                               std::string_view{"assumed"}};
    return names[static_cast<std::size_t>(grade)];
}

std::array<std::size_t, grade_names.size()> count_grades(const Profile& profile) {
    std::array<std::size_t, grade_names.size()> counts{};
    for (const ProfileFigure& figure : profile.figures)
        ++counts[static_cast<std::size_t>(figure.grade)];
    return counts;
}

std::string grades_in_words(const Profile& profile) {
    const auto counts = count_grades(profile);
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < counts.size(); ++i)
        if (counts[i] > 0)
            parts.push_back(fmt::format("{} {}", counts[i], name_of(static_cast<Grade>(i))));
    return fmt::format("{}", fmt::join(parts, ", "));
}

/// Figures one behind the other often share a source, which is then told once.
std::string describe_figure(const ProfileFigure& figure, const ProfileFigure* before) {
    const std::string indent(6, ' ');
    std::string text = fmt::format("  {:<28} {:<24} {}\n", figure.key, in_words(figure.value),
                                   name_of(figure.grade));
    const bool told = before != nullptr && before->source == figure.source &&
                      before->note == figure.note && before->version == figure.version;
    if (told) return text;
    if (!figure.source.empty()) text += wrapped(figure.source, indent, indent);
    if (!figure.version.empty()) text += wrapped("version " + figure.version, indent, indent);
    if (!figure.note.empty()) text += wrapped(figure.note, indent, indent);
    return text;
}

std::string heading(const Profile& profile) {
    std::string text = fmt::format(
        "{} as a {}: {}{}\n", profile.name, role_names[static_cast<std::size_t>(profile.role)],
        profile.title, profile.version.empty() ? "" : ", version " + profile.version);
    if (!profile.characteristic.empty()) text += wrapped(profile.characteristic, "  ", "  ");
    if (!profile.note.empty()) text += wrapped(profile.note, "  ", "  ");
    return text;
}

}  // namespace

std::string describe_profiles(std::span<const Profile> profiles) {
    std::string text;
    for (const Role role : {Role::sender, Role::receiver}) {
        const bool sender = role == Role::sender;
        text +=
            sender
                ? fmt::format("Senders (fleet.profile)\n  {:<16} {:<30} {:<10} {:<12} {:<15} {}\n",
                              "name", "server", "after dot", "timer", "retry", "figures")
                : fmt::format("Receivers (profile of a receiver)\n  {:<16} {:<30} {:<39} {}\n",
                              "name", "server", "work before the 250", "figures");
        for (const Profile& profile : profiles) {
            if (profile.role != role) continue;
            const std::string title = profile.title.substr(0, 30);
            if (sender) {
                text +=
                    fmt::format("  {:<16} {:<30} {:<10} {:<12} {:<15} {}\n", profile.name, title,
                                value_of(profile, "timeouts.data_done"), value_of(profile, "timer"),
                                value_of(profile, "retry.rule"), grades_in_words(profile));
            } else {
                text += fmt::format("  {:<16} {:<30} {:<39} {}\n", profile.name, title,
                                    value_of(profile, "service_time").substr(0, 39),
                                    grades_in_words(profile));
            }
        }
        if (sender) text += "\n";
    }
    return text + "\nprofiles show NAME explains one, with the source of each figure.\n";
}

std::string describe_profile(const Profile& profile) {
    std::string text = heading(profile) + "\n";
    const auto add = [&](bool assumed) {
        const ProfileFigure* before = nullptr;
        for (const ProfileFigure& figure : profile.figures) {
            if ((figure.grade == Grade::assumed) != assumed) continue;
            text += describe_figure(figure, before);
            before = &figure;
        }
    };
    add(false);
    if (count_grades(profile)[static_cast<std::size_t>(Grade::assumed)] > 0) {
        text += "\nAssumed, since nothing is known (a report that used them says so):\n";
        add(true);
    }
    return text + "\n  " + grades_in_words(profile) +
           ". What is not here is as in docs/scenario.md.\n";
}

std::string describe_difference(const Profile& first, const Profile& second) {
    std::vector<std::string> keys;
    std::set<std::string> seen;
    for (const Profile* profile : {&first, &second})
        for (const ProfileFigure& figure : profile->figures)
            if (seen.insert(figure.key).second) keys.push_back(figure.key);
    std::string text =
        fmt::format("{:<30} {:<32} {}\n",
                    "as a " + std::string(role_names[static_cast<std::size_t>(first.role)]),
                    first.name, second.name);
    std::size_t same = 0;
    for (const std::string& key : keys) {
        const std::string one = comparable(value_of(first, key));
        const std::string other = comparable(value_of(second, key));
        if (one == other) {
            ++same;
            continue;
        }
        const auto shown = [](const std::string& value) {
            return value.empty() ? "(default)" : value;
        };
        text += fmt::format("{:<30} {:<32} {}\n", key, shown(one), shown(other));
    }
    return text + fmt::format("{} figures are the same in both.\n", same);
}

}  // namespace twofifty::harness
