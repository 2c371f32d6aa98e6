// The effects a rule can have, as one variant. Each is a small struct in a file of its own: its
// data, how it is read from settings and written back, and pure functions. docs/effects.md says how
// to add one.
#pragma once

#include "netem/admission.hpp"
#include "netem/effects/accept_late.hpp"
#include "netem/effects/bandwidth.hpp"
#include "netem/effects/connection_limit.hpp"
#include "netem/effects/cut.hpp"
#include "netem/effects/delay.hpp"
#include "netem/effects/drop.hpp"
#include "netem/effects/forward_close.hpp"
#include "netem/effects/hold.hpp"
#include "netem/effects/jitter.hpp"
#include "netem/effects/latency.hpp"
#include "netem/effects/limit_data.hpp"
#include "netem/effects/mtu_black_hole.hpp"
#include "netem/effects/never_greet.hpp"
#include "netem/effects/outage.hpp"
#include "netem/effects/refuse.hpp"
#include "netem/effects/replace.hpp"
#include "netem/effects/reset.hpp"
#include "netem/effects/reset_peer.hpp"
#include "netem/effects/slicer.hpp"
#include "netem/effects/slow_close.hpp"
#include "netem/effects/stall.hpp"
#include "netem/effects/swallow.hpp"
#include "netem/effects/timeout.hpp"
#include "netem/effects/too_busy.hpp"
#include "netem/sight.hpp"
#include "netem/transit.hpp"
#include "netem/verdict.hpp"
#include "settings/section.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace twofifty::netem {

/// The registry: what is listed here can be read, written and applied.
using Effect = std::variant<Delay, Hold, Drop, Swallow, Cut, Replace,  // on a reply
                                                                       // on the stream
                            Latency, Jitter, Bandwidth, Stall, Outage, MtuBlackHole, Slicer,
                            LimitData, SlowClose, Timeout, ResetPeer,
                            // on accepting
                            Reset, Refuse, AcceptLate, NeverGreet, TooBusy, ConnectionLimit,
                            // on closing
                            ForwardClose>;

/// What an effect is about: its function's name says it. `decide(Sight, Random)` makes a Verdict
/// of a reply; `begin`, `pass` and `close` (StreamEffect) work on one direction's bytes;
/// `admit(Random)` receives a client; `forwarding()` says when the server learns that the client
/// has gone.
enum class EffectKind : std::uint8_t { reply, stream, accept, close };

EffectKind kind_of(const Effect& effect);

/// What the effect in a table is about, before it is read; nothing where it names none.
std::optional<EffectKind> kind_in(const settings::Section& effect);

/// Reads `effect = { drop = "reply" }`: exactly one known key. Throws settings::Error.
Effect read_effect(settings::Section& section);

/// The effect as TOML that read_effect reads back: `{ drop = "reply" }`.
std::string to_toml(const Effect& effect);

/// "drop", "delay", ...
std::string_view name_of(const Effect& effect);

/// What is to happen to a reply. Pure: the same effect, sight and random state give the same
/// verdict. REQUIRES: kind_of(effect) is reply.
Verdict decide(const Effect& effect, const Sight& sight, world::Random& random);

/// The functions of StreamEffect. REQUIRES: kind_of(effect) is stream.
void begin(const Effect& effect, PathState& state);
void pass(const Effect& effect, std::vector<Parcel>& parcels, TimePoint at, PathState& state);
TimePoint close(const Effect& effect, TimePoint at, PathState& state);
bool removal_closes(const Effect& effect);

/// REQUIRES: kind_of(effect) is accept.
Admission admit(const Effect& effect, world::Random& random);

/// REQUIRES: kind_of(effect) is close.
CloseForwarding forwarding(const Effect& effect);

}  // namespace twofifty::netem
