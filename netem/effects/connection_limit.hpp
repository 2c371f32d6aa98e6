#pragma once

#include "netem/admission.hpp"
#include "settings/section.hpp"
#include "world/random.hpp"

#include <string>

namespace twofifty::netem {

/// connection_limit = { connections = 10, then = "wait" }: at most so many are served at once. The
/// others wait in turn, connected but not accepted, as in a backlog; or, with "too_busy", are told
/// 421 and closed.
struct ConnectionLimit {
    static constexpr std::string_view name = "connection_limit";
    enum class Then : std::uint8_t { wait, too_busy };
    std::uint32_t connections = 0;
    Then then = Then::wait;

    static ConnectionLimit read(settings::Section& effect);
    std::string to_toml() const;
    /// What becomes of one who is too many. With "wait" nobody asks: it is not accepted.
    Admission admit(world::Random&) const;

    bool operator==(const ConnectionLimit&) const = default;
};

}  // namespace twofifty::netem
