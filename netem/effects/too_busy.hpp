#pragma once

#include "netem/admission.hpp"
#include "settings/section.hpp"
#include "world/random.hpp"

#include <string>

namespace twofifty::netem {

/// too_busy = "421 4.3.2 too busy": the client is greeted with that line, and the connection is
/// closed (RFC 5321 3.8). The server does not learn of it.
struct TooBusy {
    static constexpr std::string_view name = "too_busy";
    std::string reply;  ///< Without CRLF.

    static TooBusy read(settings::Section& effect);
    std::string to_toml() const { return settings::toml_text(reply); }
    Admission admit(world::Random&) const {
        return {.way = Admission::Way::say, .reply = reply + "\r\n"};
    }

    bool operator==(const TooBusy&) const = default;
};

}  // namespace twofifty::netem
