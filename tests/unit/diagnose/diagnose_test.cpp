// Every cause, planted by hand, and every doubt: what was said and when is all there is.
#include "harness/diagnose/diagnose.hpp"
#include "tests/unit/ledger/events.hpp"

#include <gmock/gmock.h>

namespace twofifty::harness {
namespace {

using testing::ElementsAre;

Diagnosis diagnosed(const std::vector<Mail>& mails, const std::vector<Event>& others = {}) {
    return diagnose(history(mails, others));
}

Mail once(std::uint32_t message) {
    Mail mail(message);
    mail.submitted().attempt().accepted_by_receiver().delivered().acknowledged();
    return mail;
}

/// The server answers after `gap`, the sender gave up after `waited`; the second attempt succeeds.
Mail late(std::uint32_t message, Duration gap, Duration waited) {
    Mail mail(message);
    mail.submitted().attempt();
    if (gap <= waited) {
        mail.accepted_by_receiver(gap).delivered().timed_out(waited - gap);
    } else {
        mail.timed_out(waited).accepted_by_receiver(gap - waited).delivered();
    }
    mail.attempt().accepted_by_receiver().delivered().acknowledged();
    return mail;
}

/// The helper tells a part of one of message 1's two times; what is measured is the whole.
std::vector<Event> with_times(std::vector<Event> events, Duration gap, Duration waited) {
    bool first_gap = true;
    for (Event& event : events) {
        if (event.message != 1) continue;
        if (event.kind == EventKind::transaction_accepted && first_gap) {
            event.duration = gap;
            first_gap = false;
        }
        if (event.kind == EventKind::attempt_ended && event.outcome == Outcome::unknown)
            event.duration = waited;
    }
    return events;
}

Diagnosis diagnosed_late(Duration gap, Duration waited) {
    return diagnose(with_times(history({late(1, gap, waited)}), gap, waited));
}

TEST(Diagnose, ServerThatAnswersInTimeAndIsNotHeardMeansANetwork) {
    const Diagnosis diagnosis = diagnosed_late(10ms, 30s);
    EXPECT_EQ(diagnosis.cause, Cause::congested_network);
    EXPECT_EQ(diagnosis.reasons, (ReasonTally{{Reason::reply_missing, 1}}));
}

TEST(Diagnose, ServerThatAnswersAfterTheTimerIsBusy) {
    const Diagnosis diagnosis = diagnosed_late(40s, 30s);
    EXPECT_EQ(diagnosis.cause, Cause::busy_servers);
    EXPECT_EQ(diagnosis.reasons, (ReasonTally{{Reason::server_late, 1}}));
}

// Messages that were acknowledged at once waited 1 ms longer than the server took: that is the
// usual path, and 30 s less half of it would have been late anyway.
TEST(Diagnose, ReplyThatAnOrdinaryPathWouldBringLateIsTheServers) {
    const std::vector<Event> events =
        with_times(history({once(2), once(3), late(1, 30s - 500us, 30s)}), 30s - 500us, 30s);
    EXPECT_EQ(diagnose(events).reasons, (ReasonTally{{Reason::server_late, 1}}));
}

TEST(Diagnose, LostConnectionIsTheNetworks) {
    Mail mail(1);
    mail.submitted().attempt().accepted_by_receiver().delivered().connection_lost();
    mail.attempt().accepted_by_receiver().delivered().acknowledged();
    const Diagnosis diagnosis = diagnosed({mail});
    EXPECT_EQ(diagnosis.cause, Cause::congested_network);
    EXPECT_EQ(diagnosis.reasons, (ReasonTally{{Reason::connection_lost, 1}}));
}

TEST(Diagnose, ServerThatClosesOwingAnAnswerBreaksOff) {
    Mail mail(1);
    mail.submitted().attempt().delivered().server_gone().connection_lost();
    mail.attempt().accepted_by_receiver().delivered().acknowledged();
    EXPECT_EQ(diagnosed({mail}).cause, Cause::server_breaks_off);
}

TEST(Diagnose, ServerThatNeverAnswersIsBusy) {
    Mail mail(1);
    mail.submitted().attempt().delivered().timed_out(30s);
    mail.attempt().accepted_by_receiver().delivered().acknowledged();
    const Diagnosis diagnosis = diagnosed({mail});
    EXPECT_EQ(diagnosis.cause, Cause::busy_servers);
    EXPECT_EQ(diagnosis.reasons, (ReasonTally{{Reason::server_silent, 1}}));
}

TEST(Diagnose, CopiesWithMoreAndMoreReceivedHeadersAreALoop) {
    Mail mail(1);
    mail.submitted().attempt().accepted_by_receiver().delivered(1).acknowledged();
    mail.delivered(3).delivered(5);
    const Diagnosis diagnosis = diagnosed({mail, once(2)});
    EXPECT_EQ(diagnosis.cause, Cause::mail_loop);
    EXPECT_EQ(diagnosis.reasons, (ReasonTally{{Reason::came_back, 2}}));
    EXPECT_EQ(diagnosis.prevention.headers_normal, 1U);
    EXPECT_EQ(diagnosis.prevention.headers_most, 5U);
}

// Real servers that hand mail to one another, and keep none: no mailbox holds a copy.
TEST(Diagnose, ALoopWithoutAnyCopyIsSeenByWhatServersHandOn) {
    Mail mail(1);
    mail.submitted().attempt().accepted_by_receiver().acknowledged();
    std::vector<Event> hops;
    for (int i = 1; i <= 4; ++i)
        hops.push_back({.at = at(std::chrono::seconds{i}),
                        .kind = EventKind::forwarded,
                        .outcome = Outcome::accepted,
                        .node = static_cast<std::uint16_t>(i % 2 == 1 ? 1 : 2),
                        .message = 1,
                        .recipient = 1,
                        .quantity = i,
                        .text = i % 2 == 1 ? "right" : "left"});
    std::vector<Event> events = history({mail}, hops);
    for (Event& event : events)
        if (event.kind == EventKind::attempt_started) event.quantity = 1;
    const Diagnosis diagnosis = diagnose(events, {.receivers = {"left", "right"}});
    EXPECT_EQ(diagnosis.cause, Cause::mail_loop);
    EXPECT_EQ(diagnosis.reasons, (ReasonTally{{Reason::came_back, 4}}));
    EXPECT_THAT(diagnosis.prevention.edges,
                ElementsAre(LoopEdge{"right", "left", 2}, LoopEdge{"left", "right", 1}));
    EXPECT_FALSE(diagnosis.scope.copies_seen);
}

/// The copies lie at the receivers of these numbers, in turn.
std::vector<Event> at_receivers(std::vector<Event> events, std::vector<std::uint16_t> receivers) {
    std::size_t next = 0;
    for (Event& event : events)
        if (event.kind == EventKind::copy_found) event.node = receivers.at(next++);
    return events;
}

TEST(Diagnose, LoopNamesTheForwardThatClosesIt) {
    Mail mail(1);
    mail.submitted().attempt().accepted_by_receiver().delivered(1).acknowledged();
    mail.delivered(2).delivered(3).delivered(4);
    const Diagnosis diagnosis = diagnose(at_receivers(history({mail}), {1, 2, 1, 2}),
                                         {.receivers = {"domino", "communigate"}});
    EXPECT_EQ(diagnosis.reasons, (ReasonTally{{Reason::came_back, 3}}));
    EXPECT_THAT(diagnosis.prevention.edges, ElementsAre(LoopEdge{"communigate", "domino", 1},
                                                        LoopEdge{"domino", "communigate", 1}));
}

// The second server keeps nothing: only its log of hand-overs names the way back.
TEST(Diagnose, LoopThroughAServerThatKeepsNothingIsNamedByItsHandOvers) {
    Mail mail(1);
    mail.submitted().attempt().accepted_by_receiver().delivered(0).acknowledged().delivered(2);
    const std::vector<Event> hops{{.at = at(9s),
                                   .kind = EventKind::forwarded,
                                   .outcome = Outcome::accepted,
                                   .node = 1,
                                   .message = 1,
                                   .recipient = 1,
                                   .quantity = 1,
                                   .text = "communigate"},
                                  {.at = at(9s),
                                   .kind = EventKind::forwarded,
                                   .outcome = Outcome::accepted,
                                   .node = 2,
                                   .message = 1,
                                   .recipient = 1,
                                   .quantity = 2,
                                   .text = "domino"}};
    const Diagnosis diagnosis = diagnose(at_receivers(history({mail}, hops), {1, 1}),
                                         {.receivers = {"domino", "communigate"}});
    EXPECT_THAT(diagnosis.prevention.edges, ElementsAre(LoopEdge{"communigate", "domino", 1}));
    EXPECT_EQ(diagnosis.prevention.headers_of_return, 2U);
}

// More Received headers at another receiver: it was passed on, and nothing came back.
TEST(Diagnose, MessageKeptAndPassedOnAlongALineIsNoLoop) {
    Mail mail(1);
    mail.submitted().attempt().accepted_by_receiver().delivered(1).acknowledged();
    mail.delivered(2);
    const Diagnosis diagnosis = diagnose(at_receivers(history({mail}), {1, 2}));
    EXPECT_EQ(diagnosis.cause, Cause::receiver_multiplies);
    EXPECT_EQ(diagnosis.reasons, (ReasonTally{{Reason::passed_on, 1}}));
}

TEST(Diagnose, OneTransactionWithTwoEqualCopiesIsTheReceivers) {
    Mail mail(1);
    mail.submitted().attempt().accepted_by_receiver().delivered().delivered().acknowledged();
    const Diagnosis diagnosis = diagnosed({mail});
    EXPECT_EQ(diagnosis.cause, Cause::receiver_multiplies);
    EXPECT_EQ(diagnosis.reasons, (ReasonTally{{Reason::multiplied, 1}}));
}

TEST(Diagnose, AcknowledgedAndSentAgainIsTheSenders) {
    Mail mail(1);
    mail.submitted().attempt().accepted_by_receiver().delivered().acknowledged();
    mail.attempt().accepted_by_receiver().delivered().acknowledged();
    EXPECT_EQ(diagnosed({mail}).cause, Cause::sender_resends);
}

TEST(Diagnose, NoMessageTwiceIsNothingWrong) {
    const Diagnosis diagnosis = diagnosed({once(1), once(2)});
    EXPECT_EQ(diagnosis.cause, Cause::nothing_wrong);
    EXPECT_EQ(diagnosis.times.sender.max, 4ms);
}

// Copies that nobody claims to have accepted, without a word of the sender.
TEST(Diagnose, CopiesWithoutDialogueCannotBeTold) {
    Mail mail(1);
    mail.submitted().delivered().delivered();
    EXPECT_EQ(diagnosed({mail}).cause, Cause::cannot_tell);
}

TEST(Diagnose, NothingSeenCannotBeTold) {
    EXPECT_EQ(diagnose({}).cause, Cause::cannot_tell);
}

TEST(Diagnose, SenderThatReadARefusalOfWhatWasAcceptedCannotBeTold) {
    Mail mail(1);
    mail.submitted().attempt().accepted_by_receiver().delivered().refused();
    mail.attempt().accepted_by_receiver().delivered().acknowledged();
    const Diagnosis diagnosis = diagnosed({mail});
    EXPECT_EQ(diagnosis.cause, Cause::cannot_tell);
    EXPECT_EQ(diagnosis.reasons, (ReasonTally{{Reason::misread, 1}}));
}

// Without a layer, and without a receiver that knows its own time, a missing reply has no side.
TEST(Diagnose, MissingReplyThatNobodyWatchedCannotBeTold) {
    Mail mail(1);
    mail.without_layer();
    mail.submitted().attempt().accepted_by_receiver().delivered().timed_out();
    mail.attempt().accepted_by_receiver().delivered().acknowledged();
    EXPECT_EQ(diagnosed({mail}).cause, Cause::cannot_tell);
}

TEST(Diagnose, ReceiverThatKnowsItsOwnTimeStandsForALayer) {
    Mail mail(1);
    mail.without_layer().observed_by_receiver();
    mail.submitted().attempt().accepted_by_receiver(3ms).delivered().timed_out(30s);
    mail.attempt().accepted_by_receiver(3ms).delivered().acknowledged();
    EXPECT_EQ(diagnosed({mail}).cause, Cause::congested_network);
}

// Nobody looks into mailboxes: what was accepted is counted.
TEST(Diagnose, WithoutCopiesTransactionsCount) {
    std::vector<Event> events = with_times(history({late(1, 40s, 30s), once(2)}), 40s, 30s);
    std::erase_if(events, [](const Event& event) { return event.kind == EventKind::copy_found; });
    const Diagnosis diagnosis = diagnose(events);
    EXPECT_EQ(diagnosis.cause, Cause::busy_servers);
    EXPECT_FALSE(diagnosis.scope.copies_seen);
}

// Of a sender that closes its direction behind the dot nobody sees when it gives up: the wait in
// vain counts, and its recorded length says nothing of anybody's patience.
TEST(Diagnose, PatienceThatNobodySawIsNotMeasured) {
    Mail mail(1);
    mail.submitted().attempt().accepted_by_receiver(3ms).delivered().gave_up_unseen();
    mail.attempt().accepted_by_receiver(3ms).delivered().acknowledged();
    const Diagnosis diagnosis = diagnosed({mail});
    EXPECT_EQ(diagnosis.reasons, (ReasonTally{{Reason::reply_missing, 1}}));
    EXPECT_EQ(diagnosis.cause, Cause::congested_network);
}

// The truth is hidden in events that no operator has; they must change nothing.
TEST(Diagnose, EventsOfRulesArePassedOver) {
    Mail mail(1);
    mail.submitted().attempt().accepted_by_receiver().delivered().fault("drop").timed_out(30s);
    mail.achieved("client_gone", 30s);
    mail.attempt().accepted_by_receiver().delivered().acknowledged();
    std::vector<Event> events = history({mail});
    const Diagnosis with = diagnose(events);
    std::erase_if(events, [](const Event& event) {
        return event.kind == EventKind::rule_fired || event.kind == EventKind::rule_achieved;
    });
    EXPECT_EQ(with.reasons, diagnose(events).reasons);
    EXPECT_EQ(with.cause, Cause::congested_network);
}

TEST(Diagnose, SuppressedCopiesArrivedAllTheSame) {
    std::vector<Event> events = with_times(history({late(1, 40s, 30s)}), 40s, 30s);
    for (Event& event : events)
        if (event.kind == EventKind::copy_found && event.at > at(35s))
            event.kind = EventKind::copy_suppressed;
    const Diagnosis diagnosis = diagnose(events);
    EXPECT_EQ(diagnosis.cause, Cause::busy_servers);
    EXPECT_GT(diagnosis.found.suppressed, 0U);
}

TEST(Diagnose, MixtureNamesTheGreaterShareFirst) {
    Mail lost(1);
    lost.submitted().attempt().accepted_by_receiver().delivered().connection_lost();
    lost.attempt().accepted_by_receiver().delivered().acknowledged();
    Mail twice(2);
    twice.submitted().attempt().accepted_by_receiver().delivered().delivered().delivered();
    twice.acknowledged();
    const Diagnosis diagnosis = diagnosed({lost, twice, once(3)});
    EXPECT_EQ(diagnosis.cause, Cause::receiver_multiplies);
    EXPECT_THAT(diagnosis.causes, ElementsAre(CauseShare{Cause::receiver_multiplies, 2},
                                              CauseShare{Cause::congested_network, 1}));
}

TEST(Diagnose, RunThatWasCutShortIsSaidToBe) {
    EXPECT_TRUE(diagnosed({once(1)}).scope.ended);
    EXPECT_FALSE(diagnose(once(1).events()).scope.ended);
}

// What a sender brought twice is passed on twice: the second time for the sender's reason.
TEST(Diagnose, WhatWasBroughtTwiceAndPassedOnTwiceHasOneReason) {
    Mail mail(1);
    mail.submitted().attempt().accepted_by_receiver().delivered(1).delivered(2).connection_lost();
    mail.attempt().accepted_by_receiver().delivered(1).delivered(2).acknowledged();
    const Diagnosis diagnosis = diagnose(at_receivers(history({mail}), {1, 2, 1, 2}));
    EXPECT_EQ(diagnosis.reasons,
              (ReasonTally{{Reason::connection_lost, 2}, {Reason::passed_on, 1}}));
}

}  // namespace
}  // namespace twofifty::harness
