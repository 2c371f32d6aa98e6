#pragma once

#include "netem/admission.hpp"
#include "settings/section.hpp"
#include "world/random.hpp"

#include <string>

namespace twofifty::netem {

/// refuse = "connection": nobody listens while the rule's time conditions hold, so that a client
/// hears what the system of a host without a server says (ECONNREFUSED). The listener is the
/// proxy's; the effect only says so.
struct Refuse {
    static constexpr std::string_view name = "refuse";

    static Refuse read(settings::Section& effect);
    std::string to_toml() const { return "\"connection\""; }
    /// One that came in before the listener was closed is torn down.
    Admission admit(world::Random&) const { return {.way = Admission::Way::reset}; }

    bool operator==(const Refuse&) const = default;
};

}  // namespace twofifty::netem
