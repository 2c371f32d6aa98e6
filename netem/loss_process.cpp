#include "netem/loss_process.hpp"

#include "record/check.hpp"

#include <cmath>

namespace twofifty::netem {

SegmentFate fate_under_independent_loss(double probability, const TcpParameters& tcp,
                                        world::Random& random) {
    return fate_of_segment(tcp, [&](Duration) { return random.uniform() < probability; });
}

double BurstLoss::bad_share() const {
    const double good = static_cast<double>(mean_good.count());
    const double bad = static_cast<double>(mean_bad.count());
    return bad / (good + bad);
}

double BurstLoss::loss_rate() const {
    const double bad = bad_share();
    return loss_bad * bad + loss_good * (1 - bad);
}

BurstProcess::BurstProcess(const BurstLoss& loss, world::Random& random)
    : loss_(loss), random_(random), bad_(random.uniform() < loss.bad_share()) {
    TF_CHECK(loss.mean_good > Duration{0} && loss.mean_bad > Duration{0});
}

/// The chance of bad after `step` from the two states' rates of leaving, 1 / mean, by the forward
/// equations of a Markov chain with two states: it decays from certainty to the share of time.
/// A course drawn length by length would have the same law, and cost a draw for each length.
bool BurstProcess::is_bad(Duration time) {
    TF_CHECK(time >= time_);
    const double step = static_cast<double>((time - time_).count());
    const double rates = 1 / static_cast<double>(loss_.mean_good.count()) +
                         1 / static_cast<double>(loss_.mean_bad.count());
    const double share = loss_.bad_share();
    const double certainty = std::exp(-step * rates);
    const double chance = share + ((bad_ ? 1.0 : 0.0) - share) * certainty;
    time_ = time;
    bad_ = random_.uniform() < chance;
    return bad_;
}

bool BurstProcess::loses(Duration time) {
    const double chance = is_bad(time) ? loss_.loss_bad : loss_.loss_good;
    return random_.uniform() < chance;
}

SegmentFate fate_under_bursts(const BurstLoss& loss, const TcpParameters& tcp,
                              world::Random& random) {
    BurstProcess process(loss, random);
    return fate_of_segment(tcp, [&](Duration time) { return process.loses(time); });
}

}  // namespace twofifty::netem
