// The times at which TCP repairs a loss, exactly, and where they have been measured on a kernel
// also against that. tests/packets holds the same code against packets.
#include "netem/tcp_loss.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace twofifty::netem {
namespace {

using namespace std::chrono_literals;

/// A connection whose timeout is the one that the measured kernel had at this round trip: 4 ms, one
/// tick of its clock, above the formula. A probe's is rounded up likewise, which half a tick of
/// round trip stands for where there is none.
TcpParameters measured(Duration round_trip, bool probe = true) {
    return {.round_trip = std::max<Duration>(round_trip, 2ms),
            .rto = round_trip + 204ms,
            .tail_loss_probe = probe};
}

std::vector<Duration> times(const TcpParameters& tcp, int count) {
    std::vector<Duration> result;
    for (int i = 1; i <= count; ++i) result.push_back(retransmission_delay(i, tcp));
    return result;
}

SegmentFate arrives(Duration after, int losses) {
    return {SegmentFate::Kind::arrives, after, losses};
}
SegmentFate given_up(Duration after, int losses) {
    return {SegmentFate::Kind::given_up, after, losses};
}

TEST(TcpTimeout, OfLinuxIsTheRoundTripAndAFloorOfItsVariation) {
    EXPECT_EQ(retransmission_timeout({.round_trip = 20ms}), 220ms);
    EXPECT_EQ(retransmission_timeout({.round_trip = 20ms, .round_trip_variation = 50ms}), 220ms);
    EXPECT_EQ(retransmission_timeout({.round_trip = 20ms, .round_trip_variation = 75ms}), 320ms);
    EXPECT_EQ(retransmission_timeout({.round_trip = 20ms, .rto_min = 5ms}), 25ms);
}

TEST(TcpTimeout, OfTheRfcHasAFloorOfTheSum) {
    TcpParameters tcp{.rule = TcpRule::rfc6298, .round_trip = 20ms, .rto_min = 1s};
    EXPECT_EQ(retransmission_timeout(tcp), 1s);
    tcp.round_trip_variation = 300ms;
    EXPECT_EQ(retransmission_timeout(tcp), 1220ms);
}

TEST(TcpTimeout, MayBeKnownAndIsCapped) {
    EXPECT_EQ(retransmission_timeout({.rto = 204ms}), 204ms);
    EXPECT_EQ(retransmission_timeout({.round_trip = 3s, .rto_max = 2s}), 2s);
}

TEST(Retransmission, WithAProbeDoublesFromTheSecondOn) {
    EXPECT_EQ(retransmission_delay(0, {.round_trip = 0ms}), 0ms);
    EXPECT_EQ(times({.round_trip = 0ms}, 7),
              (std::vector<Duration>{200ms, 400ms, 800ms, 1600ms, 3200ms, 6400ms, 12800ms}));
}

TEST(Retransmission, WithoutAProbeDoublesAtOnce) {
    EXPECT_EQ(times({.round_trip = 0ms, .tail_loss_probe = false}, 6),
              (std::vector<Duration>{200ms, 600ms, 1400ms, 3000ms, 6200ms, 12600ms}));
}

// 2 SRTT + 200 ms comes before SRTT + 4 RTTVAR where the path is unsteady.
TEST(Retransmission, AProbeIsEarlyOnAnUnsteadyPath) {
    const TcpParameters tcp{.round_trip = 100ms, .round_trip_variation = 200ms};
    EXPECT_EQ(times(tcp, 3), (std::vector<Duration>{400ms, 1300ms, 3100ms}));
}

TEST(Retransmission, AProbeLeavesTimeForADelayedAcknowledgement) {
    const TcpParameters tcp{.rule = TcpRule::rfc6298, .round_trip = 20ms, .rto_min = 1s};
    EXPECT_EQ(times(tcp, 3), (std::vector<Duration>{240ms, 1240ms, 3240ms}));
}

TEST(Retransmission, WaitsNoLongerThanTheCap) {
    const TcpParameters tcp{.round_trip = 0ms, .rto_max = 1s};
    EXPECT_EQ(times(tcp, 6), (std::vector<Duration>{200ms, 400ms, 800ms, 1600ms, 2600ms, 3600ms}));
    const TcpParameters linux_cap{.round_trip = 0ms};
    EXPECT_EQ(retransmission_delay(11, linux_cap) - retransmission_delay(10, linux_cap), 102400ms);
    EXPECT_EQ(retransmission_delay(12, linux_cap) - retransmission_delay(11, linux_cap), 120s);
    EXPECT_EQ(retransmission_delay(40, linux_cap) - retransmission_delay(39, linux_cap), 120s);
}

/// Sent times of one 38-byte reply on Linux 6.18, HZ 250 (docs/tcp-loss.md).
struct Measurement {
    Duration round_trip;
    bool probe;
    std::vector<Duration> sent;
};

class MeasuredRetransmission : public testing::TestWithParam<Measurement> {};

TEST_P(MeasuredRetransmission, IsNeverBeforeTheModelAndAtMostAnEighthBehindIt) {
    const Measurement& kernel = GetParam();
    const TcpParameters tcp = measured(kernel.round_trip, kernel.probe);
    for (std::size_t i = 0; i < kernel.sent.size(); ++i) {
        const Duration model = retransmission_delay(static_cast<int>(i) + 1, tcp);
        EXPECT_GE(kernel.sent[i], model) << i + 1 << " losses";
        EXPECT_LE(kernel.sent[i], model * 9 / 8 + 5ms) << i + 1 << " losses";
    }
}

INSTANTIATE_TEST_SUITE_P(
    Linux618, MeasuredRetransmission,
    testing::Values(Measurement{0ms, true, {208ms, 416ms, 828ms, 1660ms, 3330ms, 6650ms}},
                    Measurement{0ms, false, {206ms, 647ms, 1480ms, 3140ms, 6630ms, 13290ms}},
                    Measurement{20ms, true, {227ms, 455ms, 911ms, 1840ms, 3660ms, 7440ms}},
                    Measurement{20ms, false, {226ms, 682ms, 1610ms, 3430ms, 7180ms, 14600ms}},
                    Measurement{100ms, true, {315ms, 635ms, 1280ms, 2520ms, 4990ms, 10110ms}},
                    Measurement{100ms, false, {308ms, 947ms, 2200ms, 4720ms, 9840ms, 19900ms}}));

TEST(Patience, IsTheKernelsOwnSum) {
    EXPECT_EQ(patience({.retries = 15}), 924600ms);
    EXPECT_EQ(patience({.retries = 9}), 204600ms);
    EXPECT_EQ(patience({.retries = 8}), 102200ms);
    EXPECT_EQ(patience({.retries = 5}), 12600ms);
    EXPECT_EQ(patience({.retries = 3}), 3s);
    EXPECT_EQ(patience({.retries = 0}), 200ms);
}

TEST(Patience, OfLinuxDoesNotDependOnItsFloor) {
    EXPECT_EQ(patience({.rto_min = 20ms, .retries = 5}), 12600ms);
}

TEST(Patience, FromTheRfcsFloorIsOverAHundredSeconds) {
    const TcpParameters tcp{.rule = TcpRule::rfc6298, .rto_min = 1s, .rto_max = 60s, .retries = 6};
    EXPECT_EQ(patience(tcp), 123s);
}

// Measured: ETIMEDOUT after 6.77 s and 13.30 s.
TEST(GivingUp, IsAtTheFirstTimeoutPastThePatience) {
    TcpParameters tcp = measured(0ms);
    tcp.retries = 3;
    EXPECT_EQ(give_up_time(tcp), 6528ms);
    EXPECT_LE(6770ms, give_up_time(tcp) * 9 / 8);
    tcp.retries = 5;
    EXPECT_EQ(give_up_time(tcp), 13056ms);
    EXPECT_LE(13300ms, give_up_time(tcp) * 9 / 8);
}

TEST(GivingUp, CountsFromTheFirstTimeoutAndNotFromTheProbe) {
    // 3 s of patience end between the timers of 3.0 and 6.2 s, or, a probe in front, of 3.2
    // and 6.4.
    TcpParameters tcp{.round_trip = 0ms, .tail_loss_probe = false, .retries = 3};
    EXPECT_EQ(give_up_time(tcp), 6200ms);
    tcp.tail_loss_probe = true;
    EXPECT_EQ(give_up_time(tcp), 6400ms);
}

TEST(GivingUp, OfLinuxTakesAQuarterOfAnHour) {
    EXPECT_EQ(give_up_time({.rto = 204ms}), 928896ms);
}

TEST(GivingUp, EndsTheTransmissions) {
    TcpParameters tcp = measured(0ms);
    tcp.retries = 3;
    // The first, the probe and four timeouts; then the fifth finds the patience gone.
    EXPECT_EQ(fate_after_losses(5, tcp), arrives(3264ms, 5));
    EXPECT_EQ(fate_after_losses(6, tcp), given_up(6528ms, 6));
    EXPECT_EQ(fate_after_losses(100, tcp), given_up(6528ms, 6));
    EXPECT_EQ(fate_in_outage(3264ms, tcp), arrives(3264ms, 5));
    EXPECT_EQ(fate_in_outage(3265ms, tcp), given_up(6528ms, 6));
}

TEST(Losses, NoneMeansNoDelay) {
    EXPECT_EQ(fate_after_losses(0, {}), arrives(0ms, 0));
}

TEST(Losses, ThreeDelayAReplyByFourTimeouts) {
    EXPECT_EQ(fate_after_losses(3, {.round_trip = 20ms}), arrives(880ms, 3));
}

TEST(Outage, EndsWithTheFirstTransmissionBehindIt) {
    const TcpParameters tcp{.round_trip = 0ms};
    EXPECT_EQ(fate_in_outage(0ms, tcp), arrives(0ms, 0));
    EXPECT_EQ(fate_in_outage(1ns, tcp), arrives(200ms, 1));
    EXPECT_EQ(fate_in_outage(200ms, tcp), arrives(200ms, 1));
    EXPECT_EQ(fate_in_outage(200ms + 1ns, tcp), arrives(400ms, 2));
    EXPECT_EQ(fate_in_outage(10s, tcp), arrives(12800ms, 7));
}

// Measured with the way of half a round trip: 0.41, 0.46 and 0.36 to 0.38 s for 0.3 s of outage.
TEST(Outage, MayBeRepairedSoonerOnALongerWay) {
    EXPECT_EQ(fate_in_outage(300ms, measured(0ms)), arrives(408ms, 2));
    EXPECT_EQ(fate_in_outage(300ms, measured(20ms)), arrives(448ms, 2));
    EXPECT_EQ(fate_in_outage(300ms, measured(100ms)), arrives(304ms, 1));
    EXPECT_EQ(fate_in_outage(10s, measured(20ms)), arrives(14336ms, 7));
    EXPECT_EQ(fate_in_outage(10s, measured(100ms)), arrives(19456ms, 7));
}

// The probe repeats the FIN, and the timer starts anew with it. Measured, with 204 ms: 0.22, 0.63,
// 1.47, 3.13, 6.65, 13.3, 26.61 and 54.78 s, and nothing later.
TEST(Orphan, DoublesFromTheFirstTimeoutOnAndSendsEightTimesMore) {
    const TcpParameters tcp{.round_trip = 0ms, .rto = 204ms, .orphaned = true};
    EXPECT_EQ(times(tcp, 8), (std::vector<Duration>{206ms, 614ms, 1430ms, 3062ms, 6326ms, 12854ms,
                                                    25910ms, 52022ms}));
    EXPECT_EQ(fate_after_losses(8, tcp), arrives(52022ms, 8));
    EXPECT_EQ(fate_after_losses(9, tcp), given_up(104246ms, 9));
}

TEST(Orphan, WithoutAProbeDoublesFromTheSend) {
    const TcpParameters tcp{.round_trip = 0ms, .tail_loss_probe = false, .orphaned = true};
    EXPECT_EQ(times(tcp, 4), (std::vector<Duration>{200ms, 600ms, 1400ms, 3s}));
}

TEST(Orphan, HasAPatienceOfItsOwn) {
    EXPECT_EQ(patience({.retries = 15, .orphaned = true}), 102200ms);
    EXPECT_EQ(patience({.orphaned = true, .orphan_retries = 3}), 3s);
}

TEST(LossesToOutlast, AreTheFewestThatMakeAReplyTooLate) {
    const TcpParameters tcp{.round_trip = 0ms, .rto = 204ms};
    EXPECT_EQ(losses_to_outlast(5s, tcp), 6);
    EXPECT_EQ(losses_to_outlast(10s, tcp), 7);
    EXPECT_EQ(losses_to_outlast(30s, tcp), 9);
    EXPECT_EQ(losses_to_outlast(60s, tcp), 10);
    EXPECT_EQ(losses_to_outlast(300s, tcp), 12);
    EXPECT_EQ(losses_to_outlast(600s, tcp), 15);
}

TEST(LossesToOutlast, CountTheWay) {
    // A timer of exactly the reply's arrival is not outlasted.
    EXPECT_EQ(losses_to_outlast(230ms, {.round_trip = 20ms}), 2);
    EXPECT_EQ(losses_to_outlast(230ms - 1ns, {.round_trip = 20ms}), 1);
}

TEST(LossesToOutlast, AreNoneWhereTheConnectionEndsFirst) {
    EXPECT_EQ(losses_to_outlast(10s, {.retries = 3}), std::nullopt);
}

}  // namespace
}  // namespace twofifty::netem
