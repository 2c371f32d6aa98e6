// Effects on the stream name no message: they explain the attempts that they met.
#include "tests/unit/ledger/events.hpp"

#include <gtest/gtest.h>

namespace twofifty::harness {
namespace {

Mail accepted_first() {
    return Mail(7).submitted().attempt().accepted_by_receiver();
}

/// Why the second copy exists that the next attempt makes.
Trigger trigger_of(Mail mail) {
    mail.attempt().accepted_by_receiver().delivered().acknowledged();
    const Judgement judgement = judged({mail});
    EXPECT_EQ(judgement.extra_copies.size(), 1U);
    return judgement.extra_copies.empty() ? Trigger::unattributed
                                          : judgement.extra_copies.front().trigger;
}

TEST(StreamFirings, AReplyInABlackHoleWasDropped) {
    EXPECT_EQ(trigger_of(accepted_first().stream_fault("mtu_black_hole").delivered().timed_out()),
              Trigger::reply_dropped);
}

TEST(StreamFirings, ATimeoutThatTheSenderWasFasterThanDroppedIt) {
    EXPECT_EQ(trigger_of(accepted_first().stream_fault("timeout").delivered().timed_out()),
              Trigger::reply_dropped);
}

TEST(StreamFirings, ATimeoutThatClosedTheConnectionCutIt) {
    EXPECT_EQ(trigger_of(accepted_first()
                             .stream_fault("timeout")
                             .delivered()
                             .stream_released()
                             .connection_lost()),
              Trigger::connection_cut);
}

TEST(StreamFirings, AResetAndALimitCutIt) {
    for (const char* effect : {"reset_peer", "limit_data"}) {
        EXPECT_EQ(trigger_of(accepted_first()
                                 .stream_fault(effect)
                                 .delivered()
                                 .stream_released()
                                 .connection_lost()),
                  Trigger::connection_cut)
            << effect;
    }
}

TEST(StreamFirings, AReplyThatWasOnlyLateIsLate) {
    for (const char* effect : {"latency", "jitter", "bandwidth", "stall", "outage", "slicer"}) {
        EXPECT_EQ(trigger_of(accepted_first().stream_fault(effect, 30s).delivered().timed_out()),
                  Trigger::reply_late_network)
            << effect;
    }
}

TEST(StreamFirings, AConnectionThatWasLateAndThenLostIsTheReceivers) {
    EXPECT_EQ(
        trigger_of(accepted_first().stream_fault("latency", 30s).delivered().connection_lost()),
        Trigger::receiver_died);
}

TEST(StreamFirings, WhatWasLetGoBeforeTheAnswerExplainsNothing) {
    Mail mail = Mail(7).submitted().attempt().stream_fault("mtu_black_hole").pause(1s);
    mail.stream_released().pause(1s).accepted_by_receiver().delivered().timed_out();
    EXPECT_EQ(trigger_of(mail), Trigger::reply_late_network);
}

TEST(StreamFirings, WhatCameAfterTheAttemptExplainsNothing) {
    Mail mail = accepted_first().delivered().connection_lost();
    mail.stream_fault("reset_peer");
    EXPECT_EQ(trigger_of(mail), Trigger::receiver_died);
}

TEST(StreamFirings, ThoseOfAnotherConnectionExplainNothing) {
    Mail other = Mail(8).submitted().attempt().stream_fault("reset_peer");
    other.accepted_by_receiver().delivered().acknowledged();
    Mail mail = accepted_first().delivered().connection_lost();
    mail.attempt().accepted_by_receiver().delivered().acknowledged();
    const Judgement judgement = judged({other, mail});
    ASSERT_EQ(judgement.extra_copies.size(), 1U);
    EXPECT_EQ(judgement.extra_copies.front().trigger, Trigger::receiver_died);
}

TEST(StreamFirings, AreInTheRulesAccount) {
    Mail mail = accepted_first().stream_fault("latency", 1s).stream_released();
    mail.delivered().acknowledged();
    const RuleAccount account = judged({mail}).rules.front();
    EXPECT_EQ(account.fired, 1U);
    EXPECT_EQ(account.released, 1U);
    EXPECT_EQ(account.asked.max, 1s);
}

}  // namespace
}  // namespace twofifty::harness
