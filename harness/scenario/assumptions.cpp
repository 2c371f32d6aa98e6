#include "harness/scenario/assumptions.hpp"

#include "settings/merge.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace twofifty::harness {

using settings::Table;
using settings::Value;

void note_assumptions(const Profile& profile, const Table& used,
                      std::vector<std::string>& assumptions) {
    std::string assumed;
    for (const ProfileFigure& figure : profile.figures) {
        const Value* const value = settings::find(used, figure.key);
        const bool own = value != nullptr && value->place.source == figure.value.place.source &&
                         value->place.line == figure.value.place.line;
        if (figure.grade != Grade::assumed || !own) continue;
        assumed +=
            fmt::format("{}{} {}", assumed.empty() ? "" : ", ", figure.key, in_words(figure.value));
    }
    if (assumed.empty()) return;
    const std::string_view role = role_names[static_cast<std::size_t>(profile.role)];
    std::string assumption =
        fmt::format("{} as a {}: assumed are {} (`twofifty profiles show {}` says why)",
                    profile.name, role, assumed, profile.name);
    if (std::find(assumptions.begin(), assumptions.end(), assumption) == assumptions.end())
        assumptions.push_back(std::move(assumption));
}

}  // namespace twofifty::harness
