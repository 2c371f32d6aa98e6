#include "netem/tcp_loss.hpp"

#include "record/check.hpp"

#include <algorithm>

namespace twofifty::netem {
namespace {

using namespace std::chrono_literals;

/// What Linux counts patience in, whatever tcp_rto_min_us says: TCP_RTO_MIN in
/// retransmits_timed_out(), net/ipv4/tcp_timer.c.
constexpr Duration linux_patience_base = 200ms;

/// What a probe leaves a receiver that delays its acknowledgements, where Linux does not take its
/// floor: TCP_DELACK_MAX, include/net/tcp.h; max_ack_delay in RFC 8985 7.2.
constexpr Duration longest_delayed_ack = 200ms;

/// Added to a probe's timeout while more than one segment is under way, when no acknowledgement
/// would be delayed: TCP_TIMEOUT_MIN_US, include/net/tcp.h.
constexpr Duration least_probe_margin = 2ms;

/// RFC 8985 7.2 and tcp_schedule_loss_probe(), net/ipv4/tcp_output.c: twice the round trip, and the
/// time of a delayed acknowledgement where one segment is under way; never later than the timeout.
Duration probe_timeout(const TcpParameters& tcp, Duration timeout) {
    Duration margin = least_probe_margin;
    if (!tcp.orphaned)
        margin = tcp.rule == TcpRule::linux_kernel ? tcp.rto_min : longest_delayed_ack;
    return std::min(2 * tcp.round_trip + margin, timeout);
}

}  // namespace

/// RFC 6298 2.3 and 2.4, and __tcp_set_rto() with tcp_rtt_estimator(), net/ipv4/tcp_input.c, which
/// differ in where the floor applies; RFC 6298 2.5 for the cap.
Duration retransmission_timeout(const TcpParameters& tcp) {
    const Duration variation = 4 * tcp.round_trip_variation;
    const Duration computed = tcp.rule == TcpRule::linux_kernel
                                  ? tcp.round_trip + std::max(variation, tcp.rto_min)
                                  : std::max(tcp.round_trip + variation, tcp.rto_min);
    return std::min(tcp.rto.value_or(computed), tcp.rto_max);
}

/// tcp_model_timeout(), net/ipv4/tcp_timer.c: one timeout and as many more as there are retries,
/// doubling from the base up to the cap. With Linux's own figures 924.6 s for 15 retries
/// (ip-sysctl.rst). RFC 1122 4.2.3.5 asks for 100 s or more and leaves the counting open; by this
/// formula that is 6 retries from 1 s.
Duration patience(const TcpParameters& tcp) {
    const int retries = tcp.orphaned ? tcp.orphan_retries : tcp.retries;
    Duration timeout = tcp.rule == TcpRule::linux_kernel ? linux_patience_base : tcp.rto_min;
    Duration sum = timeout;
    for (int i = 0; i < retries; ++i) {
        timeout = std::min(2 * timeout, tcp.rto_max);
        sum += timeout;
    }
    return sum;
}

Transmissions::Transmissions(const TcpParameters& tcp, Duration patience)
    : rto_max_(tcp.rto_max), patience_(patience), timeout_(retransmission_timeout(tcp)) {
    TF_CHECK(timeout_ > 0ns);
    if (!tcp.tail_loss_probe) return;
    const Duration wait = probe_timeout(tcp, timeout_);
    if (!tcp.orphaned) {
        probe_ = wait;
        return;
    }
    // tcp_send_loss_probe() repeats the last segment, and that is the FIN. The timer starts anew
    // with it: the reply's own times are those without a probe, later by its wait.
    lead_ = wait;
}

/// RFC 6298 5.4 to 5.6: a timer that runs out sends again, doubles and starts anew. The probe takes
/// the place of the first timeout and doubles nothing (RFC 8985 7.3); a sender's patience counts
/// from the first retransmission that was none (retrans_stamp in tcp_retransmit_skb()).
void Transmissions::next() {
    TF_CHECK(!given_up_);
    if (probe_) {
        time_ += *probe_;
        probe_.reset();
        return;
    }
    time_ += timeout_ + lead_;
    lead_ = 0ns;
    if (!counted_from_) counted_from_ = time_;
    // tcp_write_timeout() asks before it sends: at this time there is an error, no transmission.
    given_up_ = time_ - *counted_from_ >= patience_;
    timeout_ = std::min(2 * timeout_, rto_max_);
}

Duration retransmission_delay(int loss_count, const TcpParameters& tcp) {
    Transmissions transmissions(tcp, Duration::max());
    for (int i = 0; i < loss_count; ++i) transmissions.next();
    return transmissions.time();
}

Duration give_up_time(const TcpParameters& tcp) {
    return fate_of_segment(tcp, [](Duration) { return true; }).after;
}

SegmentFate fate_after_losses(int loss_count, const TcpParameters& tcp) {
    return fate_of_segment(tcp, [&](Duration) { return loss_count-- > 0; });
}

SegmentFate fate_in_outage(Duration length, const TcpParameters& tcp) {
    return fate_of_segment(tcp, [&](Duration time) { return time < length; });
}

std::optional<int> losses_to_outlast(Duration timer, const TcpParameters& tcp) {
    const Duration way = tcp.round_trip / 2;
    const SegmentFate fate =
        fate_of_segment(tcp, [&](Duration time) { return time + way <= timer; });
    if (fate.kind == SegmentFate::Kind::given_up) return std::nullopt;
    return fate.losses;
}

}  // namespace twofifty::netem
