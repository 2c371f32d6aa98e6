#include "harness/ledger/time_spread.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace twofifty::harness {
namespace {

using namespace std::chrono_literals;

TEST(TimeSpread, OfNothingIsNothing) {
    EXPECT_EQ(TimeSpreadRecorder{}.spread(), TimeSpread{});
}

TEST(TimeSpread, OfOneValueIsThatValue) {
    TimeSpreadRecorder recorder;
    recorder.add(1234567ns);
    EXPECT_EQ(recorder.spread(), (TimeSpread{1, 1234567ns, 1234567ns, 1234567ns, 1234567ns, 0}));
}

TEST(TimeSpread, SmallValuesAreExactNearestRanks) {
    TimeSpreadRecorder recorder;
    for (int value = 200; value >= 1; --value) recorder.add(Duration{value});
    EXPECT_EQ(recorder.spread(), (TimeSpread{200, 100ns, 180ns, 198ns, 200ns, 0}));
}

TEST(TimeSpread, RankIsRoundedUp) {
    TimeSpreadRecorder recorder;
    for (const Duration value : {1ns, 2ns, 3ns}) recorder.add(value);
    EXPECT_EQ(recorder.spread(), (TimeSpread{3, 2ns, 3ns, 3ns, 3ns, 0}));
}

TEST(TimeSpread, CensoredOnesAreInNoPercentile) {
    TimeSpreadRecorder recorder;
    recorder.add(5ns);
    recorder.add_censored();
    recorder.add_censored();
    EXPECT_EQ(recorder.spread(), (TimeSpread{1, 5ns, 5ns, 5ns, 5ns, 2}));
}

TEST(TimeSpread, NegativeTimeCountsAsNone) {
    TimeSpreadRecorder recorder;
    recorder.add(-5ns);
    EXPECT_EQ(recorder.spread(), (TimeSpread{1, 0ns, 0ns, 0ns, 0ns, 0}));
}

// Every octave up to the greatest time there is, at its edges.
TEST(TimeSpread, NoPercentileIsWrongByMoreThanFourInAThousand) {
    for (int shift = 0; shift < 63; ++shift) {
        const std::int64_t edge = std::int64_t{1} << shift;
        for (const std::int64_t value : {edge - 1, edge, edge + 1, edge + edge / 3}) {
            TimeSpreadRecorder recorder;
            recorder.add(Duration{value});
            recorder.add(Duration::max());
            const double found = static_cast<double>(recorder.spread().p50.count());
            EXPECT_NEAR(found, static_cast<double>(value), static_cast<double>(value) / 256)
                << value;
        }
    }
}

}  // namespace
}  // namespace twofifty::harness
