#pragma once

#include "netem/admission.hpp"
#include "settings/section.hpp"
#include "world/random.hpp"

#include <string>

namespace twofifty::netem {

/// reset = "connection": the client's connection is torn down as soon as it is there.
struct Reset {
    static constexpr std::string_view name = "reset";

    static Reset read(settings::Section& effect);
    std::string to_toml() const { return "\"connection\""; }
    Admission admit(world::Random&) const { return {.way = Admission::Way::reset}; }

    bool operator==(const Reset&) const = default;
};

}  // namespace twofifty::netem
