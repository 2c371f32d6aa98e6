// The registry is the variant itself: what is listed there can be read, written and decided.
#include "netem/effects/effect.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

namespace twofifty::netem {
namespace {

constexpr std::size_t effect_count = std::variant_size_v<Effect>;

template <std::size_t... index>
constexpr std::array<std::string_view, effect_count> names_of(std::index_sequence<index...>) {
    return {std::variant_alternative_t<index, Effect>::name...};
}

constexpr std::array effect_names = names_of(std::make_index_sequence<effect_count>());

template <std::size_t index = 0>
Effect read_named(settings::Section& section, std::string_view name) {
    if constexpr (index + 1 < effect_count) {
        if (effect_names[index] != name) return read_named<index + 1>(section, name);
    }
    return std::variant_alternative_t<index, Effect>::read(section);
}

}  // namespace

Effect read_effect(settings::Section& section) {
    const std::vector<std::string> keys = section.keys();
    const std::string known = fmt::format("{}", fmt::join(effect_names, ", "));
    for (const std::string& key : keys) {
        if (std::ranges::find(effect_names, key) != effect_names.end()) continue;
        const std::string near = settings::nearest(key, effect_names);
        if (near.empty()) section.fail(key, "unknown effect; known: " + known);
        section.fail(key, fmt::format("unknown effect; did you mean \"{}\"?", near));
    }
    if (keys.empty())
        throw settings::Error(section.place(),
                              section.path() + ": no effect; expected one of " + known);
    if (keys.size() > 1)
        section.fail(keys[1], fmt::format("a rule has one effect, and here is {} already; write a "
                                          "rule for each",
                                          keys[0]));
    return read_named(section, keys.front());
}

std::string to_toml(const Effect& effect) {
    return std::visit(
        [](const auto& one) { return fmt::format("{{ {} = {} }}", one.name, one.to_toml()); },
        effect);
}

std::string_view name_of(const Effect& effect) {
    return effect_names[effect.index()];
}

Verdict decide(const Effect& effect, world::Random& random) {
    return std::visit([&random](const auto& one) { return one.decide(random); }, effect);
}

}  // namespace twofifty::netem
