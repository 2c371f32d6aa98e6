// Effects on the stream, on accepting and on closing, as values: what they make of parcels and of a
// client, how they are written, and what they refuse.
#include "netem/effects/effect.hpp"
#include "tests/support/complaint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace twofifty::netem {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using Fate = Parcel::Fate;
using Parcels = std::vector<Parcel>;

Effect read(const std::string& table) {
    const settings::Value root = settings::parse_toml("effect = " + table, "f.toml");
    settings::Section section(root, "");
    settings::Section effect = section.section("effect");
    return read_effect(effect);
}

std::string complaint(const std::string& table) {
    return test::complaint_of<settings::Error>([&] { read(table); });
}

/// One effect on one path, from the start of time.
class OnPath {
public:
    explicit OnPath(const std::string& table) : effect_(read(table)) { begin(effect_, state); }

    /// What becomes of a run of so many bytes.
    Parcels pass(std::size_t bytes, Duration when = {}) {
        Parcels parcels{{bytes, at(when)}};
        netem::pass(effect_, parcels, at(when), state);
        return parcels;
    }
    TimePoint close(Duration when) { return netem::close(effect_, at(when), state); }

    PathState state{.random = world::Random(7)};

private:
    Effect effect_;
};

TEST(Latency, EveryRunComesLater) {
    OnPath path("{ latency = '100ms' }");
    EXPECT_EQ(path.pass(10, 1s), (Parcels{{10, at(1100ms)}}));
    EXPECT_EQ(path.close(2s), at(2s));
}

TEST(Jitter, ADurationIsARange) {
    OnPath path("{ jitter = '20ms' }");
    world::Random same(7);
    const world::Distribution range{.shape = world::Shape::uniform, .a = 0, .b = 20e6};
    for (int i = 0; i < 100; ++i) {
        const Duration later = range.draw_duration(same);
        EXPECT_EQ(path.pass(10, 1s), (Parcels{{10, at(1s) + later}}));
    }
}

TEST(Bandwidth, ARunTakesItsTimeAndTheNextWaitsForTheLine) {
    OnPath path("{ bandwidth = '1kB/s' }");
    EXPECT_EQ(path.pass(10), (Parcels{{10, at(10ms)}}));
    EXPECT_EQ(path.pass(10), (Parcels{{10, at(20ms)}}));
    EXPECT_EQ(path.pass(10, 1s), (Parcels{{10, at(1010ms)}}));
}

TEST(Bandwidth, ALongRunTricklesEvenly) {
    OnPath path("{ bandwidth = '1kB/s' }");
    EXPECT_EQ(path.pass(50), (Parcels{{20, at(20ms)}, {20, at(40ms)}, {10, at(50ms)}}));
}

TEST(Bandwidth, OneByteASecondIsOneByteASecond) {
    OnPath path("{ bandwidth = '1B/s' }");
    EXPECT_EQ(path.pass(3), (Parcels{{1, at(1s)}, {1, at(2s)}, {1, at(3s)}}));
}

TEST(Stall, NothingPassesAtTheBeginningOfEachPeriod) {
    OnPath path("{ stall = { period = '60s', length = '5s', phase = '10s' } }");
    EXPECT_EQ(path.pass(1, 9s), (Parcels{{1, at(9s)}}));
    EXPECT_EQ(path.pass(1, 10s), (Parcels{{1, at(15s)}}));
    EXPECT_EQ(path.pass(1, 14'999ms), (Parcels{{1, at(15s)}}));
    EXPECT_EQ(path.pass(1, 15s), (Parcels{{1, at(15s)}}));
    EXPECT_EQ(path.pass(1, 71s), (Parcels{{1, at(75s)}}));
    EXPECT_EQ(path.close(131s), at(135s));
}

TEST(Outage, NothingPassesOnce) {
    OnPath path("{ outage = { from = '10s', length = '30s' } }");
    EXPECT_EQ(path.pass(1, 9'999ms), (Parcels{{1, at(9'999ms)}}));
    EXPECT_EQ(path.pass(1, 10s), (Parcels{{1, at(40s)}}));
    EXPECT_EQ(path.close(39s), at(40s));
    EXPECT_EQ(path.pass(1, 40s), (Parcels{{1, at(40s)}}));
}

TEST(MtuBlackHole, WhatFitsAPacketPassesAndALongerRunStopsThePath) {
    OnPath path("{ mtu_black_hole = { mtu = 1400 } }");
    EXPECT_EQ(path.pass(1360), (Parcels{{1360, at(0s)}}));
    EXPECT_EQ(path.close(1s), at(1s));
    EXPECT_EQ(path.pass(1361, 1s), (Parcels{{1361, never}}));
    EXPECT_EQ(path.pass(1, 2s), (Parcels{{1, never}}));
    EXPECT_EQ(path.close(3s), never);
}

TEST(Slicer, SlicesLeaveOneAfterTheOther) {
    OnPath path("{ slicer = { average_size = '4B', delay = '10ms' } }");
    EXPECT_EQ(path.pass(10), (Parcels{{4, at(0ms)}, {4, at(10ms)}, {2, at(20ms)}}));
    EXPECT_EQ(path.pass(4), (Parcels{{4, at(30ms)}}));
}

TEST(Slicer, SlicesVaryWithinTheirBounds) {
    OnPath path("{ slicer = { average_size = '64B', size_variation = '16B' } }");
    Parcels slices = path.pass(100'000);
    std::size_t sum = slices.back().bytes;
    slices.pop_back();
    for (const Parcel& slice : slices) {
        EXPECT_GE(slice.bytes, 48U);
        EXPECT_LE(slice.bytes, 80U);
        sum += slice.bytes;
    }
    EXPECT_EQ(sum, 100'000U);
}

TEST(LimitData, WhatIsBeyondTheLimitIsLostAndTheConnectionEnds) {
    OnPath path("{ limit_data = '10B' }");
    EXPECT_EQ(path.pass(6), (Parcels{{6, at(0s)}}));
    EXPECT_EQ(path.pass(6, 1s),
              (Parcels{{4, at(1s)}, {0, at(1s), Fate::fin}, {2, at(1s), Fate::lost}}));
    EXPECT_EQ(path.pass(1, 2s), (Parcels{{1, at(2s), Fate::lost}}));
}

TEST(LimitData, ExactlyTheLimitEndsTheConnectionToo) {
    OnPath path("{ limit_data = '6B' }");
    EXPECT_EQ(path.pass(6), (Parcels{{6, at(0s)}, {0, at(0s), Fate::fin}}));
}

TEST(SlowClose, OnlyTheEndIsLate) {
    OnPath path("{ slow_close = '1s' }");
    EXPECT_EQ(path.pass(6, 2s), (Parcels{{6, at(2s)}}));
    EXPECT_EQ(path.close(3s), at(4s));
}

TEST(Timeout, BytesAreLostAndTheEndIsSet) {
    OnPath path("{ timeout = '5s' }");
    EXPECT_EQ(path.state.end, (PathEnd{at(5s), Verdict::How::fin}));
    EXPECT_EQ(path.pass(6, 1s), (Parcels{{6, at(1s), Fate::lost}}));
    EXPECT_EQ(path.close(2s), at(2s));
    EXPECT_TRUE(removal_closes(read("{ timeout = '5s' }")));
}

TEST(Timeout, OfNoTimeHasNoEnd) {
    EXPECT_EQ(OnPath("{ timeout = '0s' }").state.end, std::nullopt);
}

TEST(ResetPeer, CountsFromTheFirstBytes) {
    OnPath path("{ reset_peer = '5s' }");
    EXPECT_EQ(path.pass(6, 1s), (Parcels{{6, at(1s), Fate::lost}, {0, at(6s), Fate::rst}}));
    EXPECT_EQ(path.pass(6, 2s), (Parcels{{6, at(2s), Fate::lost}}));
}

TEST(ResetPeer, OrFromTheEnd) {
    OnPath path("{ reset_peer = '5s' }");
    EXPECT_EQ(path.close(1s), never);
    EXPECT_EQ(path.state.end, (PathEnd{at(6s), Verdict::How::rst}));
}

Admission admission_of(const std::string& table) {
    world::Random random(1);
    return admit(read(table), random);
}

TEST(AcceptEffects, SayWhatBecomesOfAClient) {
    EXPECT_EQ(admission_of("{ reset = 'connection' }"), (Admission{.way = Admission::Way::reset}));
    EXPECT_EQ(admission_of("{ accept_late = '5s' }"),
              (Admission{.way = Admission::Way::serve, .wait = 5s}));
    EXPECT_EQ(admission_of("{ never_greet = 'connection' }"),
              (Admission{.way = Admission::Way::mute}));
    EXPECT_EQ(admission_of("{ too_busy = '421 4.3.2 too busy' }"),
              (Admission{.way = Admission::Way::say, .reply = "421 4.3.2 too busy\r\n"}));
}

class WrittenStreamEffect : public testing::TestWithParam<const char*> {};

TEST_P(WrittenStreamEffect, ReadsBackAsItself) {
    const Effect effect = read(GetParam());
    EXPECT_EQ(read(to_toml(effect)), effect) << to_toml(effect);
}

INSTANTIATE_TEST_SUITE_P(
    Effects, WrittenStreamEffect,
    testing::Values(
        "{ latency = '100ms' }", "{ jitter = '20ms' }",
        "{ jitter = { distribution = 'exponential', mean = '5ms' } }", "{ bandwidth = '64KiB/s' }",
        "{ bandwidth = '1kB/s' }", "{ stall = { period = '60s', length = '5s' } }",
        "{ stall = { period = '60s', length = '5s', phase = '1s' } }",
        "{ outage = { from = '10s', length = '30s' } }", "{ mtu_black_hole = { mtu = 1400 } }",
        "{ slicer = { average_size = '64B' } }",
        "{ slicer = { average_size = '64B', size_variation = '8B', delay = '1ms' } }",
        "{ limit_data = '10KiB' }", "{ limit_data = '0B' }", "{ slow_close = '1s' }",
        "{ timeout = '0s' }", "{ timeout = '5s' }", "{ reset_peer = '0s' }",
        "{ reset_peer = '5s' }", "{ reset = 'connection' }", "{ refuse = 'connection' }",
        "{ never_greet = 'connection' }", "{ accept_late = '5s' }",
        "{ accept_late = { distribution = 'uniform', min = '1s', max = '2s' } }",
        "{ too_busy = '421 4.3.2 too busy' }", "{ connection_limit = { connections = 10 } }",
        "{ connection_limit = { connections = 10, then = 'too_busy' } }",
        "{ forward_close = 'at_once' }", "{ forward_close = 'never' }",
        "{ forward_close = { after = '30s', as = 'same' } }"));

struct BadEffect {
    const char* effect;
    const char* message;
};

class RefusedEffect : public testing::TestWithParam<BadEffect> {};

TEST_P(RefusedEffect, IsRefused) {
    EXPECT_THAT(complaint(GetParam().effect), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Effects, RefusedEffect,
    testing::Values(
        BadEffect{"{ latency = '2h' }", "latency: "}, BadEffect{"{ jitter = 20 }", "jitter: "},
        BadEffect{"{ bandwidth = '64KiB' }", "bandwidth: expected a data rate such as"},
        BadEffect{"{ bandwidth = 64 }", "bandwidth: expected a text"},
        BadEffect{"{ stall = { length = '5s' } }", "stall.period: missing"},
        BadEffect{"{ stall = { period = '5s' } }", "stall.length: missing"},
        BadEffect{"{ stall = { period = '5s', length = '5s' } }", "length: is not below period"},
        BadEffect{"{ stall = { period = '5s', length = '1s', phase = '5s' } }",
                  "phase: is not below period"},
        BadEffect{"{ outage = { from = '5s' } }", "outage.length: missing"},
        BadEffect{"{ outage = { length = '5s' } }", "outage.from: missing"},
        BadEffect{"{ mtu_black_hole = { mtu = 67 } }", "mtu: expected a whole number from 68"},
        BadEffect{"{ mtu_black_hole = {} }", "mtu: missing"},
        BadEffect{"{ slicer = { delay = '1ms' } }", "average_size: missing"},
        BadEffect{"{ slicer = { average_size = '4B', size_variation = '4B' } }",
                  "size_variation: is not below average_size"},
        BadEffect{"{ limit_data = 10 }", "limit_data: "},
        BadEffect{"{ slow_close = '-1s' }", "slow_close: "},
        BadEffect{"{ timeout = 5 }", "timeout: "},
        BadEffect{"{ reset_peer = 'now' }", "reset_peer: "},
        BadEffect{"{ refuse = 'all' }", "refuse: expected"},
        BadEffect{"{ never_greet = true }", "never_greet: "},
        BadEffect{"{ too_busy = '451 no' }", "too_busy: expected one 421 reply line"},
        BadEffect{"{ too_busy = '421' }", "too_busy: expected one 421 reply line"},
        BadEffect{"{ connection_limit = { connections = 0 } }", "connections: expected a whole"},
        BadEffect{"{ connection_limit = { then = 'wait' } }", "connections: missing"},
        BadEffect{"{ connection_limit = { connections = 1, then = 'refuse' } }",
                  "then: expected one of \"wait\""},
        BadEffect{"{ forward_close = 'soon' }", "forward_close: expected \"at_once\""}));

}  // namespace
}  // namespace twofifty::netem
