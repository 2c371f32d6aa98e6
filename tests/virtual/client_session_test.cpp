// Each dialogue of the sending side, whole, and then broken at each of its steps in turn: by
// silence until the phase's own timer fires, by a close, by a reset.
#include "smtp/base64.hpp"
#include "tests/virtual/scripted_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace twofifty::smtp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::string_literals;

using Words = std::vector<std::string>;

const std::string content = "Subject: x\r\n\r\n.dot\r\n";
const std::string wire = "Subject: x\r\n\r\n..dot\r\n.\r\n";
const std::string mail = "MAIL FROM:<s@a.test>\r\n";
const std::string rcpt_a = "RCPT TO:<a@b.test>\r\n";
const std::string rcpt_c = "RCPT TO:<c@b.test>\r\n";
const Letter to_one{{"a@b.test"}, content};
const Letter to_two{{"a@b.test", "c@b.test"}, content};

ClientOptions client() {
    return ClientOptions{.timeouts = one_second_more_each()};
}
ClientOptions lmtp_client() {
    return ClientOptions{.lmtp = true, .timeouts = one_second_more_each()};
}
ClientOptions bdat_client() {
    return ClientOptions{.chunking = true, .chunk_size = 10, .timeouts = one_second_more_each()};
}
ClientOptions auth_client(bool login) {
    return ClientOptions{.timeouts = one_second_more_each(),
                         .credentials = ClientCredentials{"user", "secret", login}};
}

Step greeting() {
    return {Phase::greeting, "", "220 b.test ESMTP\r\n"};
}
Step quit() {
    return {Phase::quit, "QUIT\r\n", "221 Bye\r\n"};
}

Script together(std::initializer_list<Script> parts) {
    Script script;
    for (const Script& part : parts) script.insert(script.end(), part.begin(), part.end());
    return script;
}

Script plain_opening() {
    return {greeting(), {Phase::helo, "EHLO sender.test\r\n", "250 b.test\r\n"}};
}
Script opening_with(const std::string& keywords) {
    return {greeting(),
            {Phase::helo, "EHLO sender.test\r\n", "250-b.test\r\n" + keywords + "250 HELP\r\n"}};
}
Script lmtp_opening() {
    return {greeting(), {Phase::helo, "LHLO sender.test\r\n", "250-b.test\r\n250 PIPELINING\r\n"}};
}

Script one_by_one() {
    return together({plain_opening(),
                     {{Phase::mail, mail, "250 Ok\r\n"},
                      {Phase::rcpt, rcpt_a, "250 Ok\r\n"},
                      {Phase::rcpt, rcpt_c, "250-Good\r\n250 Ok\r\n"},
                      {Phase::data_init, "DATA\r\n", "354 Go\r\n"},
                      {Phase::data_done, wire, "250 2.0.0 Ok: queued as Q1\r\n"}}});
}
Script pipelined() {
    return together({opening_with("250-PIPELINING\r\n"),
                     {{Phase::mail, mail + rcpt_a + rcpt_c + "DATA\r\n", "250 Ok\r\n"},
                      {Phase::rcpt, "", "250 Ok\r\n"},
                      {Phase::rcpt, "", "250 Ok\r\n"},
                      {Phase::data_init, "", "354 Go\r\n"},
                      {Phase::data_done, wire, "250 2.0.0 Ok: queued as Q1\r\n"}}});
}
Script in_chunks() {
    return together({opening_with("250-CHUNKING\r\n"),
                     {{Phase::mail, mail, "250 Ok\r\n"},
                      {Phase::rcpt, rcpt_a, "250 Ok\r\n"},
                      {Phase::rcpt, rcpt_c, "250 Ok\r\n"},
                      {Phase::data_xfer, "BDAT 10\r\n" + content.substr(0, 10), "250 Ok\r\n"},
                      {Phase::data_done, "BDAT 10 LAST\r\n" + content.substr(10),
                       "250 2.0.0 Ok: queued as Q1\r\n"}}});
}
Script with_lmtp() {
    return together({lmtp_opening(),
                     {{Phase::mail, mail + rcpt_a + rcpt_c + "DATA\r\n", "250 Ok\r\n"},
                      {Phase::rcpt, "", "250 Ok\r\n"},
                      {Phase::rcpt, "", "250 Ok\r\n"},
                      {Phase::data_init, "", "354 Go\r\n"},
                      {Phase::data_done, wire, "250 2.0.0 Ok: queued as Q1\r\n"},
                      {Phase::data_done, "", "450 4.2.1 Not now\r\n"}}});
}

const std::string accepted = words(Outcome::accepted, Phase::data_done, 250, 0ms);

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

TEST(ClientSession, ARefusedRecipientDoesNotStopTheOthers) {
    Script script = one_by_one();
    script[2 + 1].reply = "550 5.1.1 No such user\r\n";
    script.push_back(quit());
    EXPECT_THAT(
        converse(script, client(), {to_two}).results,
        ElementsAre(Words{words(Outcome::refused_for_good, Phase::rcpt, 550, 0ms), accepted}));
}

TEST(ClientSession, ARefusedRecipientKeepsItsOutcomeWhenTheReplyIsLost) {
    Script script = pipelined();
    script[4].reply = "452 4.5.3 Too many\r\n";
    const std::size_t last = script.size() - 1;
    EXPECT_THAT(converse(script, client(), {to_two}, {last, Break::silence}).results,
                ElementsAre(Words{words(Outcome::unknown, Phase::data_done, 0,
                                        timeout_of(Phase::data_done), "timed_out"),
                                  words(Outcome::refused_for_now, Phase::rcpt, 452, 0ms)}));
}

TEST(ClientSession, AllRefusedOneByOneSkipsDataAndResetsBeforeTheNext) {
    const Script script = together({plain_opening(),
                                    {{Phase::mail, mail, "250 Ok\r\n"},
                                     {Phase::rcpt, rcpt_a, "550 No\r\n"},
                                     {Phase::rset, "RSET\r\n", "250 Ok\r\n"},
                                     {Phase::mail, mail, "250 Ok\r\n"},
                                     {Phase::rcpt, rcpt_a, "250 Ok\r\n"},
                                     {Phase::data_init, "DATA\r\n", "354 Go\r\n"},
                                     {Phase::data_done, wire, "250 Ok\r\n"},
                                     quit()}});
    EXPECT_THAT(converse(script, client(), {to_one, to_one}).results,
                ElementsAre(Words{words(Outcome::refused_for_good, Phase::rcpt, 550, 0ms)},
                            Words{accepted}));
}

TEST(ClientSession, AllRefusedPipelinedWith554ToDataResetsBeforeTheNext) {
    const std::string group = mail + rcpt_a + "DATA\r\n";
    const Script script = together({opening_with("250-PIPELINING\r\n"),
                                    {{Phase::mail, group, "250 Ok\r\n"},
                                     {Phase::rcpt, "", "450 Later\r\n"},
                                     {Phase::data_init, "", "554 No valid recipients\r\n"},
                                     {Phase::rset, "RSET\r\n", "250 Ok\r\n"},
                                     {Phase::mail, group, "250 Ok\r\n"},
                                     {Phase::rcpt, "", "250 Ok\r\n"},
                                     {Phase::data_init, "", "354 Go\r\n"},
                                     {Phase::data_done, wire, "250 Ok\r\n"},
                                     quit()}});
    EXPECT_THAT(converse(script, client(), {to_one, to_one}).results,
                ElementsAre(Words{words(Outcome::refused_for_now, Phase::rcpt, 450, 0ms)},
                            Words{accepted}));
}

TEST(ClientSession, AllRefusedPipelinedWith354GivesAnEmptyContent) {
    const Script script = together({opening_with("250-PIPELINING\r\n"),
                                    {{Phase::mail, mail + rcpt_a + "DATA\r\n", "250 Ok\r\n"},
                                     {Phase::rcpt, "", "550 No\r\n"},
                                     {Phase::data_init, "", "354 Go\r\n"},
                                     {Phase::data_done, ".\r\n", "554 No valid recipients\r\n"},
                                     quit()}});
    const Conversation conversation = converse(script, client(), {to_one});
    EXPECT_THAT(conversation.results,
                ElementsAre(Words{words(Outcome::refused_for_good, Phase::rcpt, 550, 0ms)}));
    EXPECT_TRUE(conversation.usable);
}

TEST(ClientSession, ARefusedSenderRefusesEveryRecipient) {
    const Script script =
        together({opening_with("250-PIPELINING\r\n"),
                  {{Phase::mail, mail + rcpt_a + rcpt_c + "DATA\r\n", "451 Later\r\n"},
                   {Phase::rcpt, "", "503 No\r\n"},
                   {Phase::rcpt, "", "503 No\r\n"},
                   {Phase::data_init, "", "503 No\r\n"},
                   {Phase::rset, "RSET\r\n", "250 Ok\r\n"}}});
    const Words refused(2, words(Outcome::refused_for_now, Phase::mail, 451, 0ms));
    EXPECT_EQ(converse(script, client(), {to_two, to_two}, {6, Break::silence}).results,
              (std::vector<Words>{refused, Words(2, words(Outcome::not_sent, Phase::rset, 0,
                                                          timeout_of(Phase::rset), "timed_out"))}));
}

TEST(ClientSession, SeveralMessagesShareAConnection) {
    const Script transaction{{Phase::mail, mail, "250 Ok\r\n"},
                             {Phase::rcpt, rcpt_a, "250 Ok\r\n"},
                             {Phase::data_init, "DATA\r\n", "354 Go\r\n"},
                             {Phase::data_done, wire, "250 Ok\r\n"}};
    const Script script =
        together({plain_opening(), transaction, transaction, transaction, {quit()}});
    EXPECT_EQ(converse(script, client(), {to_one, to_one, to_one}).results,
              std::vector<Words>(3, Words{accepted}));
}

TEST(ClientSession, ARefusalOfTheContentIsItsOutcomeAndTheSessionGoesOn) {
    for (const auto& [code, outcome] :
         {std::pair{451, Outcome::refused_for_now}, std::pair{554, Outcome::refused_for_good}}) {
        Script script = one_by_one();
        script.back().reply = std::to_string(code) + " No\r\n";
        script.push_back(quit());
        const Conversation conversation = converse(script, client(), {to_two});
        EXPECT_THAT(conversation.results,
                    ElementsAre(Words(2, words(outcome, Phase::data_done, code, 0ms))));
        EXPECT_TRUE(conversation.usable);
    }
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

TEST(ClientSession, A421ToTheFinalDotIsARefusalForNow) {
    Script script = pipelined();
    script.back().reply = "421 4.3.2 Shutting down\r\n";
    EXPECT_THAT(converse(script, client(), {to_two}).results,
                ElementsAre(Words(2, words(Outcome::refused_for_now, Phase::data_done, 421, 0ms))));
}

TEST(ClientSession, AnAcceptanceInsteadOf354EndsTheSession) {
    Script script = one_by_one();
    script.resize(6);
    script.back().reply = "250 Thanks\r\n";
    const Conversation conversation = converse(script, client(), {to_two});
    EXPECT_THAT(conversation.results,
                ElementsAre(Words(2, words(Outcome::not_sent, Phase::data_init, 250, 0ms,
                                           "protocol_violation"))));
    EXPECT_FALSE(conversation.usable);
}

TEST(ClientSession, AChunkThatIsRefusedEndsTheTransaction) {
    Script script = in_chunks();
    script.resize(6);
    script.back().reply = "552 Too big\r\n";
    script.push_back(quit());
    EXPECT_THAT(
        converse(script, bdat_client(), {to_two}).results,
        ElementsAre(Words(2, words(Outcome::refused_for_good, Phase::data_xfer, 552, 0ms))));
}

TEST(ClientSession, AGarbageReplyLeavesTheFinalDotUnknown) {
    for (const auto& [reply, error] :
         {std::pair{"hello\r\n"s, "reply_malformed"s}, std::pair{"25 Ok\r\n"s, "reply_malformed"s},
          std::pair{"250-a\r\n251 b\r\n"s, "reply_code_changed"s},
          std::pair{std::string(100'000, 'x'), "reply_line_too_long"s},
          std::pair{"250 " + std::string(100'000, 'x'), "reply_line_too_long"s}}) {
        Script script = one_by_one();
        script.back().reply = reply;
        const Conversation conversation = converse(script, client(), {to_two});
        EXPECT_THAT(conversation.results,
                    ElementsAre(Words(2, words(Outcome::unknown, Phase::data_done, 0, 0ms, error))))
            << reply.substr(0, 20);
        EXPECT_FALSE(conversation.usable);
    }
}

TEST(ClientSession, AReplyWithoutEndIsGivenUp) {
    Script script = one_by_one();
    script.back().reply.clear();
    for (int i = 0; i < 1000; ++i) script.back().reply += "250-more\r\n";
    EXPECT_THAT(converse(script, client(), {to_two}).results,
                ElementsAre(Words(
                    2, words(Outcome::unknown, Phase::data_done, 0, 0ms, "reply_too_many_lines"))));
}

TEST(ClientSession, AReplyThatStopsInTheMiddleIsSilence) {
    Script script = one_by_one();
    script.back().reply = "250-2.0.0 Ok\r\n250 queu";
    EXPECT_THAT(converse(script, client(), {to_two}).results,
                ElementsAre(Words(2, words(Outcome::unknown, Phase::data_done, 0,
                                           timeout_of(Phase::data_done), "timed_out"))));
}

TEST(ClientSession, QuitWaitsNoLongerThanItsTimer) {
    const Script script = together({one_by_one(), {quit()}});
    const Conversation conversation =
        converse(script, client(), {to_two}, {script.size() - 1, Break::silence});
    EXPECT_THAT(conversation.results, ElementsAre(Words(2, accepted)));
    EXPECT_EQ(conversation.ended, at(0s));
}

}  // namespace
}  // namespace twofifty::smtp
