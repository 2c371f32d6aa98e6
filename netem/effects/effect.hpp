// The effects a rule can have, as one variant. Each is a small struct in a file of its own: its
// data, how it is read from settings and written back, and a pure verdict. docs/effects.md says how
// to add one.
#pragma once

#include "netem/effects/cut.hpp"
#include "netem/effects/delay.hpp"
#include "netem/effects/drop.hpp"
#include "netem/effects/hold.hpp"
#include "netem/effects/replace.hpp"
#include "netem/effects/swallow.hpp"
#include "netem/verdict.hpp"
#include "settings/section.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace twofifty::netem {

using Effect = std::variant<Delay, Hold, Drop, Swallow, Cut, Replace>;

/// Reads `effect = { drop = "reply" }`: exactly one known key. Throws settings::Error.
Effect read_effect(settings::Section& section);

/// The effect as TOML that read_effect reads back: `{ drop = "reply" }`.
std::string to_toml(const Effect& effect);

/// "drop", "delay", ...
std::string_view name_of(const Effect& effect);

/// What is to happen. Pure: the same effect and the same random state give the same verdict.
Verdict decide(const Effect& effect, world::Random& random);

}  // namespace twofifty::netem
