// When a lost reply comes after all. A reply to an SMTP command is one segment on a connection that
// is otherwise silent, so only a timer can repair its loss: TCP sends it again at times that follow
// from a handful of parameters. Here is that arithmetic, without clock or socket; docs/tcp-loss.md
// names the sources and holds it against the packets of a real kernel.
#pragma once

#include "record/time.hpp"

#include <cstdint>
#include <optional>

namespace twofifty::netem {

/// How a sender comes by its retransmission timeout, and what it counts when it gives up.
enum class TcpRule : std::uint8_t {
    /// The floor is one of the variation: RTO = SRTT + max(4 RTTVAR, floor).
    linux_kernel,
    /// The floor is one of the sum: RTO = max(SRTT + 4 RTTVAR, floor).
    rfc6298,
};

/// One side of a TCP connection as it sends a reply. The defaults are those of Linux.
struct TcpParameters {
    TcpRule rule = TcpRule::linux_kernel;
    Duration round_trip = std::chrono::milliseconds{20};  ///< SRTT.
    Duration round_trip_variation{0};                     ///< RTTVAR; it fades on a steady path.
    Duration rto_min = std::chrono::milliseconds{200};    ///< tcp_rto_min_us.
    Duration rto_max = std::chrono::seconds{120};         ///< tcp_rto_max_ms.
    /// The timeout where it is known and need not be computed, as `ss -ti` shows it.
    std::optional<Duration> rto = std::nullopt;
    bool tail_loss_probe = true;  ///< tcp_early_retrans 3 or 4.
    int retries = 15;             ///< tcp_retries2.
    /// The server closed right behind the reply: a FIN is under way too, and nobody would hear of
    /// an error any more.
    bool orphaned = false;
    int orphan_retries = 8;  ///< tcp_orphan_retries.

    bool operator==(const TcpParameters&) const = default;
};

/// The retransmission timeout before anything was lost; at most rto_max.
Duration retransmission_timeout(const TcpParameters& tcp);

/// When Linux would retransmit a reply that was sent as one segment on an idle connection.
///
/// `loss_count`   how many transmissions in a row are lost; 0 is none.
/// Returns the time from the first transmission to the one that arrives, as if the sender never
/// gave up. Its way to the client, half a round trip, is not in it. Never earlier than the formula;
/// a real kernel is 1 to 11 % later (timer wheel).
/// Source: RFC 6298, RFC 8985 7.2, Linux tcp_timer.c; measured figures in docs/tcp-loss.md.
Duration retransmission_delay(int loss_count, const TcpParameters& tcp);

/// How long a sender goes on after its first retransmission by timeout. It looks only when a timer
/// fires, so the connection outlives this by up to one backed-off timeout.
Duration patience(const TcpParameters& tcp);

/// When the connection is given up (ETIMEDOUT), counted from the first transmission, if nothing
/// gets through at all.
Duration give_up_time(const TcpParameters& tcp);

/// What becomes of one segment.
struct SegmentFate {
    enum class Kind : std::uint8_t { arrives, given_up };
    Kind kind = Kind::arrives;
    /// From the first transmission to the one that arrives, or to the end of the connection. What
    /// the loss adds to the way, not the way itself.
    Duration after{0};
    int losses = 0;  ///< Transmissions that were lost.

    bool operator==(const SegmentFate&) const = default;
};

/// The transmissions of one segment in their order, until the sender gives up.
class Transmissions {
public:
    /// At the first transmission. REQUIRES: a timeout above 0.
    explicit Transmissions(const TcpParameters& tcp) : Transmissions(tcp, patience(tcp)) {}
    /// With another patience than the parameters' own.
    Transmissions(const TcpParameters& tcp, Duration patience);

    /// When, from the first one; where given_up(), when the timer fired that ended it.
    Duration time() const { return time_; }
    bool given_up() const { return given_up_; }
    /// To the next one. REQUIRES: !given_up().
    void next();

private:
    Duration rto_max_;
    Duration patience_;
    Duration timeout_;                      ///< The one to wait next, doubled each time it ran out.
    std::optional<Duration> probe_;         ///< Waits to be sent in place of the first timeout.
    std::optional<Duration> counted_from_;  ///< The first retransmission by timeout.
    Duration lead_{0};                      ///< What the probe of a FIN adds to the first timeout.
    Duration time_{0};
    bool given_up_ = false;
};

/// What becomes of a segment of which every transmission is lost for whose time `lost` says so.
template <typename Lost>
SegmentFate fate_of_segment(const TcpParameters& tcp, Lost&& lost) {
    SegmentFate fate;
    Transmissions transmissions(tcp);
    while (!transmissions.given_up() && lost(transmissions.time())) {
        ++fate.losses;
        transmissions.next();
    }
    fate.after = transmissions.time();
    if (transmissions.given_up()) fate.kind = SegmentFate::Kind::given_up;
    return fate;
}

/// The first `loss_count` transmissions are lost.
SegmentFate fate_after_losses(int loss_count, const TcpParameters& tcp);

/// The path is dead for `length` from the first transmission on. Not monotonic in the round trip: a
/// longer one moves the times of retransmission, and one of them may fall closer to the repair.
SegmentFate fate_in_outage(Duration length, const TcpParameters& tcp);

/// The fewest losses in a row after which the segment reaches a client later than `timer` from the
/// first transmission, its way of half a round trip included. Nothing where the connection is given
/// up before: then the client waits in vain.
std::optional<int> losses_to_outlast(Duration timer, const TcpParameters& tcp);

}  // namespace twofifty::netem
