// What the layer sees of commands and their replies, pipelined or not.
#include "conversation.hpp"

#include <gtest/gtest.h>

namespace twofifty::smtp {
namespace {

TEST(Dialogue, FollowsAPlainSession) {
    Conversation mail;
    EXPECT_EQ(mail.dialogue.awaited(), Phase::greeting);
    EXPECT_EQ(mail.server(220), in_session(Phase::greeting, 1));
    EXPECT_EQ(mail.client("EHLO a.test\r\n"), Strings{"command EHLO a.test|"});
    EXPECT_EQ(mail.server(250), in_session(Phase::helo, 2));
    EXPECT_EQ(mail.client("MAIL FROM:<a@a.test> SIZE=9\r\n"),
              Strings{"command MAIL FROM:<a@a.test> SIZE=9|"});
    EXPECT_EQ(mail.server(250), in_transaction(Phase::mail, 1, 1));
    EXPECT_EQ(mail.client("RCPT TO:<b@b.test>\r\n"), Strings{"command RCPT TO:<b@b.test>|"});
    EXPECT_EQ(mail.server(250), in_transaction(Phase::rcpt, 1, 2, "b@b.test"));
    EXPECT_EQ(mail.client("DATA\r\n"), Strings{"command DATA|"});
    EXPECT_EQ(mail.server(354), in_transaction(Phase::data_init, 1, 3));
    EXPECT_EQ(mail.client("hello\r\n"), Strings{"content hello|"});
    EXPECT_EQ(mail.client("bye\r\n.\r\n"), Strings{"end_of_data bye|.|"});
    EXPECT_EQ(mail.server(250), ending(1, 4));
    EXPECT_EQ(mail.client("QUIT\r\n"), Strings{"command QUIT|"});
    EXPECT_EQ(mail.server(221), in_session(Phase::quit, 3));
    EXPECT_EQ(mail.dialogue.awaited(), Phase::none);
}

TEST(Dialogue, KnowsTheEnvelopeAtTheReplyToTheFinalDot) {
    Conversation mail;
    mail.greeted().in_content({"b@b.test", "c@c.test"}).client(".\r\n");
    mail.server(250);
    EXPECT_EQ(mail.dialogue.sender(), "a@a.test");
    EXPECT_EQ(mail.dialogue.accepted_recipients(), (Strings{"b@b.test", "c@c.test"}));
}

TEST(Dialogue, AwaitsDataDoneFromTheFinalDotToItsReply) {
    Conversation mail;
    mail.greeted().in_content({"b@b.test"});
    mail.client("a\r\n.\r");
    EXPECT_FALSE(mail.dialogue.awaits_data_done());
    mail.client("\n");
    EXPECT_TRUE(mail.dialogue.awaits_data_done());
    EXPECT_EQ(mail.dialogue.awaited(), Phase::data_done);
    mail.server(451);
    EXPECT_FALSE(mail.dialogue.awaits_data_done());
}

TEST(Dialogue, CountsTransactionsAndTheirRepliesAnew) {
    Conversation mail;
    mail.greeted().in_content({"b@b.test"}).client(".\r\n");
    EXPECT_EQ(mail.server(250), ending(1, 4));
    mail.in_content({"b@b.test"}).client(".\r\n");
    EXPECT_EQ(mail.server(250), ending(2, 4));
    EXPECT_EQ(mail.dialogue.transactions(), 2U);
}

TEST(Dialogue, ReadsTheContentOfEachTransaction) {
    Conversation mail;
    mail.greeted().in_content({"b@b.test"});
    EXPECT_EQ(mail.client("a\r\n.\r\n"), Strings{"end_of_data a|.|"});
    mail.server(250);
    mail.in_content({"b@b.test"});
    EXPECT_EQ(mail.client("b\r\n.\r\n"), Strings{"end_of_data b|.|"});
}

TEST(Dialogue, JoinsALineThatComesInPieces) {
    Conversation mail;
    mail.greeted();
    EXPECT_EQ(mail.client("MAIL FR"), Strings{"incomplete MAIL FR"});
    EXPECT_EQ(mail.client("OM:<a@a.test>\r"), Strings{"incomplete OM:<a@a.test>\r"});
    EXPECT_EQ(mail.client("\nRSET"), (Strings{"command \n", "incomplete RSET"}));
    EXPECT_EQ(mail.server(250), in_transaction(Phase::mail, 1, 1));
    EXPECT_EQ(mail.dialogue.sender(), "a@a.test");
}

TEST(Dialogue, TakesABareLineFeedAsALineEnd) {
    Conversation mail;
    mail.greeted().client("MAIL FROM:<a@a.test>\nRCPT TO:<b@b.test>\n");
    mail.server(250);
    EXPECT_EQ(mail.server(250), in_transaction(Phase::rcpt, 1, 2, "b@b.test"));
}

TEST(Dialogue, MatchesRepliesToPipelinedCommandsInOrder) {
    Conversation mail;
    mail.greeted();
    EXPECT_EQ(
        mail.client("MAIL FROM:<a@a.test>\r\nRCPT TO:<b@b.test>\r\nRCPT TO:<c@c.test>\r\nDATA\r\n"),
        (Strings{"command MAIL FROM:<a@a.test>|", "command RCPT TO:<b@b.test>|",
                 "command RCPT TO:<c@c.test>|", "command DATA|"}));
    EXPECT_EQ(mail.server(250), in_transaction(Phase::mail, 1, 1));
    EXPECT_EQ(mail.server(550), in_transaction(Phase::rcpt, 1, 2, "b@b.test"));
    EXPECT_EQ(mail.server(250), in_transaction(Phase::rcpt, 1, 3, "c@c.test"));
    EXPECT_EQ(mail.server(354), in_transaction(Phase::data_init, 1, 4));
    EXPECT_EQ(mail.dialogue.accepted_recipients(), Strings{"c@c.test"});
}

TEST(Dialogue, WaitsBehindDataForItsReply) {
    Conversation mail;
    mail.greeted();
    EXPECT_EQ(mail.client("MAIL FROM:<a@a.test>\r\nDATA\r\n.\r\n"),
              (Strings{"command MAIL FROM:<a@a.test>|", "command DATA|", "wait"}));
    mail.server(250);
    EXPECT_EQ(mail.client_goes_on(), Strings{"wait"});
    mail.server(354);
    EXPECT_EQ(mail.client_goes_on(), Strings{"end_of_data .|"});
}

TEST(Dialogue, ReadsCommandsBehindARefusedData) {
    Conversation mail;
    mail.greeted().client("MAIL FROM:<a@a.test>\r\nRCPT TO:<b@b.test>\r\nDATA\r\nRSET\r\nQUIT\r\n");
    mail.server(250);
    EXPECT_EQ(mail.server(550), in_transaction(Phase::rcpt, 1, 2, "b@b.test"));
    EXPECT_EQ(mail.server(554), in_transaction(Phase::data_init, 1, 3));
    EXPECT_EQ(mail.client_goes_on(), (Strings{"command RSET|", "command QUIT|"}));
    EXPECT_EQ(mail.server(250), in_session(Phase::rset, 3));
    EXPECT_EQ(mail.server(221), in_session(Phase::quit, 4));
}

TEST(Dialogue, ReadsCommandsBehindADataThatGotA2xx) {
    Conversation mail;
    mail.greeted().client("DATA\r\nQUIT\r\n");
    EXPECT_EQ(mail.server(250), in_session(Phase::data_init, 3));
    EXPECT_EQ(mail.client_goes_on(), Strings{"command QUIT|"});
}

// RFC 2920 3.1: a server may say 354 although no recipient was accepted; the client sends a lone
// dot.
TEST(Dialogue, TakesALoneDotWhereNoRecipientWasAccepted) {
    for (const bool lmtp : {false, true}) {
        Conversation mail(lmtp);
        mail.greeted().client("MAIL FROM:<a@a.test>\r\nRCPT TO:<b@b.test>\r\nDATA\r\n");
        mail.server(250);
        mail.server(550);
        mail.server(354);
        EXPECT_EQ(mail.client(".\r\n"), Strings{"end_of_data .|"});
        EXPECT_EQ(mail.server(554), ending(1, 4));
        EXPECT_EQ(mail.dialogue.accepted_recipients(), Strings{});
    }
}

TEST(Dialogue, SeparatesContentFromTheNextMailInTheSameWrite) {
    Conversation mail;
    mail.greeted().in_content({"b@b.test"});
    EXPECT_EQ(mail.client("a\r\n.\r\nMAIL FROM:<n@n.test>\r\nRCPT TO:<o@o.test>\r\n"),
              (Strings{"end_of_data a|.|", "command MAIL FROM:<n@n.test>|",
                       "command RCPT TO:<o@o.test>|"}));
    EXPECT_EQ(mail.server(250), ending(1, 4));
    EXPECT_EQ(mail.server(250), in_transaction(Phase::mail, 2, 1));
    EXPECT_EQ(mail.server(250), in_transaction(Phase::rcpt, 2, 2, "o@o.test"));
}

TEST(Dialogue, KeepsTheEnvelopeWhileTheNextMailIsUnderWay) {
    Conversation mail;
    mail.greeted().in_content({"b@b.test"}).client(".\r\nMAIL FROM:<n@n.test>\r\n");
    EXPECT_EQ(mail.dialogue.client_sender(), "n@n.test");
    EXPECT_EQ(mail.dialogue.transactions(), 2U);
    mail.server(250);
    EXPECT_EQ(mail.dialogue.sender(), "a@a.test");
    EXPECT_EQ(mail.dialogue.accepted_recipients(), Strings{"b@b.test"});
    mail.server(250);
    EXPECT_EQ(mail.dialogue.sender(), "n@n.test");
    EXPECT_EQ(mail.dialogue.accepted_recipients(), Strings{});
}

TEST(Dialogue, KnowsTheSenderOfARefusedMail) {
    Conversation mail;
    mail.greeted().client("MAIL FROM:<a@a.test>\r\nRCPT TO:<b@b.test>\r\n");
    EXPECT_EQ(mail.server(451), in_transaction(Phase::mail, 1, 1));
    EXPECT_EQ(mail.dialogue.sender(), "a@a.test");
    EXPECT_EQ(mail.server(503), in_transaction(Phase::rcpt, 1, 2, "b@b.test"));
    EXPECT_EQ(mail.dialogue.accepted_recipients(), Strings{});
}

TEST(Dialogue, KnowsTheSenderOfAMailRefusedBehindATransaction) {
    Conversation mail;
    mail.greeted().in_content({"b@b.test"}).client(".\r\nMAIL FROM:<n@n.test>\r\n");
    mail.server(250);
    EXPECT_EQ(mail.server(451), in_transaction(Phase::mail, 2, 1));
    EXPECT_EQ(mail.dialogue.sender(), "n@n.test");
}

TEST(Dialogue, KeepsATransactionInWhichASecondMailIsRefused) {
    Conversation mail;
    mail.greeted().client(
        "MAIL FROM:<a@a.test>\r\nRCPT TO:<b@b.test>\r\nMAIL FROM:<n@n.test>\r\nDATA\r\n");
    mail.server(250);
    mail.server(250);
    EXPECT_EQ(mail.server(503), in_transaction(Phase::mail, 2, 1));
    EXPECT_EQ(mail.dialogue.sender(), "a@a.test");
    EXPECT_EQ(mail.server(354), in_transaction(Phase::data_init, 1, 3));
    EXPECT_EQ(mail.dialogue.accepted_recipients(), Strings{"b@b.test"});
}

TEST(Dialogue, TellsMalformedAddressesByTheirText) {
    Conversation mail;
    mail.greeted().client("MAIL FROM: a@a.test SIZE=1\r\nRCPT TO:<b@@b.test>\r\nRCPT\r\n");
    mail.server(250);
    EXPECT_EQ(mail.dialogue.sender(), "a@a.test");
    EXPECT_EQ(mail.server(501), in_transaction(Phase::rcpt, 1, 2, "b@@b.test"));
    EXPECT_EQ(mail.server(501), in_transaction(Phase::rcpt, 1, 3));
}

TEST(Dialogue, DropsTheTransactionAtRset) {
    Conversation mail;
    mail.greeted().client("MAIL FROM:<a@a.test>\r\nRCPT TO:<b@b.test>\r\nRSET\r\nNOOP\r\n");
    mail.server(250);
    mail.server(250);
    EXPECT_EQ(mail.server(250), in_session(Phase::rset, 3));
    EXPECT_EQ(mail.dialogue.sender(), "");
    EXPECT_EQ(mail.dialogue.accepted_recipients(), Strings{});
    EXPECT_EQ(mail.server(250), in_session(Phase::other, 4));
}

TEST(Dialogue, KeepsTheTransactionAtARefusedRset) {
    Conversation mail;
    mail.greeted().client("MAIL FROM:<a@a.test>\r\nRSET\r\nRCPT TO:<b@b.test>\r\n");
    mail.server(250);
    mail.server(501);
    EXPECT_EQ(mail.server(250), in_transaction(Phase::rcpt, 1, 2, "b@b.test"));
}

TEST(Dialogue, FollowsTheFallbackToHelo) {
    Conversation mail;
    mail.server(220);
    mail.client("EHLO a.test\r\n");
    EXPECT_EQ(mail.server(502), in_session(Phase::helo, 2));
    mail.client("HELO a.test\r\n");
    EXPECT_EQ(mail.server(250), in_session(Phase::helo, 3));
}

TEST(Dialogue, MatchesAClientThatDoesNotAwaitTheGreeting) {
    Conversation mail;
    mail.client("HELO a.test\r\n");
    EXPECT_EQ(mail.server(220), in_session(Phase::greeting, 1));
    EXPECT_EQ(mail.server(250), in_session(Phase::helo, 2));
}

class CommandOfNoPhase : public testing::TestWithParam<std::string> {};

TEST_P(CommandOfNoPhase, IsOther) {
    Conversation mail;
    mail.greeted().client(GetParam() + "\r\n");
    EXPECT_EQ(mail.server(250), in_session(Phase::other, 3));
}

INSTANTIATE_TEST_SUITE_P(Dialogue, CommandOfNoPhase,
                         testing::Values("NOOP", "VRFY a", "EXPN a", "HELP", "XCLIENT A=b", ""));

TEST(Dialogue, CountsOtherCommandsToTheTransactionTheyStandIn) {
    Conversation mail;
    mail.greeted().client("MAIL FROM:<>\r\nNOOP\r\n");
    mail.server(250);
    EXPECT_EQ(mail.server(250), in_transaction(Phase::other, 1, 2));
}

TEST(Dialogue, GivesUpBehindAnUnknownCommandThatAsksForMore) {
    Conversation mail;
    mail.greeted().client("XEXCH50 4 2\r\n");
    EXPECT_EQ(mail.server(354), in_session(Phase::other, 3));
    EXPECT_TRUE(mail.dialogue.opaque());
}

TEST(Dialogue, AddsNoRecipientToATransactionThatEnded) {
    Conversation mail;
    mail.greeted().in_content({"b@b.test"}).client(".\r\nRCPT TO:<c@c.test>\r\n");
    mail.server(250);
    EXPECT_EQ(mail.server(250),
              (Answered{.phase = Phase::rcpt, .recipient = "c@c.test", .reply_index = 3}));
    EXPECT_EQ(mail.dialogue.accepted_recipients(), Strings{"b@b.test"});
}

}  // namespace
}  // namespace twofifty::smtp
