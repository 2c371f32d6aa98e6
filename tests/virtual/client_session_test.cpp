// Each dialogue of the sending side, whole, and then broken at each of its steps in turn: by
// silence until the phase's own timer fires, by a close, by a reset.
#include "smtp/base64.hpp"
#include "tests/virtual/client_scripts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace twofifty::smtp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::string_literals;

struct Named {
    std::string name;
    Script script;
    ClientOptions options;
};

std::vector<Named> dialogues() {
    return {{"one by one", one_by_one(), client()},
            {"pipelined", pipelined(), client()},
            {"in chunks", in_chunks(), bdat_client()},
            {"LMTP", with_lmtp(), lmtp_client()}};
}

/// What both recipients come to when the reply to `step` never comes.
Words broken_results(const Named& dialogue, std::size_t step, Duration waited,
                     const std::string& error) {
    const Phase phase = dialogue.script[step].phase;
    const Outcome outcome = phase == Phase::data_done ? Outcome::unknown : Outcome::not_sent;
    Words both(2, words(outcome, phase, 0, waited, error));
    const bool second_lmtp_reply = dialogue.options.lmtp && step + 1 == dialogue.script.size();
    if (second_lmtp_reply) both[0] = accepted;
    return both;
}

void expect_broken(Break how, const std::string& error) {
    for (const Named& dialogue : dialogues()) {
        for (std::size_t step = 0; step < dialogue.script.size(); ++step) {
            SCOPED_TRACE(dialogue.name + ", broken at step " + std::to_string(step));
            const Phase phase = dialogue.script[step].phase;
            const Duration waited = how == Break::silence ? timeout_of(phase) : 0s;
            const Conversation conversation =
                converse(dialogue.script, dialogue.options, {to_two}, {step, how});
            EXPECT_EQ(conversation.ended, at(waited));
            EXPECT_FALSE(conversation.usable);
            EXPECT_EQ(conversation.unexpected, "");
            if (phase == Phase::greeting || phase == Phase::helo) {
                EXPECT_EQ(conversation.opened, words(Outcome::not_sent, phase, 0, waited, error));
                EXPECT_THAT(conversation.results, IsEmpty());
            } else {
                EXPECT_EQ(conversation.opened, "ok");
                EXPECT_THAT(conversation.results,
                            ElementsAre(broken_results(dialogue, step, waited, error)));
            }
        }
    }
}

TEST(ClientSession, SilenceEndsAtTheTimerOfThePhase) {
    expect_broken(Break::silence, "timed_out");
}

TEST(ClientSession, ACloseEndsTheAttemptAtOnce) {
    expect_broken(Break::close, "end_of_stream");
}

TEST(ClientSession, AResetEndsTheAttemptAtOnce) {
    expect_broken(Break::reset, "connection_reset");
}

TEST(ClientSession, EachDialogueEndsWithQuitWhenNothingBreaksIt) {
    for (const Named& dialogue : dialogues()) {
        SCOPED_TRACE(dialogue.name);
        const Conversation conversation =
            converse(together({dialogue.script, {quit()}}), dialogue.options, {to_two});
        EXPECT_EQ(conversation.opened, "ok");
        Words both(2, accepted);
        if (dialogue.options.lmtp)
            both[1] = words(Outcome::refused_for_now, Phase::data_done, 450, 0ms);
        EXPECT_THAT(conversation.results, ElementsAre(both));
        EXPECT_TRUE(conversation.usable);
        EXPECT_EQ(conversation.ended, at(0s));
        EXPECT_EQ(conversation.unexpected, "");
    }
}

TEST(ClientSession, RecordsEachReplyAndTheEndOfTheContent) {
    const Conversation conversation =
        converse(together({with_lmtp(), {quit()}}), lmtp_client(), {to_two});
    EXPECT_THAT(conversation.events,
                ElementsAre("reply_seen greeting 220", "reply_seen helo 250",
                            "reply_seen mail 250 message 1 attempt 1",
                            "reply_seen rcpt 250 message 1 attempt 1 recipient 1",
                            "reply_seen rcpt 250 message 1 attempt 1 recipient 2",
                            "reply_seen data_init 354 message 1 attempt 1",
                            "content_sent message 1 attempt 1 bytes 24",
                            "reply_seen data_done 250 message 1 attempt 1 recipient 1 \"Q1\"",
                            "reply_seen data_done 450 message 1 attempt 1 recipient 2 \"4.2.1 "
                            "Not now\"",
                            "reply_seen quit 221"));
}

TEST(ClientSession, FallsBackToHeloWhereEhloIsUnknown) {
    const Script script = together({{greeting(),
                                     {Phase::helo, "EHLO sender.test\r\n", "502 What?\r\n"},
                                     {Phase::helo, "HELO sender.test\r\n", "250 b.test\r\n"},
                                     {Phase::mail, mail, "250 Ok\r\n"},
                                     {Phase::rcpt, rcpt_a, "250 Ok\r\n"},
                                     {Phase::data_init, "DATA\r\n", "354 Go\r\n"},
                                     {Phase::data_done, wire, "250 Ok\r\n"},
                                     quit()}});
    EXPECT_THAT(converse(script, client(), {to_one}).results, ElementsAre(Words{accepted}));
}

TEST(ClientSession, LmtpHasNoFallback) {
    const Script script{greeting(), {Phase::helo, "LHLO sender.test\r\n", "502 What?\r\n"}};
    EXPECT_EQ(converse(script, lmtp_client(), {to_one}).opened,
              words(Outcome::not_sent, Phase::helo, 502, 0ms, "service_not_available"));
}

TEST(ClientSession, ARefusingGreetingEndsTheSession) {
    for (const int code : {421, 450, 554}) {
        const Script script{{Phase::greeting, "", std::to_string(code) + " No\r\n"}};
        const Conversation conversation = converse(script, client(), {to_one});
        EXPECT_EQ(conversation.opened,
                  words(Outcome::not_sent, Phase::greeting, code, 0ms, "service_not_available"));
        EXPECT_EQ(conversation.unexpected, "");
    }
}

TEST(ClientSession, UsesSizeAnd8BitMimeWhereOffered) {
    const Script script = together(
        {opening_with("250-SIZE 1000\r\n250-8bitmime\r\n"),
         {{Phase::mail, "MAIL FROM:<s@a.test> SIZE=20 BODY=8BITMIME\r\n", "550 No\r\n"}, quit()}});
    const Conversation conversation = converse(script, client(), {{{"a@b.test"}, content, true}});
    EXPECT_THAT(conversation.results,
                ElementsAre(Words{words(Outcome::refused_for_good, Phase::mail, 550, 0ms)}));
}

TEST(ClientSession, AuthenticatesWithPlain) {
    const std::string response = base64_encode("\0user\0secret"s);
    const Script script =
        together({opening_with("250-AUTH LOGIN PLAIN\r\n"),
                  {{Phase::auth, "AUTH PLAIN " + response + "\r\n", "235 Ok\r\n"}, quit()}});
    EXPECT_EQ(converse(script, auth_client(false), {}).opened, "ok");
}

TEST(ClientSession, AuthenticatesWithLogin) {
    const Script script =
        together({opening_with("250-AUTH PLAIN LOGIN\r\n"),
                  {{Phase::auth, "AUTH LOGIN\r\n", "334 VXNlcm5hbWU6\r\n"},
                   {Phase::auth, base64_encode("user") + "\r\n", "334 UGFzc3dvcmQ6\r\n"},
                   {Phase::auth, base64_encode("secret") + "\r\n", "235 Ok\r\n"},
                   quit()}});
    EXPECT_EQ(converse(script, auth_client(true), {}).opened, "ok");
}

TEST(ClientSession, ALoginThatIsRefusedAtAnyStepEndsTheSession) {
    const Script whole =
        together({opening_with("250-AUTH LOGIN\r\n"),
                  {{Phase::auth, "AUTH LOGIN\r\n", "334 VXNlcm5hbWU6\r\n"},
                   {Phase::auth, base64_encode("user") + "\r\n", "334 UGFzc3dvcmQ6\r\n"},
                   {Phase::auth, base64_encode("secret") + "\r\n", "235 Ok\r\n"}}});
    for (std::size_t step = 2; step < whole.size(); ++step) {
        Script script(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(step) + 1);
        script.back().reply = "535 No\r\n";
        const Conversation conversation = converse(script, auth_client(true), {to_one});
        EXPECT_EQ(conversation.opened,
                  words(Outcome::not_sent, Phase::auth, 535, 0ms, "authentication_failed"))
            << "at step " << step;
        EXPECT_EQ(conversation.unexpected, "") << "at step " << step;
        EXPECT_EQ(converse(whole, auth_client(true), {to_one}, {step, Break::silence}).opened,
                  words(Outcome::not_sent, Phase::auth, 0, timeout_of(Phase::auth), "timed_out"));
    }
}

TEST(ClientSession, SaysNoPasswordToAServerThatOffersNoMechanism) {
    const Conversation conversation =
        converse(opening_with("250-AUTH CRAM-MD5\r\n"), auth_client(false), {to_one});
    EXPECT_EQ(conversation.opened,
              words(Outcome::not_sent, Phase::auth, 0, 0ms, "authentication_failed"));
    EXPECT_EQ(conversation.unexpected, "");
}

TEST(ClientSession, After421NothingMoreIsSaid) {
    for (const Named& dialogue : dialogues()) {
        for (std::size_t step = 2; step < dialogue.script.size(); ++step) {
            SCOPED_TRACE(dialogue.name + ", 421 at step " + std::to_string(step));
            Script script(dialogue.script.begin(),
                          dialogue.script.begin() + static_cast<std::ptrdiff_t>(step) + 1);
            script.back().reply = "421 4.3.2 Shutting down\r\n";
            const Conversation conversation = converse(script, dialogue.options, {to_two, to_two});
            EXPECT_EQ(conversation.unexpected, "");
            EXPECT_FALSE(conversation.usable);
            EXPECT_EQ(conversation.results.size(), 1U);
        }
    }
}

}  // namespace
}  // namespace twofifty::smtp
