#pragma once

#include "netem/sight.hpp"
#include "netem/verdict.hpp"
#include "settings/section.hpp"
#include "world/random.hpp"

#include <string>

namespace twofifty::netem {

/// replace = "451 4.3.0 try later": another reply instead. The server's state is what its own reply
/// said.
struct Replace {
    static constexpr std::string_view name = "replace";
    std::string reply;  ///< One line without CRLF: a code, a space, a text.

    static Replace read(settings::Section& effect);
    std::string to_toml() const;
    Verdict decide(const Sight& sight, world::Random& random) const;

    bool operator==(const Replace&) const = default;
};

}  // namespace twofifty::netem
