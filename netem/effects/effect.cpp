// What an effect can do is told by the functions it has, so a new one needs no line here.
#include "netem/effects/effect.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>

namespace twofifty::netem {
namespace {

constexpr std::size_t effect_count = std::variant_size_v<Effect>;

template <std::size_t... index>
constexpr std::array<std::string_view, effect_count> names_of(std::index_sequence<index...>) {
    return {std::variant_alternative_t<index, Effect>::name...};
}

constexpr std::array effect_names = names_of(std::make_index_sequence<effect_count>());

template <class T>
concept ActsOnReply = requires(const T& effect, const Sight& sight, world::Random& random) {
    effect.decide(sight, random);
};
template <class T>
concept ActsOnStream = std::is_base_of_v<StreamEffect, T>;
template <class T>
concept ActsOnAccept = requires(const T& effect, world::Random& random) {
    effect.admit(random);
};
template <class T>
concept ActsOnClose = requires(const T& effect) {
    effect.forwarding();
};

template <class T>
constexpr EffectKind kind_of_type() {
    static_assert(ActsOnReply<T> + ActsOnStream<T> + ActsOnAccept<T> + ActsOnClose<T> == 1);
    if (ActsOnReply<T>) return EffectKind::reply;
    if (ActsOnStream<T>) return EffectKind::stream;
    return ActsOnAccept<T> ? EffectKind::accept : EffectKind::close;
}

template <std::size_t... index>
constexpr std::array<EffectKind, effect_count> kinds_of(std::index_sequence<index...>) {
    return {kind_of_type<std::variant_alternative_t<index, Effect>>()...};
}

constexpr std::array effect_kinds = kinds_of(std::make_index_sequence<effect_count>());

template <std::size_t index = 0>
Effect read_named(settings::Section& section, std::string_view name) {
    if constexpr (index + 1 < effect_count) {
        if (effect_names[index] != name) return read_named<index + 1>(section, name);
    }
    return std::variant_alternative_t<index, Effect>::read(section);
}

}  // namespace

EffectKind kind_of(const Effect& effect) {
    return effect_kinds[effect.index()];
}

std::optional<EffectKind> kind_in(const settings::Section& effect) {
    for (const std::string& key : effect.keys()) {
        const auto found = std::ranges::find(effect_names, key);
        if (found != effect_names.end())
            return effect_kinds[static_cast<std::size_t>(found - effect_names.begin())];
    }
    return std::nullopt;
}

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

Verdict decide(const Effect& effect, const Sight& sight, world::Random& random) {
    return std::visit(
        [&]<class T>(const T& one) -> Verdict {
            if constexpr (ActsOnReply<T>) return one.decide(sight, random);
            return {};
        },
        effect);
}

void begin(const Effect& effect, PathState& state) {
    std::visit(
        [&]<class T>(const T& one) {
            if constexpr (ActsOnStream<T>) one.begin(state);
        },
        effect);
}

void pass(const Effect& effect, std::vector<Parcel>& parcels, TimePoint at, PathState& state) {
    std::visit(
        [&]<class T>(const T& one) {
            if constexpr (ActsOnStream<T>) one.pass(parcels, at, state);
        },
        effect);
}

TimePoint close(const Effect& effect, TimePoint at, PathState& state) {
    return std::visit(
        [&]<class T>(const T& one) -> TimePoint {
            if constexpr (ActsOnStream<T>) return one.close(at, state);
            return at;
        },
        effect);
}

bool removal_closes(const Effect& effect) {
    return std::visit(
        []<class T>(const T& one) {
            if constexpr (ActsOnStream<T>) return one.removal_closes();
            return false;
        },
        effect);
}

Admission admit(const Effect& effect, world::Random& random) {
    return std::visit(
        [&]<class T>(const T& one) -> Admission {
            if constexpr (ActsOnAccept<T>) return one.admit(random);
            return {};
        },
        effect);
}

CloseForwarding forwarding(const Effect& effect) {
    return std::visit(
        []<class T>(const T& one) -> CloseForwarding {
            if constexpr (ActsOnClose<T>) return one.forwarding();
            return {};
        },
        effect);
}

}  // namespace twofifty::netem
