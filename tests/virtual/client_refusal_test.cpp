// What the sending side makes of refusals and of replies that are none, and whether it goes on.
#include "tests/virtual/client_scripts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace twofifty::smtp {
namespace {

using testing::ElementsAre;
using namespace std::string_literals;

TEST(ClientRefusal, ARefusedRecipientDoesNotStopTheOthers) {
    Script script = one_by_one();
    script[2 + 1].reply = "550 5.1.1 No such user\r\n";
    script.push_back(quit());
    EXPECT_THAT(
        converse(script, client(), {to_two}).results,
        ElementsAre(Words{words(Outcome::refused_for_good, Phase::rcpt, 550, 0ms), accepted}));
}

TEST(ClientRefusal, ARefusedRecipientKeepsItsOutcomeWhenTheReplyIsLost) {
    Script script = pipelined();
    script[4].reply = "452 4.5.3 Too many\r\n";
    const std::size_t last = script.size() - 1;
    EXPECT_THAT(converse(script, client(), {to_two}, {last, Break::silence}).results,
                ElementsAre(Words{words(Outcome::unknown, Phase::data_done, 0,
                                        timeout_of(Phase::data_done), "timed_out"),
                                  words(Outcome::refused_for_now, Phase::rcpt, 452, 0ms)}));
}

TEST(ClientRefusal, AllRefusedOneByOneSkipsDataAndResetsBeforeTheNext) {
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

TEST(ClientRefusal, AllRefusedPipelinedWith554ToDataResetsBeforeTheNext) {
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

TEST(ClientRefusal, AllRefusedPipelinedWith354GivesAnEmptyContent) {
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

TEST(ClientRefusal, ARefusedSenderRefusesEveryRecipient) {
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

TEST(ClientRefusal, SeveralMessagesShareAConnection) {
    const Script transaction{{Phase::mail, mail, "250 Ok\r\n"},
                             {Phase::rcpt, rcpt_a, "250 Ok\r\n"},
                             {Phase::data_init, "DATA\r\n", "354 Go\r\n"},
                             {Phase::data_done, wire, "250 Ok\r\n"}};
    const Script script =
        together({plain_opening(), transaction, transaction, transaction, {quit()}});
    EXPECT_EQ(converse(script, client(), {to_one, to_one, to_one}).results,
              std::vector<Words>(3, Words{accepted}));
}

TEST(ClientRefusal, ARefusalOfTheContentIsItsOutcomeAndTheSessionGoesOn) {
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

TEST(ClientRefusal, A421ToTheFinalDotIsARefusalForNow) {
    Script script = pipelined();
    script.back().reply = "421 4.3.2 Shutting down\r\n";
    EXPECT_THAT(converse(script, client(), {to_two}).results,
                ElementsAre(Words(2, words(Outcome::refused_for_now, Phase::data_done, 421, 0ms))));
}

TEST(ClientRefusal, AnAcceptanceInsteadOf354EndsTheSession) {
    Script script = one_by_one();
    script.resize(6);
    script.back().reply = "250 Thanks\r\n";
    const Conversation conversation = converse(script, client(), {to_two});
    EXPECT_THAT(conversation.results,
                ElementsAre(Words(2, words(Outcome::not_sent, Phase::data_init, 250, 0ms,
                                           "protocol_violation"))));
    EXPECT_FALSE(conversation.usable);
}

TEST(ClientRefusal, AChunkThatIsRefusedEndsTheTransaction) {
    Script script = in_chunks();
    script.resize(6);
    script.back().reply = "552 Too big\r\n";
    script.push_back(quit());
    EXPECT_THAT(
        converse(script, bdat_client(), {to_two}).results,
        ElementsAre(Words(2, words(Outcome::refused_for_good, Phase::data_xfer, 552, 0ms))));
}

TEST(ClientRefusal, AGarbageReplyLeavesTheFinalDotUnknown) {
    for (const auto& [reply, error] :
         {std::pair{"hello\r\n"s, "reply_malformed"s}, std::pair{"25 Ok\r\n"s, "reply_malformed"s},
          std::pair{"250-a\r\n251 b\r\n"s, "reply_code_changed"s},
          std::pair{std::string(100'000, 'x'), "reply_malformed"s},
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

TEST(ClientRefusal, AReplyWithoutEndIsGivenUp) {
    Script script = one_by_one();
    script.back().reply.clear();
    for (int i = 0; i < 1000; ++i) script.back().reply += "250-more\r\n";
    EXPECT_THAT(converse(script, client(), {to_two}).results,
                ElementsAre(Words(
                    2, words(Outcome::unknown, Phase::data_done, 0, 0ms, "reply_too_many_lines"))));
}

TEST(ClientRefusal, AReplyThatStopsInTheMiddleIsSilence) {
    Script script = one_by_one();
    script.back().reply = "250-2.0.0 Ok\r\n250 queu";
    EXPECT_THAT(converse(script, client(), {to_two}).results,
                ElementsAre(Words(2, words(Outcome::unknown, Phase::data_done, 0,
                                           timeout_of(Phase::data_done), "timed_out"))));
}

TEST(ClientRefusal, QuitWaitsNoLongerThanItsTimer) {
    const Script script = together({one_by_one(), {quit()}});
    const Conversation conversation =
        converse(script, client(), {to_two}, {script.size() - 1, Break::silence});
    EXPECT_THAT(conversation.results, ElementsAre(Words(2, accepted)));
    EXPECT_EQ(conversation.ended, at(0s));
}

}  // namespace
}  // namespace twofifty::smtp
