// The line of a queue's depth: worst moments are exact, and it does not grow with the run.
#include "harness/ledger/queue_history.hpp"

#include <gtest/gtest.h>

namespace twofifty::harness {
namespace {

using namespace std::chrono_literals;

Event sample(Duration when, std::int64_t depth, Duration oldest, std::uint16_t receiver = 1) {
    return {.at = at(when),
            .kind = EventKind::queue_sampled,
            .node = receiver,
            .duration = oldest,
            .quantity = depth,
            .text = "incoming"};
}

TEST(QueueHistory, TellsTheDeepestMomentTheOldestAgeAndEverySample) {
    QueueHistory history;
    history.add(sample(60s, 3, 50s));
    history.add(sample(120s, 7, 100s));
    history.add(sample(180s, 7, 160s));
    history.add(sample(240s, 0, 0s));
    const QueueAccount expected{.receiver = 1,
                                .queue = "incoming",
                                .most = 7,
                                .most_at = 120s,
                                .oldest = 160s,
                                .samples = {{60s, 3}, {120s, 7}, {180s, 7}, {240s, 0}}};
    EXPECT_EQ(history.accounts(), std::vector<QueueAccount>{expected});
}

TEST(QueueHistory, EachReceiverHasItsOwn) {
    QueueHistory history;
    history.add(sample(60s, 3, 50s, 2));
    history.add(sample(60s, 1, 5s, 1));
    const std::vector<QueueAccount> accounts = history.accounts();
    ASSERT_EQ(accounts.size(), 2U);
    EXPECT_EQ(accounts[0].receiver, 1U);
    EXPECT_EQ(accounts[1].receiver, 2U);
}

TEST(QueueHistory, ALongOneKeepsItsPeaksInAFewSamples) {
    QueueHistory history;
    for (int minute = 1; minute <= 100'000; ++minute)
        history.add(sample(minute * 1min, minute == 77'777 ? 1000 : minute % 10, 1s));
    const QueueAccount account = history.accounts().front();
    EXPECT_LE(account.samples.size(), QueueHistory::samples_most);
    EXPECT_GT(account.samples.size(), QueueHistory::samples_most / 3);
    std::size_t peaks = 0;
    for (std::size_t i = 0; i < account.samples.size(); ++i) {
        if (account.samples[i].depth == 1000) ++peaks;
        if (i == 0) continue;
        EXPECT_LT(account.samples[i - 1].at, account.samples[i].at);
    }
    EXPECT_EQ(peaks, 1U);
    EXPECT_EQ(account.most_at, 77'777min);
}

}  // namespace
}  // namespace twofifty::harness
