// Which transmissions are lost: each by itself, or in bursts. A burst is one of time and not of
// packets, because the retransmissions of one reply are seconds and minutes apart: packets that
// follow each other in a trace at once say nothing about those.
#pragma once

#include "netem/on_off.hpp"
#include "netem/tcp_loss.hpp"
#include "world/random.hpp"

namespace twofifty::netem {

/// Each transmission is lost with `probability`, whatever became of the others: K losses in a row
/// have the chance p^K (1 - p). One draw for each transmission.
SegmentFate fate_under_independent_loss(double probability, const TcpParameters& tcp,
                                        world::Random& random);

/// The segment is sent at `sent`, and what is under way while the path is bad is lost. What is sent
/// at one time on one path shares its bursts.
SegmentFate fate_under_bursts(const OnOffProcess& path, TimePoint sent, const TcpParameters& tcp);

}  // namespace twofifty::netem
