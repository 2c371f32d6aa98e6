#pragma once

#include "netem/effects/effect.hpp"
#include "netem/selector.hpp"
#include "settings/section.hpp"

#include <string>

namespace twofifty::netem {

/// `when` of a rule whose effect acts on replies. Throws settings::Error.
Selector read_reply_selector(settings::Section when);

/// `when` of a rule whose effect acts on connections, or (`on_stream`) on a direction of theirs.
Selector read_connection_selector(settings::Section when, bool on_stream);

/// The conditions as a table of TOML, those that always hold left out, but for the first ones.
std::string to_toml(const Selector& when, EffectKind kind);

}  // namespace twofifty::netem
