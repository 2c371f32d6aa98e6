// From a judgement to a summary.
#include "harness/report/summarise.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace twofifty::harness {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::array<std::string, 1> addresses{"r1@recipient.test"};
const AddressBook book{addresses};

Judgement finished() {
    Judgement judgement;
    judgement.load_end = "planned";
    judgement.drain_end = "quiet";
    judgement.duration = 1500ms;
    judgement.counts.messages = 3;
    judgement.counts.recipients = 3;
    judgement.counts.copies = 4;
    judgement.counts.extra_copies = 1;
    judgement.counts.verdicts = {{Verdict::once, 2}, {Verdict::duplicated, 1}};
    judgement.counts.causes = {{Trigger::connection_cut, 1}};
    judgement.counts.copies_histogram = {{1, 2}, {2, 1}};
    judgement.latency[static_cast<std::size_t>(Phase::data_done)] = {
        .count = 4, .p50 = 1ms, .p90 = 2ms, .p99 = 2500us, .max = 3ms, .censored = 1};
    judgement.discrepancy_count = 1;
    judgement.discrepancies = {{2, 1, 2, 1}};
    return judgement;
}

Scenario scenario() {
    Scenario made;
    made.name = "cut-after-dot";
    made.seed = 9;
    return made;
}

TEST(Summarise, NamesCountsAndTurnsTimesIntoMilliseconds) {
    const Summary summary = summarise(finished(), scenario(), RunFacts{}, book);
    EXPECT_EQ(summary.scenario, "cut-after-dot");
    EXPECT_EQ(summary.seed, 9U);
    EXPECT_EQ(summary.duration_s, 1.5);
    EXPECT_EQ(count_of(summary.verdicts, "duplicated"), 1U);
    EXPECT_EQ(summary.verdicts.size(), verdict_names.size());
    EXPECT_EQ(summary.causes.size(), trigger_names.size());
    EXPECT_EQ(count_of(summary.causes, "connection_cut"), 1U);
    EXPECT_EQ(summary.copies_histogram, (std::vector<Count>{{"1", 2}, {"2", 1}}));
    EXPECT_EQ(
        summary.latency,
        (std::vector<PhaseLatency>{
            {"data_done", {.count = 4, .censored = 1, .p50 = 1, .p90 = 2, .p99 = 2.5, .max = 3}}}));
    EXPECT_EQ(summary.discrepancies_named,
              (std::vector<DiscrepancyFigures>{{2, "r1@recipient.test", 2, 1}}));
    EXPECT_EQ(summary.result, Result::passed);
}

TEST(Summarise, RulesTakeTheirCountsByPlace) {
    Scenario with_rules = scenario();
    with_rules.rules.resize(2);
    with_rules.rules[0].name = "first";
    with_rules.rules[1].name = "second";
    Judgement judgement = finished();
    judgement.rules.resize(1);
    judgement.rules[0].fired = 5;
    judgement.rules[0].matched = 7;
    const Summary summary = summarise(judgement, with_rules, {}, book);
    ASSERT_EQ(summary.rules.size(), 2U);
    EXPECT_EQ(summary.rules[0].fired, 5U);
    EXPECT_EQ(summary.rules[0].matched, 7U);
    EXPECT_EQ(summary.rules[1].matched, std::nullopt);
    EXPECT_THAT(summary.result_reasons, ElementsAre("The rule second never fired."));
}

TEST(Summarise, ARunThatWentToItsEndIsComplete) {
    EXPECT_THAT(summarise(finished(), scenario(), {}, book).incomplete, IsEmpty());
}

TEST(Summarise, EachWayOfNotFinishingMakesTheRunInconclusive) {
    Judgement killed = finished();
    killed.load_end.clear();
    killed.drain_end.clear();
    Judgement interrupted = finished();
    interrupted.load_end = "interrupted";
    Judgement slow = finished();
    slow.drain_end = "budget";
    Judgement stopped = finished();
    stopped.drain_end = "interrupted";
    Judgement dead = finished();
    dead.target_failure = "connection refused";
    for (const Judgement& judgement : {killed, interrupted, slow, stopped, dead}) {
        const Summary summary = summarise(judgement, scenario(), {}, book);
        EXPECT_EQ(summary.result, Result::inconclusive);
        EXPECT_FALSE(summary.incomplete.empty());
    }
    EXPECT_THAT(summarise(dead, scenario(), {}, book).incomplete,
                ElementsAre("The target failed: connection refused."));
}

TEST(Causes, OfAMessageAreNamedOnceEach) {
    const auto copy = [](std::uint32_t message, Trigger trigger) {
        ExtraCopy made;
        made.message = message;
        made.trigger = trigger;
        return made;
    };
    Judgement judgement;
    judgement.extra_copies = {copy(1, Trigger::loop), copy(2, Trigger::reply_dropped),
                              copy(2, Trigger::receiver_died), copy(2, Trigger::reply_dropped)};
    EXPECT_THAT(causes_of(judgement, 2), ElementsAre("reply_dropped", "receiver_died"));
    EXPECT_THAT(causes_of(judgement, 3), IsEmpty());
}

}  // namespace
}  // namespace twofifty::harness
