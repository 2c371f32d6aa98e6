#pragma once

#include "netem/admission.hpp"
#include "settings/section.hpp"
#include "world/distribution.hpp"
#include "world/random.hpp"

#include <string>

namespace twofifty::netem {

/// accept_late = "5s" or a distribution: the client is connected, and so much later the server gets
/// its connection, as from a backlog that is slowly worked off. What the client says meanwhile is
/// kept.
struct AcceptLate {
    static constexpr std::string_view name = "accept_late";
    world::Distribution time;

    static AcceptLate read(settings::Section& effect);
    std::string to_toml() const;
    Admission admit(world::Random& random) const;

    bool operator==(const AcceptLate&) const = default;
};

}  // namespace twofifty::netem
