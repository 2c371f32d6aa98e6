// Causes: why each extra copy exists, and how sure that is.
#include "harness/ledger/judge.hpp"

#include "tests/unit/ledger/events.hpp"

#include <gtest/gtest.h>

namespace twofifty::harness {
namespace {

Mail accepted_first() {
    return Mail(7).submitted().attempt().accepted_by_receiver();
}

Mail& delivered_again(Mail& mail) {
    return mail.attempt().accepted_by_receiver().delivered().acknowledged();
}

/// The one extra copy of that history.
ExtraCopy extra_copy(const Mail& mail, const std::string& effect = "{ hold = \"forever\" }") {
    const Judgement judgement = judge(history({mail}), {.rules = {{"a-rule", effect}}});
    EXPECT_EQ(judgement.extra_copies.size(), 1U);
    return judgement.extra_copies.empty() ? ExtraCopy{} : judgement.extra_copies.front();
}

ExtraCopy expected(Trigger trigger) {
    return {.message = 7,
            .recipient = 1,
            .copy = 2,
            .attempt = 2,
            .trigger = trigger,
            .server_gap = 3ms};
}

/// The first attempt is accepted, meets `fault`, ends by timeout; the second goes well.
ExtraCopy after_timeout(std::string_view fault, Duration asked = {},
                        const std::string& effect = "{ hold = \"forever\" }") {
    Mail mail = accepted_first().fault(fault, asked).delivered().timed_out();
    return extra_copy(delivered_again(mail), effect);
}

TEST(Attribution, HoldForeverIsADroppedReply) {
    EXPECT_EQ(after_timeout("hold"), expected(Trigger::reply_dropped));
}

// How long the sender waited is not known, and the time that is recorded says nothing.
TEST(Attribution, ADroppedReplyIsOneHoweverItsReaderGaveUp) {
    Mail mail = accepted_first().fault("drop").delivered().gave_up_unseen();
    EXPECT_EQ(extra_copy(delivered_again(mail)), expected(Trigger::reply_dropped));
}

TEST(Attribution, HoldForATimeIsALateReply) {
    EXPECT_EQ(after_timeout("hold", 30s, "{ hold = \"30s\" }"),
              expected(Trigger::reply_late_network));
}

TEST(Attribution, HoldUntilTheNextCommandIsALateReply) {
    EXPECT_EQ(after_timeout("hold", {}, "{ hold = \"next_command\" }"),
              expected(Trigger::reply_late_network));
}

TEST(Attribution, DelayIsALateReply) {
    EXPECT_EQ(after_timeout("delay", 5s), expected(Trigger::reply_late_network));
}

TEST(Attribution, HoldUntilReleasedIsALateReply) {
    EXPECT_EQ(after_timeout("hold", {}, "{ hold = \"released\" }"),
              expected(Trigger::reply_late_network));
}

TEST(Attribution, ADripIsALateReply) {
    EXPECT_EQ(after_timeout("drip", 9s), expected(Trigger::reply_late_network));
}

TEST(Attribution, ASlicedReplyIsLateAndOneWhoseEndIsSwallowedDropped) {
    EXPECT_EQ(after_timeout("slice", 5s, "{ slice = { at = [3], then = \"pass\" } }"),
              expected(Trigger::reply_late_network));
    EXPECT_EQ(after_timeout("slice", 5s, "{ slice = { at = [3], then = \"swallow\" } }"),
              expected(Trigger::reply_dropped));
}

// Both firings asked for a time; only of one was the reply to come at its end.
TEST(Attribution, ALostReplyIsLateUnlessTcpGivesUp) {
    EXPECT_EQ(after_timeout("loss", 5s), expected(Trigger::reply_late_network));
    Mail mail = accepted_first().fault("loss", 924600ms).delivered().timed_out();
    std::vector<Event> events = history({delivered_again(mail)});
    for (Event& event : events)
        if (event.kind == EventKind::rule_fired) event.quantity = 1;
    EXPECT_EQ(judge(events, {}).extra_copies,
              (std::vector<ExtraCopy>{expected(Trigger::reply_dropped)}));
}

TEST(Attribution, ATruncatedReplyWasMisread) {
    EXPECT_EQ(after_timeout("truncate"), expected(Trigger::reply_misread));
}

TEST(Attribution, ADamagedReplyThatIsNoneWasMisread) {
    Mail mail = accepted_first().fault("corrupt").delivered().canceled();
    EXPECT_EQ(extra_copy(delivered_again(mail)), expected(Trigger::reply_misread));
}

TEST(Attribution, ADamagedReplyThatReadsAsARefusalIsAReplacedOne) {
    Mail mail = accepted_first().fault("corrupt").delivered().refused();
    EXPECT_EQ(extra_copy(delivered_again(mail)).trigger, Trigger::reply_replaced);
}

TEST(Attribution, ADuplicatedReplyIsMisread) {
    Mail mail = accepted_first().fault("duplicate").delivered().refused();
    EXPECT_EQ(extra_copy(delivered_again(mail)).trigger, Trigger::reply_misread);
}

// Rules that continue act together: the delay cost the time, whatever else the reply became.
TEST(Attribution, OfADelayAndAReplacementTheSendersEndDecides) {
    Mail late = accepted_first().fault("delay", 5s).fault("replace", {}, 2).delivered().timed_out();
    EXPECT_EQ(extra_copy(delivered_again(late)), expected(Trigger::reply_late_network));
    Mail refused = accepted_first().fault("delay", 1ms).fault("replace", {}, 2).delivered();
    refused.refused();
    EXPECT_EQ(extra_copy(delivered_again(refused)).trigger, Trigger::reply_replaced);
}

TEST(Attribution, SwallowedReplyThatTimedOutIsADroppedReply) {
    EXPECT_EQ(after_timeout("swallow"), expected(Trigger::reply_dropped));
}

TEST(Attribution, SilentCutIsACutThoughTheSenderTimedOut) {
    EXPECT_EQ(after_timeout("cut"), expected(Trigger::connection_cut));
}

TEST(Attribution, CutThatTheSenderSawIsACut) {
    Mail mail = accepted_first().fault("cut").delivered().connection_lost();
    EXPECT_EQ(extra_copy(delivered_again(mail)), expected(Trigger::connection_cut));
}

TEST(Attribution, DropOutweighsADelayOfTheSameReply) {
    Mail mail = accepted_first().fault("delay", 1ms).fault("drop").delivered().timed_out();
    EXPECT_EQ(extra_copy(delivered_again(mail)), expected(Trigger::reply_dropped));
}

TEST(Attribution, ReplacedReplyIsNamed) {
    Mail mail = accepted_first().fault("replace").delivered().refused();
    ExtraCopy replaced = expected(Trigger::reply_replaced);
    replaced.network_gap = extra_copy(delivered_again(mail)).network_gap;
    EXPECT_EQ(extra_copy(mail), replaced);
    EXPECT_TRUE(replaced.network_gap.has_value());
}

TEST(Attribution, RefusalThatNobodySentWasMisread) {
    Mail mail = accepted_first().fault("swallow").delivered().refused();
    EXPECT_EQ(extra_copy(delivered_again(mail)).trigger, Trigger::reply_misread);
}

TEST(Attribution, ServerThatReachesTheTimerIsLateItself) {
    Mail mail =
        Mail(7).submitted().attempt().accepted_by_receiver(2s).fault("drop").delivered().timed_out(
            2s);
    ExtraCopy late = expected(Trigger::reply_late_server);
    late.server_gap = 2s;
    EXPECT_EQ(extra_copy(delivered_again(mail)), late);
}

TEST(Attribution, ServerJustBelowTheTimerIsNotLate) {
    Mail mail = Mail(7)
                    .submitted()
                    .attempt()
                    .accepted_by_receiver(2s - 1ns)
                    .fault("drop")
                    .delivered()
                    .timed_out(2s);
    ExtraCopy dropped = expected(Trigger::reply_dropped);
    dropped.server_gap = 2s - 1ns;
    EXPECT_EQ(extra_copy(delivered_again(mail)), dropped);
}

TEST(Attribution, ConnectionLostWithoutACutMeansTheReceiverDied) {
    Mail mail = accepted_first().delivered().connection_lost();
    EXPECT_EQ(extra_copy(delivered_again(mail)), expected(Trigger::receiver_died));
}

TEST(Attribution, ServerThatWasSeenToGoDied) {
    Mail mail = accepted_first().server_gone().delivered().timed_out();
    EXPECT_EQ(extra_copy(delivered_again(mail)), expected(Trigger::receiver_died));
}

// The server replied in time and no rule touched the reply: the path lost the time, or the sender.
TEST(Attribution, TimeoutInSpiteOfATimelyReplyIsLateInTheNetwork) {
    Mail mail = accepted_first().delivered().timed_out();
    EXPECT_EQ(extra_copy(delivered_again(mail)), expected(Trigger::reply_late_network));
}

TEST(Attribution, AnAttemptWeGaveUpOurselvesIsUnattributed) {
    Mail mail = accepted_first().delivered().canceled();
    EXPECT_EQ(extra_copy(delivered_again(mail)), expected(Trigger::unattributed));
}

// The receiver has the message and never says so (a server that forgets to reply): the layer saw
// no acceptance, the copy is there all the same.
TEST(Attribution, ServerThatNeverRepliedIsLate) {
    Mail mail = Mail(7).without_ids().submitted().attempt().delivered().timed_out();
    ExtraCopy late = expected(Trigger::reply_late_server);
    late.inferred = true;
    late.server_gap = std::nullopt;
    EXPECT_EQ(extra_copy(delivered_again(mail)), late);
}

// As above, where the server names ids: the one of the unseen transaction is known to nobody.
TEST(Attribution, CopyWithAnIdNobodySawBelongsToTheUnansweredAttempt) {
    Mail mail = accepted_first().delivered().timed_out();
    std::vector<Event> events = history({delivered_again(mail)});
    std::erase_if(events, [](const Event& event) {
        return event.kind == EventKind::transaction_accepted && event.attempt == 1;
    });
    ExtraCopy late = expected(Trigger::reply_late_server);
    late.inferred = true;
    late.server_gap = std::nullopt;
    EXPECT_EQ(judge(events, {}).extra_copies, (std::vector<ExtraCopy>{late}));
}

// One transaction, two copies, no ids, and no attempt that could have made the other one.
TEST(Attribution, MoreCopiesThanAttemptsAreTheReceiversOwn) {
    const Mail mail = Mail(7).without_ids().submitted().attempt().accepted_by_receiver();
    ExtraCopy own{.message = 7,
                  .recipient = 1,
                  .copy = 2,
                  .attempt = 1,
                  .trigger = Trigger::receiver_itself,
                  .inferred = true};
    EXPECT_EQ(extra_copy(Mail(mail).delivered().delivered().acknowledged()), own);
}

// A sender and a layer that nobody recorded: nothing can be said, and nothing is.
TEST(Attribution, CopiesWithoutAnyAttemptAreUnattributed) {
    EXPECT_EQ(extra_copy(Mail(7).submitted().delivered().delivered()),
              (ExtraCopy{.message = 7, .recipient = 1, .copy = 2, .inferred = true}));
}

TEST(Attribution, FaultOfAnotherAttemptExplainsNothing) {
    Mail mail = accepted_first().delivered().timed_out().attempt().fault("drop");
    mail.accepted_by_receiver().delivered().acknowledged();
    EXPECT_EQ(extra_copy(mail).trigger, Trigger::reply_late_network);
}

TEST(Attribution, TwoCopiesOfOneTransactionAreTheReceiversOwn) {
    const Mail mail = accepted_first().delivered().delivered().acknowledged();
    ExtraCopy own{
        .message = 7, .recipient = 1, .copy = 2, .attempt = 1, .trigger = Trigger::receiver_itself};
    EXPECT_EQ(extra_copy(mail), own);
}

TEST(Attribution, SecondCopyWithMoreReceivedHeadersIsALoop) {
    const Mail mail = accepted_first().delivered(1).delivered(3).acknowledged();
    EXPECT_EQ(extra_copy(mail).trigger, Trigger::loop);
}

TEST(Attribution, SentAgainThoughAcceptedIsARecipientSubset) {
    Mail mail = accepted_first().delivered().acknowledged();
    const ExtraCopy extra = extra_copy(delivered_again(mail));
    EXPECT_EQ(extra.trigger, Trigger::unattributed);
    EXPECT_EQ(extra.route, Route::recipient_subset);
}

// The second attempt was accepted and its copy suppressed: its end, not the first one's, is why
// there was a third.
TEST(Attribution, LatestAcceptedAttemptDecidesThoughItLeftNoCopy) {
    Mail mail = accepted_first().fault("drop").delivered().timed_out();
    mail.attempt().accepted_by_receiver().fault("cut").connection_lost();
    ExtraCopy cut = expected(Trigger::connection_cut);
    cut.attempt = 3;
    EXPECT_EQ(extra_copy(delivered_again(mail)), cut);
}

TEST(Attribution, AttemptThatWasNeverSentIsNoCause) {
    Mail mail = accepted_first().fault("drop").delivered().timed_out();
    mail.attempt().not_sent();
    ExtraCopy dropped = expected(Trigger::reply_dropped);
    dropped.attempt = 3;
    EXPECT_EQ(extra_copy(delivered_again(mail)), dropped);
}

TEST(Attribution, NetworkGapIsWhatTheRuleAchieved) {
    Mail mail = accepted_first().fault("hold", 30s).delivered().timed_out();
    mail.achieved("client_gone", 2s);
    EXPECT_EQ(extra_copy(delivered_again(mail)).network_gap, Duration{2s});
}

TEST(Attribution, WithoutIdsCopiesAreJoinedByCountAndMarked) {
    Mail mail = Mail(7).without_ids().submitted().attempt().accepted_by_receiver();
    mail.fault("drop").delivered().timed_out();
    ExtraCopy dropped = expected(Trigger::reply_dropped);
    dropped.inferred = true;
    EXPECT_EQ(extra_copy(delivered_again(mail)), dropped);
}

// The first copy is committed while the second attempt is under way. Its commit began in the first
// attempt's window, and that is where it belongs.
TEST(Attribution, TheReceiversOwnTimeJoinsALateCommitToItsAttempt) {
    Mail first = Mail(7).without_layer().without_ids().observed_by_receiver().submitted();
    first.attempt().timed_out(2s);
    first.attempt();
    first.accepted_by_receiver(3500ms).delivered();  // Data ended 500 ms into the first attempt.
    first.acknowledged();
    std::vector<Event> events = history({first});
    for (Event& event : events) {
        if (event.kind == EventKind::copy_found) event.duration = event.at - at(2500ms);
    }
    Event second = *std::find_if(events.begin(), events.end(), [](const Event& event) {
        return event.kind == EventKind::copy_found;
    });
    second.duration = 1ms;
    events.push_back(second);
    const Judgement judgement = judge(events, {});
    ASSERT_EQ(judgement.extra_copies.size(), 1U);
    EXPECT_EQ(judgement.extra_copies.front().trigger, Trigger::reply_late_server);
    EXPECT_TRUE(judgement.extra_copies.front().inferred);
}

TEST(Attribution, DirectCopiesAreJoinedByTheIdInTheClientsReply) {
    Mail mail = Mail(7).without_layer().submitted().attempt().accepted_by_receiver();
    mail.delivered().acknowledged();
    const ExtraCopy extra = extra_copy(delivered_again(mail));
    EXPECT_EQ(extra.attempt, 2U);
    EXPECT_FALSE(extra.inferred);
    EXPECT_EQ(extra.route, Route::recipient_subset);
}

// A sender that is not ours opened the connections: the layer's own count is all there is.
TEST(Attribution, WithoutAFleetTheLayersCountIsUsedAndMarked) {
    Mail mail = accepted_first().fault("drop").delivered().timed_out();
    std::vector<Event> events = history({delivered_again(mail)});
    std::erase_if(events,
                  [](const Event& event) { return event.kind == EventKind::connection_opened; });
    const Judgement judgement = judge(events, {});
    ExtraCopy dropped = expected(Trigger::reply_dropped);
    dropped.inferred = true;
    EXPECT_EQ(judgement.extra_copies, (std::vector<ExtraCopy>{dropped}));
}

// A port is used again after hours. Both connections carry one endpoint.
TEST(Attribution, ReusedPortsAreToldApartByTime) {
    Mail mail = accepted_first().fault("drop").delivered().timed_out().pause(10h);
    std::vector<Event> events = history({delivered_again(mail)});
    for (Event& event : events) {
        const bool opens =
            event.kind == EventKind::connection_opened || event.kind == EventKind::layer_connected;
        if (opens) event.text = "127.0.0.1:50000";
        // The layer's count says nothing here: it started anew.
        if (event.kind == EventKind::rule_fired || event.kind == EventKind::transaction_accepted) {
            event.attempt = 1;
        }
    }
    EXPECT_EQ(judge(events, {}).extra_copies,
              (std::vector<ExtraCopy>{expected(Trigger::reply_dropped)}));
}

/// The same events once more, for another recipient of the same attempts.
std::vector<Event> with_second_recipient(const std::vector<Event>& events) {
    std::vector<Event> both;
    for (const Event& event : events) {
        both.push_back(event);
        if (event.recipient != 1) continue;
        both.push_back(event);
        both.back().recipient = 2;
    }
    return both;
}

// One transaction for two recipients, and one reply to both, which is dropped.
TEST(Attribution, FaultOfASharedTransactionExplainsTheCopiesOfEachRecipient) {
    Mail mail = accepted_first().fault("drop").delivered().timed_out();
    const std::vector<Event> events = history({delivered_again(mail)});
    ExtraCopy first = expected(Trigger::reply_dropped);
    ExtraCopy second = first;
    second.recipient = 2;
    EXPECT_EQ(judge(with_second_recipient(events), {}).extra_copies,
              (std::vector<ExtraCopy>{first, second}));
}

// LMTP answers each recipient: the first one's reply was seen, the second one's dropped, and the
// sender sends to both again.
TEST(Attribution, LmtpReplyToOneRecipientExplainsNothingForTheOther) {
    Mail mail = accepted_first().fault("drop").delivered().timed_out();
    std::vector<Event> events = with_second_recipient(history({delivered_again(mail)}));
    for (Event& event : events) {
        if (event.kind == EventKind::rule_fired) event.recipient = 2;
        if (event.kind == EventKind::attempt_ended && event.attempt == 1 && event.recipient == 1) {
            event.outcome = Outcome::accepted;
            event.code = 250;
            event.text.clear();
        }
    }
    ExtraCopy first = expected(Trigger::unattributed);
    first.route = Route::recipient_subset;
    ExtraCopy second = expected(Trigger::reply_dropped);
    second.recipient = 2;
    EXPECT_EQ(judge(events, {}).extra_copies, (std::vector<ExtraCopy>{first, second}));
}

}  // namespace
}  // namespace twofifty::harness
