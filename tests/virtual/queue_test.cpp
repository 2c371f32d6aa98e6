// The receivers' queues over time, as the ledger and the summary tell them.
#include "tests/virtual/one_message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tuple>

namespace twofifty {
namespace {

using namespace std::chrono_literals;
using test::run_virtual;
using test::VirtualRun;
using testing::ElementsAre;
using testing::IsEmpty;

using Sample = std::tuple<Duration, std::string, std::int64_t, Duration>;

/// When, which queue, how deep, and the age of the oldest.
std::vector<Sample> samples(const VirtualRun& run) {
    std::vector<Sample> found;
    for (const Event& event : run.of_kind(EventKind::queue_sampled))
        found.emplace_back(event.at.time_since_epoch(), event.text, event.quantity, event.duration);
    return found;
}

std::string three_at_once(std::string_view target) {
    return fmt::format(R"(
[fleet]
messages = 3
connections = 3
[target]
{}
[target.reference]
service_time = "50s"
workers = 1
[virtual]
latency = "0s"
)",
                       target);
}

TEST(Queues, AreSampledEachMinuteWhileSomethingWaitsAndOnceWhenNothingDoes) {
    const VirtualRun run = run_virtual(three_at_once(""));
    EXPECT_THAT(samples(run),
                ElementsAre(Sample(1min, "incoming", 2, 1min), Sample(2min, "incoming", 1, 2min),
                            Sample(152s, "incoming", 0, 0s)));
}

TEST(Queues, AreSampledAsOftenAsToldOrNever) {
    EXPECT_EQ(samples(run_virtual(three_at_once("sample_every = '30s'"))).size(), 5U);
    EXPECT_THAT(samples(run_virtual(three_at_once("sample_every = '0s'"))), IsEmpty());
}

TEST(Queues, StandInTheSummaryWithTheirWorstMoments) {
    const VirtualRun run = run_virtual(three_at_once(""));
    const harness::QueueFigures expected{.receiver = "receiver",
                                         .queue = "incoming",
                                         .depth_max = 2,
                                         .depth_max_at_s = 60,
                                         .oldest_s = 120,
                                         .samples = {{60, 2}, {120, 1}, {152, 0}}};
    EXPECT_EQ(run.summary.queues, std::vector<harness::QueueFigures>{expected});
}

TEST(Queues, OfForwardsAreTheOutgoingOnes) {
    const VirtualRun run = run_virtual(R"(
[fleet]
messages = 1
[[target.receiver]]
name = "front"
domains = ["recipient.test"]
forward = [{ recipients = "*", to = "mailbox" }]
[[target.receiver]]
name = "mailbox"
domains = ["elsewhere.test"]
service_time = "90s"
[virtual]
latency = "0s"
)");
    EXPECT_THAT(samples(run),
                ElementsAre(Sample(1min, "outgoing", 1, 1min), Sample(1min, "incoming", 1, 1min),
                            Sample(92s, "outgoing", 0, 0s), Sample(92s, "incoming", 0, 0s)));
}

TEST(Suppression, IsToldInTheSummaryAndIsNoDiscrepancy) {
    const VirtualRun run = run_virtual(test::one_message(R"(
timeouts = { data_done = "1m" }
retry = { schedule = ["2m"], lifetime = "1h" }
[target.reference]
suppress = { key = "message_id" }
[[impair]]
name = "lose-250"
when = { phase = "data_done", attempt = 1 }
effect = { drop = "reply" }
[expect]
copies_suppressed = "== 1"
copies_queued = "== 2"
wire_duplicated = "== 100%"
copies_discarded = "== 0"
)"));
    EXPECT_EQ(run.verdict("once"), 1U);
    EXPECT_EQ(run.judgement.discrepancy_count, 0U);
    EXPECT_EQ(run.summary.result, harness::Result::passed)
        << testing::PrintToString(run.summary.result_reasons);
}

}  // namespace
}  // namespace twofifty
