#pragma once

#include "netem/admission.hpp"
#include "settings/section.hpp"
#include "world/random.hpp"

#include <string>

namespace twofifty::netem {

/// never_greet = "connection": the client is connected, and nobody says a word, until it leaves.
/// The server does not learn of it.
struct NeverGreet {
    static constexpr std::string_view name = "never_greet";

    static NeverGreet read(settings::Section& effect);
    std::string to_toml() const { return "\"connection\""; }
    Admission admit(world::Random&) const { return {.way = Admission::Way::mute}; }

    bool operator==(const NeverGreet&) const = default;
};

}  // namespace twofifty::netem
