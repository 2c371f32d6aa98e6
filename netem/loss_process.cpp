#include "netem/loss_process.hpp"

namespace twofifty::netem {

SegmentFate fate_under_independent_loss(double probability, const TcpParameters& tcp,
                                        world::Random& random) {
    return fate_of_segment(tcp, [&](Duration) { return random.uniform() < probability; });
}

SegmentFate fate_under_bursts(const OnOffProcess& path, TimePoint sent, const TcpParameters& tcp) {
    return fate_of_segment(tcp, [&](Duration time) { return path.bad_at(sent + time); });
}

}  // namespace twofifty::netem
