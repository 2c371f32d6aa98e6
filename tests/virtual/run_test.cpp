// Whole runs in virtual time: what each shipped scenario promises, the claims of the design with
// exact moments, and what a run says when it cannot say anything.
#include "tests/virtual/one_message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <vector>

namespace twofifty {
namespace {

using namespace std::chrono_literals;
using harness::Result;
using test::one_message;
using test::run_virtual;
using test::times_of;
using test::VirtualRun;
using testing::ElementsAre;

class ShippedScenario : public testing::TestWithParam<const char*> {};

TEST_P(ShippedScenario, KeepsItsPromise) {
    const VirtualRun run =
        run_virtual(test::source_file(fmt::format("scenarios/{}.toml", GetParam())));
    EXPECT_EQ(run.ended, world::virtual_world::Ended::finished);
    EXPECT_EQ(run.summary.result, Result::passed)
        << testing::PrintToString(run.summary.result_reasons);
    EXPECT_EQ(run.judgement.discrepancy_count, 0U);
    EXPECT_EQ(run.judgement.counts.copies, run.judgement.counts.transactions_accepted);
}

INSTANTIATE_TEST_SUITE_P(All, ShippedScenario,
                         testing::Values("clean", "lost-250", "late-250", "cut-before-dot",
                                         "cut-after-dot", "busy-receiver", "patient-sender",
                                         "effects/correlated-delay", "effects/corrupt",
                                         "effects/drip", "effects/duplicate", "effects/loss",
                                         "effects/loss-bursts", "effects/slice", "effects/truncate",
                                         "incidents/lmtp-partial-reply", "incidents/split-dot"),
                         [](const auto& tested) {
                             std::string name = tested.param;
                             std::erase(name, '-');
                             std::erase(name, '/');
                             return name;
                         });

class HarmlessScenario : public testing::TestWithParam<const char*> {};

TEST_P(HarmlessScenario, MakesNoDuplicateWhateverTheSeed) {
    const std::string text = test::source_file(fmt::format("scenarios/{}.toml", GetParam()));
    for (const std::uint64_t seed : {11ULL, 12ULL, 13ULL}) {
        const VirtualRun run = run_virtual(text, {.seed = seed});
        EXPECT_EQ(run.judgement.counts.extra_copies, 0U) << "seed " << seed;
        EXPECT_EQ(run.verdict("once"), run.judgement.counts.recipients) << "seed " << seed;
    }
}

INSTANTIATE_TEST_SUITE_P(All, HarmlessScenario,
                         testing::Values("clean", "cut-before-dot", "patient-sender"),
                         [](const auto& tested) {
                             std::string name = tested.param;
                             std::erase(name, '-');
                             return name;
                         });

struct HarmfulCase {
    const char* scenario;
    const char* cause;
};

class HarmfulScenario : public testing::TestWithParam<HarmfulCase> {};

TEST_P(HarmfulScenario, MakesDuplicatesOfItsOneCauseWhateverTheSeed) {
    const std::string text =
        test::source_file(fmt::format("scenarios/{}.toml", GetParam().scenario));
    for (const std::uint64_t seed : {11ULL, 12ULL, 13ULL}) {
        const VirtualRun run = run_virtual(text, {.seed = seed});
        EXPECT_GT(run.verdict("duplicated"), 0U) << "seed " << seed;
        EXPECT_EQ(run.cause(GetParam().cause), run.judgement.counts.extra_copies)
            << "seed " << seed;
        EXPECT_EQ(run.verdict("lost"), 0U) << "seed " << seed;
    }
}

INSTANTIATE_TEST_SUITE_P(All, HarmfulScenario,
                         testing::Values(HarmfulCase{"lost-250", "reply_dropped"},
                                         HarmfulCase{"late-250", "reply_late_network"},
                                         HarmfulCase{"cut-after-dot", "connection_cut"},
                                         HarmfulCase{"busy-receiver", "reply_late_server"}),
                         [](const auto& tested) {
                             std::string name = tested.param.scenario;
                             std::erase(name, '-');
                             return name;
                         });

// The claim of the whole program, to the nanosecond: the first 250 is dropped, the sender waits ten
// seconds, tries again two seconds later, and the receiver has the message twice.
TEST(Retransmission, DroppedReplyMakesOneDuplicate) {
    const VirtualRun run = run_virtual(one_message(R"(
timeouts = { data_done = "10s" }
retry = { schedule = ["2s"], lifetime = "1h" }
[[impair]]
name = "lose"
when = { phase = "data_done", reply = "2xx", first = 1 }
effect = { drop = "reply" }
)"));
    EXPECT_THAT(times_of(run, EventKind::attempt_started), ElementsAre(0s, 12s));
    EXPECT_THAT(times_of(run, EventKind::attempt_ended), ElementsAre(10s, 12s));
    EXPECT_THAT(times_of(run, EventKind::copy_found), ElementsAre(0s, 12s));
    EXPECT_EQ(run.verdict("duplicated"), 1U);
    EXPECT_EQ(run.cause("reply_dropped"), 1U);
    EXPECT_EQ(run.judgement.counts.extra_copies, 1U);
    // 12 s, the drain's quiet time behind it, and no instant more.
    EXPECT_EQ(run.judgement.duration, 14s);
}

TEST(Retransmission, LatencyIsPartOfEachExactMoment) {
    const VirtualRun run = run_virtual(R"(
[fleet]
messages = 1
timeouts = { data_done = "10s" }
retry = { schedule = ["2s"], lifetime = "1h" }
[[impair]]
name = "lose"
when = { phase = "data_done", first = 1 }
effect = { drop = "reply" }
[virtual]
latency = "5ms"
)",
                                       {.short_read_chance = 0});
    // Each connection, fleet to layer and layer to receiver, takes a round trip (10 ms) to be made;
    // the layer's begins when its client's is. A dialogue over both takes 20 ms for each of
    // greeting (one way), EHLO, and the pipelined envelope; the content is one way.
    const Duration connected = 10ms;
    const Duration greeted = connected + 10ms + 10ms;
    const Duration go_ahead = greeted + 20ms + 20ms;
    EXPECT_THAT(times_of(run, EventKind::content_sent),
                ElementsAre(go_ahead, go_ahead + 10s + 2s + go_ahead));
    EXPECT_THAT(times_of(run, EventKind::copy_found),
                ElementsAre(go_ahead + 10ms, go_ahead + 10s + 2s + go_ahead + 10ms));
}

TEST(Retransmission, AReplyThatIsLateByANanosecondMakesADuplicate) {
    const auto run_with = [](const char* delay) {
        return run_virtual(one_message(fmt::format(R"(
timeouts = {{ data_done = "10s" }}
retry = {{ schedule = ["2s"], lifetime = "1h" }}
[[impair]]
name = "late"
when = {{ phase = "data_done", attempt = 1 }}
effect = {{ delay = "{}" }}
)",
                                                   delay)));
    };
    EXPECT_EQ(run_with("9.999999999s").verdict("once"), 1U);
    const VirtualRun late = run_with("10.000000001s");
    EXPECT_EQ(late.verdict("duplicated"), 1U);
    EXPECT_EQ(late.cause("reply_late_network"), 1U);
}

TEST(Retransmission, FiveDaysOfRetriesFollowTheScheduleExactly) {
    const VirtualRun run = run_virtual(one_message(R"(
[[impair]]
name = "refuse"
when = { phase = "data_done" }
effect = { replace = "451 4.3.0 try later" }
[drain]
budget = "10d"
)"));
    // 30 min, 30 min, then every two hours while the next attempt starts within five days.
    std::vector<Duration> expected{0min, 30min, 60min};
    while (expected.back() + 2h <= 120h) expected.push_back(expected.back() + 2h);
    EXPECT_EQ(times_of(run, EventKind::attempt_started), expected);
    EXPECT_THAT(times_of(run, EventKind::gave_up), ElementsAre(expected.back()));
    EXPECT_EQ(expected.back(), 119h);
}

TEST(Retransmission, AMessageThatIsAlwaysRefusedByTheServerItselfFails) {
    const VirtualRun run = run_virtual(one_message(R"(
retry = { schedule = ["1s"], lifetime = "1m" }
[message]
size = "8KiB"
[target.reference]
max_size = "1KiB"
size = false
)"));
    EXPECT_EQ(run.verdict("failed"), 1U);
    EXPECT_EQ(count_of(run.summary.sender_ends, "gave_up"), 1U);
    EXPECT_EQ(run.judgement.counts.attempts, 1U);
}

TEST(Retransmission, ASenderThatGivesUpOnADeliveredMessageLeavesAGhost) {
    const VirtualRun run = run_virtual(one_message(R"(
timeouts = { data_done = "10s" }
retry = { schedule = ["1s"], lifetime = "0s" }
[[impair]]
name = "lose"
when = { phase = "data_done" }
effect = { drop = "reply" }
)"));
    EXPECT_EQ(run.verdict("ghost"), 1U);
    EXPECT_THAT(times_of(run, EventKind::gave_up), ElementsAre(10s));
}

TEST(Drain, HealingAfterTheLoadLetsTheRetriesThrough) {
    const auto run_with = [](const char* heal) {
        return run_virtual(fmt::format(R"(
[fleet]
messages = 10
rate = "10/s"
timeouts = {{ data_done = "5s" }}
retry = {{ schedule = ["5s"], lifetime = "1h" }}
[[impair]]
name = "lose-all"
when = {{ phase = "data_done" }}
effect = {{ drop = "reply" }}
[drain]
heal = "{}"
budget = "1m"
)",
                                       heal));
    };
    const VirtualRun healed = run_with("after_load");
    EXPECT_EQ(healed.judgement.counts.sender_ends[harness::SenderEnd::acknowledged], 10U);
    EXPECT_EQ(healed.summary.result, Result::passed);
    const VirtualRun sick = run_with("never");
    EXPECT_EQ(sick.judgement.counts.sender_ends[harness::SenderEnd::pending], 10U);
}

// The sender gives up after ten seconds, the receiver stores the message after fifteen.
TEST(Drain, WaitsForAReceiverThatIsStillWorking) {
    const VirtualRun run = run_virtual(one_message(R"(
timeouts = { data_done = "10s" }
retry = { schedule = ["1s"], lifetime = "0s" }
[target.reference]
service_time = "15s"
[drain]
quiet_for = "2s"
)"));
    EXPECT_THAT(times_of(run, EventKind::copy_found), ElementsAre(15s));
    EXPECT_EQ(run.verdict("ghost"), 1U);
    EXPECT_EQ(run.judgement.drain_end, "quiet");
    EXPECT_EQ(run.judgement.duration, 17s);
}

TEST(Drain, ABudgetThatEndsLeavesTheRunIncomplete) {
    const VirtualRun run = run_virtual(one_message(R"(
timeouts = { data_done = "10s" }
[[impair]]
name = "lose"
when = { phase = "data_done" }
effect = { drop = "reply" }
[drain]
budget = "1m"
)"));
    EXPECT_EQ(run.judgement.drain_end, "budget");
    EXPECT_EQ(run.judgement.duration, 1min);
    EXPECT_EQ(run.summary.result, Result::inconclusive);
    EXPECT_EQ(harness::exit_code(run.summary.result), 2);
}

const std::string long_load = R"(
[fleet]
duration = "1h"
rate = "1/s"
[drain]
quiet_for = "2s"
)";

TEST(Interrupt, EndsTheLoadAndDrainsWhatIsThere) {
    const VirtualRun run = run_virtual(long_load, {.interrupts = {10500ms}});
    EXPECT_EQ(run.judgement.load_end, "interrupted");
    EXPECT_EQ(run.judgement.counts.messages, 11U);
    EXPECT_EQ(run.verdict("once"), 11U);
    EXPECT_EQ(run.summary.result, Result::inconclusive);
    EXPECT_LT(run.judgement.duration, 10500ms + 2s + 1ms);
}

const std::string stuck_load = R"(
[fleet]
duration = "1h"
rate = "1/s"
[[impair]]
name = "hold"
when = { phase = "data_done" }
effect = { hold = "forever" }
)";

TEST(Interrupt, BoundsADrainThatWouldNotEnd) {
    const VirtualRun run = run_virtual(stuck_load, {.interrupts = {10500ms}});
    EXPECT_EQ(run.judgement.duration, 10500ms + 10s);
    EXPECT_EQ(run.judgement.drain_end, "interrupted");
}

TEST(Interrupt, ASecondOneEndsTheDrainAtOnce) {
    const VirtualRun run = run_virtual(stuck_load, {.interrupts = {10500ms, 12s}});
    EXPECT_EQ(run.judgement.duration, 12s);
}

// Nothing between the fleet and its target needs the token in the envelope.
TEST(OneSender, LeavesEveryCopyKnown) {
    const VirtualRun run = run_virtual(R"(
[fleet]
messages = 20
timeouts = { data_done = "3s" }
retry = { schedule = ["10s"], lifetime = "1m" }
[message]
sender = "app@known.test"
[target]
direct = true
reference = { service_time = { distribution = "uniform", min = "1s", max = "4s" } }
)");
    EXPECT_EQ(run.judgement.counts.messages, 20U);
    EXPECT_GT(run.judgement.counts.extra_copies, 0U);
    EXPECT_EQ(run.verdict("once") + run.verdict("duplicated"), 20U);
    EXPECT_EQ(run.judgement.counts.unexpected, 0U);
    EXPECT_EQ(run.judgement.discrepancy_count, 0U);
}

TEST(Inconclusive, ARuleThatNeverFiresLeavesTheQuestionUnasked) {
    const VirtualRun run = run_virtual(one_message(R"(
[[impair]]
name = "never"
when = { phase = "data_done", reply = "5xx" }
effect = { drop = "reply" }
[expect]
once = "== 100%"
)"));
    EXPECT_EQ(run.summary.result, Result::inconclusive);
    EXPECT_THAT(run.summary.result_reasons, ElementsAre("The rule never never fired."));
}

}  // namespace
}  // namespace twofifty
