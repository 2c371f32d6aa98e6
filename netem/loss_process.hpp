// Which transmissions are lost: each by itself, or in bursts. A burst is one of time and not of
// packets, because the retransmissions of one reply are seconds and minutes apart: packets that
// follow each other in a trace at once say nothing about those.
#pragma once

#include "netem/tcp_loss.hpp"
#include "world/random.hpp"

namespace twofifty::netem {

/// Each transmission is lost with `probability`, whatever became of the others: K losses in a row
/// have the chance p^K (1 - p). One draw for each transmission.
SegmentFate fate_under_independent_loss(double probability, const TcpParameters& tcp,
                                        world::Random& random);

/// The process of Gilbert (1960) and Elliott (1963) in continuous time: the path is good or bad for
/// exponential lengths of time, and loses with another probability in each.
struct BurstLoss {
    Duration mean_good = std::chrono::seconds{60};
    Duration mean_bad = std::chrono::seconds{1};
    double loss_good = 0;
    double loss_bad = 1;

    /// The share of time in which the path is bad.
    double bad_share() const;
    /// The share of transmissions that are lost in the long run.
    double loss_rate() const;

    bool operator==(const BurstLoss&) const = default;
};

/// One course of that process, looked at now and then. It begins as a path is found at any time:
/// bad with the chance bad_share().
class BurstProcess {
public:
    /// REQUIRES: mean lengths above 0.
    BurstProcess(const BurstLoss& loss, world::Random& random);

    /// Whether the path is bad at a time, from the beginning. One draw. REQUIRES: no earlier time
    /// than the one before.
    bool is_bad(Duration time);
    /// Whether what is sent at a time is lost. Two draws.
    bool loses(Duration time);

private:
    BurstLoss loss_;
    world::Random& random_;
    Duration time_{0};
    bool bad_;
};

/// The first transmission meets the process at any time, the others the same course later on.
SegmentFate fate_under_bursts(const BurstLoss& loss, const TcpParameters& tcp,
                              world::Random& random);

}  // namespace twofifty::netem
