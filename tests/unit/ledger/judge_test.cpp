// Verdicts: what became of each message, from known histories.
#include "harness/ledger/judge.hpp"

#include "tests/unit/ledger/events.hpp"

#include <gtest/gtest.h>

namespace twofifty::harness {
namespace {

/// The counts of one pair that had one attempt.
Counts one(Verdict verdict, SenderEnd end, std::uint32_t copies, std::uint64_t transactions) {
    return {.messages = 1,
            .recipients = 1,
            .attempts = 1,
            .copies = copies,
            .transactions_accepted = transactions,
            .verdicts = {{verdict, 1}},
            .sender_ends = {{end, 1}},
            .copies_histogram = {{copies, 1}}};
}

/// The counts of one acknowledged pair with two attempts and two copies.
Counts duplicated(Trigger trigger, Route route = Route::same_host) {
    return {.messages = 1,
            .recipients = 1,
            .attempts = 2,
            .copies = 2,
            .wire_duplicated = 1,
            .extra_copies = 1,
            .transactions_accepted = 2,
            .verdicts = {{Verdict::duplicated, 1}},
            .sender_ends = {{SenderEnd::acknowledged, 1}},
            .causes = {{trigger, 1}},
            .routes = {{route, 1}},
            .copies_histogram = {{2, 1}}};
}

Mail clean(std::uint32_t message = 7) {
    return Mail(message).submitted().attempt().accepted_by_receiver().delivered().acknowledged();
}

Mail dropped_once(std::uint32_t message = 7) {
    return Mail(message)
        .submitted()
        .attempt()
        .accepted_by_receiver()
        .fault("drop")
        .delivered()
        .timed_out()
        .attempt()
        .accepted_by_receiver()
        .delivered()
        .acknowledged();
}

TEST(Judge, EmptyHistoryCountsNothingAndIsNotComplete) {
    const Judgement judgement = judge({}, {});
    EXPECT_EQ(judgement, Judgement{});
    EXPECT_FALSE(judgement.complete());
}

TEST(Judge, OneCopyOfAnAcknowledgedMessageIsOnce) {
    EXPECT_EQ(counted({clean()}), one(Verdict::once, SenderEnd::acknowledged, 1, 1));
}

// The reply to the final dot is dropped once: the sender retries a message the receiver has.
TEST(Judge, DroppedReplyMakesOneDuplicate) {
    EXPECT_EQ(counted({dropped_once()}), duplicated(Trigger::reply_dropped));
}

TEST(Judge, AcknowledgedWithoutACopyIsLost) {
    EXPECT_EQ(counted({Mail(7).submitted().attempt().accepted_by_receiver().acknowledged()}),
              one(Verdict::lost, SenderEnd::acknowledged, 0, 1));
}

TEST(Judge, AcknowledgedWithoutACopyIsUnobservedWhereQueuesWereNotSeenEmpty) {
    std::vector<Event> events =
        history({Mail(7).submitted().attempt().accepted_by_receiver().acknowledged()});
    std::erase_if(events,
                  [](const Event& event) { return event.kind == EventKind::queues_seen_empty; });
    EXPECT_EQ(judge(events, {}).counts, one(Verdict::unobserved, SenderEnd::acknowledged, 0, 1));
}

TEST(Judge, QueuesSeenEmptyBeforeTheAcknowledgementDoNotMakeALoss) {
    std::vector<Event> events =
        history({Mail(7).submitted().attempt().accepted_by_receiver().acknowledged()});
    for (Event& event : events) {
        if (event.kind == EventKind::queues_seen_empty) event.at = at(1s);
    }
    EXPECT_EQ(judge(events, {}).counts, one(Verdict::unobserved, SenderEnd::acknowledged, 0, 1));
}

TEST(Judge, NothingIsLostBeforeTheCountingEnded) {
    std::vector<Event> events =
        history({Mail(7).submitted().attempt().accepted_by_receiver().acknowledged()});
    events.pop_back();
    EXPECT_EQ(judge(events, {}).counts, one(Verdict::unobserved, SenderEnd::acknowledged, 0, 1));
}

TEST(Judge, BouncedMessageWithACopyIsAGhost) {
    const Mail mail = Mail(7)
                          .submitted()
                          .attempt()
                          .accepted_by_receiver()
                          .fault("drop")
                          .delivered()
                          .timed_out()
                          .gave_up();
    EXPECT_EQ(counted({mail}), one(Verdict::ghost, SenderEnd::gave_up, 1, 1));
}

TEST(Judge, BouncedMessageWithoutACopyHasFailed) {
    EXPECT_EQ(counted({Mail(7).submitted().attempt().refused_for_good().gave_up()}),
              one(Verdict::failed, SenderEnd::gave_up, 0, 0));
}

TEST(Judge, QueuedMessageIsPendingThoughItsCopyIsThere) {
    const Mail mail = Mail(7).submitted().attempt().accepted_by_receiver().delivered().timed_out();
    EXPECT_EQ(counted({mail}), one(Verdict::pending, SenderEnd::pending, 1, 1));
}

TEST(Judge, DamagedCopyIsCorrupted) {
    const Mail mail =
        Mail(7).submitted().attempt().accepted_by_receiver().delivered_damaged().acknowledged();
    EXPECT_EQ(counted({mail}), one(Verdict::corrupted, SenderEnd::acknowledged, 1, 1));
}

TEST(Judge, CorruptedComesBeforeDuplicated) {
    Counts expected = duplicated(Trigger::reply_dropped);
    expected.verdicts = {{Verdict::corrupted, 1}};
    const Mail mail = Mail(7)
                          .submitted()
                          .attempt()
                          .accepted_by_receiver()
                          .fault("drop")
                          .delivered()
                          .timed_out()
                          .attempt()
                          .accepted_by_receiver()
                          .delivered_damaged()
                          .acknowledged();
    EXPECT_EQ(counted({mail}), expected);
}

TEST(Judge, DuplicatedComesBeforeGhostAndPending) {
    Mail mail = Mail(7)
                    .submitted()
                    .attempt()
                    .accepted_by_receiver()
                    .fault("drop")
                    .delivered()
                    .timed_out()
                    .attempt()
                    .accepted_by_receiver()
                    .fault("drop")
                    .delivered()
                    .timed_out();
    Counts expected = duplicated(Trigger::reply_dropped);
    expected.sender_ends = {{SenderEnd::pending, 1}};
    EXPECT_EQ(counted({mail}), expected);
    expected.sender_ends = {{SenderEnd::gave_up, 1}};
    EXPECT_EQ(counted({mail.gave_up()}), expected);
}

TEST(Judge, AcknowledgedInAnyAttemptOutweighsABounce) {
    EXPECT_EQ(counted({clean().gave_up()}), one(Verdict::once, SenderEnd::acknowledged, 1, 1));
}

TEST(Judge, CopyWithoutATokenIsUnexpected) {
    Counts expected = one(Verdict::once, SenderEnd::acknowledged, 1, 1);
    expected.unexpected = 1;
    EXPECT_EQ(counted({clean()}, {stranger(at(2s))}), expected);
}

TEST(Judge, CopyOfAMessageThatWasNeverSubmittedIsUnexpected) {
    EXPECT_EQ(counted({Mail(4'000'000'000).delivered().delivered()}), (Counts{.unexpected = 2}));
}

TEST(Judge, CopyForARecipientThatWasNotAddressedIsUnexpected) {
    Counts expected = one(Verdict::once, SenderEnd::acknowledged, 1, 1);
    expected.unexpected = 1;
    EXPECT_EQ(counted({clean(), Mail(7, 2).delivered()}), expected);
}

TEST(Judge, CopiesWithoutADigestAreNotCompared) {
    std::vector<Event> events = history({clean()});
    for (Event& event : events) {
        if (event.kind == EventKind::copy_found) event.digest = 0;
    }
    EXPECT_EQ(judge(events, {}).counts, one(Verdict::once, SenderEnd::acknowledged, 1, 1));
}

TEST(Judge, EachRecipientHasItsOwnVerdict) {
    const Judgement judgement =
        judged({Mail(7, 1).submitted().attempt().accepted_by_receiver().delivered().acknowledged(),
                Mail(7, 2).submitted(), Mail(7, 3).submitted().gave_up()});
    EXPECT_EQ(judgement.pairs,
              (std::vector<PairVerdict>{{7, 1, 1, Verdict::once, SenderEnd::acknowledged},
                                        {7, 2, 0, Verdict::pending, SenderEnd::pending},
                                        {7, 3, 0, Verdict::failed, SenderEnd::gave_up}}));
}

TEST(Judge, SeveralCopiesAreCountedByHowMany) {
    Mail mail = Mail(7).submitted();
    for (int i = 0; i < 5; ++i) {
        mail.attempt().accepted_by_receiver().fault("drop").delivered().timed_out();
    }
    mail.attempt().accepted_by_receiver().delivered().acknowledged();
    EXPECT_EQ(counted({mail, clean(8)}),
              (Counts{.messages = 2,
                      .recipients = 2,
                      .attempts = 7,
                      .copies = 7,
                      .wire_duplicated = 1,
                      .extra_copies = 5,
                      .transactions_accepted = 7,
                      .verdicts = {{Verdict::duplicated, 1}, {Verdict::once, 1}},
                      .sender_ends = {{SenderEnd::acknowledged, 2}},
                      .causes = {{Trigger::reply_dropped, 5}},
                      .routes = {{Route::same_host, 5}},
                      .copies_histogram = {{1, 1}, {6, 1}}}));
}

/// The first 250 is lost, and the receiver suppresses the second copy.
Mail suppressed_once(bool layer = true) {
    Mail mail = Mail(7);
    if (!layer) mail.without_layer();
    return mail.submitted()
        .attempt()
        .accepted_by_receiver()
        .delivered()
        .timed_out()
        .attempt()
        .accepted_by_receiver()
        .suppressed()
        .acknowledged();
}

TEST(Judge, ASuppressedCopyLeavesThePairAtOnceAndIsCountedOnTheWireAndInTheQueue) {
    const Judgement judgement = judged({suppressed_once()});
    Counts expected = one(Verdict::once, SenderEnd::acknowledged, 1, 2);
    expected.attempts = 2;
    expected.copies_suppressed = 1;
    expected.wire_duplicated = 1;
    EXPECT_EQ(judgement.counts, expected);
    EXPECT_EQ(judgement.discrepancy_count, 0U);
}

TEST(Judge, WithoutALayerTheQueueTellsWhatTheWireCarriedTwice) {
    Counts expected = one(Verdict::once, SenderEnd::acknowledged, 1, 0);
    expected.attempts = 2;
    expected.copies_suppressed = 1;
    expected.wire_duplicated = 1;
    EXPECT_EQ(counted({suppressed_once(false)}), expected);
}

TEST(Judge, ADiscardedMessageWasAcceptedByNobody) {
    const Judgement judgement =
        judged({Mail(7).submitted().attempt().discarded().timed_out().gave_up()});
    Counts expected = one(Verdict::failed, SenderEnd::gave_up, 0, 0);
    expected.copies_discarded = 1;
    EXPECT_EQ(judgement.counts, expected);
    EXPECT_EQ(judgement.discrepancy_count, 0U);
}

TEST(Judge, TimesCountFromThePlannedStart) {
    // Submitted 500 ms late: the sender's stall is part of both times.
    Mail mail(7, 1, at(10s));
    mail.submitted(500ms).attempt().accepted_by_receiver();
    const TimePoint delivered_at = mail.now();
    mail.delivered().pause(5ms);
    mail.acknowledged();
    const TimePoint acknowledged_at = mail.events().back().at;
    const Judgement judgement = judged({mail, Mail(8).submitted()});
    const auto single = [](Duration time) { return TimeSpread{1, time, time, time, time, 1}; };
    EXPECT_EQ(judgement.time_to_delivery, single(delivered_at - at(9500ms)));
    EXPECT_EQ(judgement.time_to_acknowledge, single(acknowledged_at - at(9500ms)));
}

TEST(Judge, TimeoutOfSeveralRecipientsIsOneCensoredWait) {
    std::vector<Event> events;
    for (std::uint32_t recipient = 1; recipient <= 3; ++recipient) {
        events.push_back({.kind = EventKind::attempt_ended,
                          .phase = Phase::data_done,
                          .outcome = Outcome::unknown,
                          .message = 7,
                          .recipient = recipient,
                          .attempt = 1,
                          .duration = 2s,
                          .text = "timed_out"});
    }
    const Judgement judgement = judge(events, {});
    EXPECT_EQ(judgement.latency[static_cast<std::size_t>(Phase::data_done)],
              (TimeSpread{.censored = 1}));
}

TEST(Judge, LatencyIsKeptByPhase) {
    const Judgement judgement = judged({clean()});
    std::array<TimeSpread, phase_names.size()> expected{};
    const auto single = [](Duration time) { return TimeSpread{1, time, time, time, time, 0}; };
    expected[static_cast<std::size_t>(Phase::connect)] = single(1ms);
    expected[static_cast<std::size_t>(Phase::data_xfer)] = single(2ms);
    expected[static_cast<std::size_t>(Phase::data_done)] = single(4ms);
    EXPECT_EQ(judgement.latency, expected);
}

TEST(Judge, CopyThatTheLayerSawNoTransactionForIsADiscrepancy) {
    const Judgement judgement =
        judged({clean(7), Mail(8).submitted().attempt().delivered().acknowledged()});
    EXPECT_EQ(judgement.discrepancy_count, 1U);
    EXPECT_EQ(judgement.discrepancies, (std::vector<Discrepancy>{{8, 1, 1, 0}}));
}

TEST(Judge, WithoutALayerThereIsNothingToDifferFrom) {
    const Mail mail =
        Mail(8).without_layer().submitted().attempt().accepted_by_receiver().delivered();
    EXPECT_EQ(judged({mail}).discrepancy_count, 0U);
}

TEST(Judge, OnlyTheFirstTwentyDiscrepanciesAreNamed) {
    std::vector<Mail> mails;
    for (std::uint32_t message = 1; message <= 25; ++message) {
        mails.push_back(Mail(message).submitted().attempt().accepted_by_receiver());
    }
    const Judgement judgement = judged(mails);
    EXPECT_EQ(judgement.discrepancy_count, 25U);
    EXPECT_EQ(judgement.discrepancies.size(), 20U);
    EXPECT_EQ(judgement.discrepancies.back(), (Discrepancy{20, 1, 0, 1}));
}

/// A message that nobody acknowledged to the real server which is number 2, and a look at its
/// queue.
std::vector<Event> left_at_sender(std::int64_t queued, bool ended = true) {
    std::vector<Event> events = Mail(7).submitted().attempt().timed_out().events();
    if (ended)
        events.push_back(
            {.at = events.back().at, .kind = EventKind::drain_ended, .text = "budget"});
    events.push_back({.at = events.back().at + 1s,
                      .kind = EventKind::queue_sampled,
                      .node = 2,
                      .quantity = queued,
                      .text = "outgoing"});
    return events;
}

TEST(Judge, WhatARealSendersQueueHoldsIsPending) {
    const Judgement judgement = judge(left_at_sender(1), {.sender = 2});
    EXPECT_EQ(judgement.counts.sender_ends[SenderEnd::pending], 1U);
}

TEST(Judge, WhatARealSendersQueueNoLongerHoldsWasGivenUp) {
    const Judgement judgement = judge(left_at_sender(0), {.sender = 2});
    EXPECT_EQ(judgement.counts.sender_ends[SenderEnd::gave_up], 1U);
    EXPECT_EQ(judgement.counts.verdicts[Verdict::failed], 1U);
}

// A run that was killed: its last look may be older than its last message.
TEST(Judge, AnEmptyQueueBeforeTheEndSaysNothingOfTheSender) {
    const Judgement judgement = judge(left_at_sender(0, false), {.sender = 2});
    EXPECT_EQ(judgement.counts.sender_ends[SenderEnd::pending], 1U);
}

TEST(Judge, AReceiversEmptyQueueSaysNothingOfTheSender) {
    const Judgement judgement = judge(left_at_sender(0), {.sender = 3});
    EXPECT_EQ(judgement.counts.sender_ends[SenderEnd::pending], 1U);
}

TEST(Judge, RunIsCompleteOnceLoadAndDrainEnded) {
    const Judgement judgement = judged({clean()});
    EXPECT_TRUE(judgement.complete());
    EXPECT_EQ(judgement.load_end, "planned");
    EXPECT_EQ(judgement.drain_end, "quiet");
}

TEST(Judge, ExamplesPreferOneOfEachCauseAndNeverLeaveALossOut) {
    std::vector<Mail> mails{clean(1), dropped_once(2), dropped_once(3)};
    mails.push_back(Mail(4).submitted().attempt().accepted_by_receiver().acknowledged());
    mails.push_back(Mail(5)
                        .submitted()
                        .attempt()
                        .accepted_by_receiver()
                        .fault("cut")
                        .delivered()
                        .connection_lost()
                        .attempt()
                        .accepted_by_receiver()
                        .fault("cut")
                        .delivered()
                        .connection_lost()
                        .attempt()
                        .accepted_by_receiver()
                        .delivered()
                        .acknowledged());
    mails.push_back(Mail(6)
                        .submitted()
                        .attempt()
                        .accepted_by_receiver()
                        .delivered()
                        .delivered()
                        .acknowledged());
    EXPECT_EQ(judged(mails).examples, (std::vector<std::uint32_t>{5, 2, 4}));
}

TEST(Judge, ACleanRunShowsOneMessage) {
    EXPECT_EQ(judged({clean(1), clean(2)}).examples, (std::vector<std::uint32_t>{1}));
}

TEST(Judge, RuleAccountsTellAskedAndAchieved) {
    const Mail mail = Mail(7)
                          .submitted()
                          .attempt()
                          .accepted_by_receiver()
                          .fault("delay", 300ms)
                          .achieved("released", 302ms)
                          .delivered()
                          .acknowledged();
    const Event matched{.at = at(1h), .kind = EventKind::rule_matched, .rule = 1, .quantity = 40};
    const Judgement judgement = judge(
        history({mail}, {matched}), {.rules = {{"slow", "{ delay = \"300ms\" }"}, {"idle", "{}"}}});
    const auto single = [](Duration time) { return TimeSpread{1, time, time, time, time, 0}; };
    EXPECT_EQ(judgement.rules, (std::vector<RuleAccount>{{.name = "slow",
                                                          .effect = "{ delay = \"300ms\" }",
                                                          .matched = 40,
                                                          .fired = 1,
                                                          .released = 1,
                                                          .asked = single(300ms),
                                                          .achieved = single(302ms),
                                                          .lateness = single(2ms)},
                                                         {.name = "idle", .effect = "{}"}}));
}

// A killed run leaves a prefix. Each is judged; none but the whole is complete, and none claims a
// loss.
TEST(Judge, EveryPrefixOfAHistoryIsJudgedAsIncomplete) {
    std::vector<Mail> mails{clean(1), dropped_once(2)};
    mails.push_back(Mail(3).submitted().attempt().accepted_by_receiver().acknowledged());
    mails.push_back(Mail(4).submitted().attempt().refused().gave_up());
    const std::vector<Event> events = history(mails, {stranger(at(2s))});
    for (std::size_t size = 0; size < events.size(); ++size) {
        const Judgement judgement = judge(std::span(events).first(size), {});
        EXPECT_FALSE(judgement.complete()) << size;
        EXPECT_EQ(judgement.counts.verdicts[Verdict::lost], 0U) << size;
    }
    EXPECT_TRUE(judge(events, {}).complete());
}

}  // namespace
}  // namespace twofifty::harness
