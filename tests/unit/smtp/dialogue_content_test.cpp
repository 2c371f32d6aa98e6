// Content that does not end in a dot, or is not answered once: BDAT and LMTP.
#include "conversation.hpp"

#include <gtest/gtest.h>

namespace twofifty::smtp {
namespace {

TEST(DialogueBdat, TakesASingleChunk) {
    Conversation mail;
    mail.greeted().client("MAIL FROM:<a@a.test>\r\nRCPT TO:<b@b.test>\r\n");
    mail.server(250);
    mail.server(250);
    EXPECT_EQ(mail.client("BDAT 8 LAST\r\n.\r\n\r\n.\r\nQUIT\r\n"),
              (Strings{"command BDAT 8 LAST|", "end_of_data .||.|", "command QUIT|"}));
}

TEST(DialogueBdat, TakesSeveralChunks) {
    Conversation mail;
    mail.greeted().client("MAIL FROM:<a@a.test>\r\n");
    mail.server(250);
    EXPECT_EQ(mail.client("BDAT 3\r\nabcBDAT 2\r\ndeBDAT 1 LAST\r\nfNOOP\r\n"),
              (Strings{"command BDAT 3|", "content abc", "command BDAT 2|", "content de",
                       "command BDAT 1 LAST|", "end_of_data f", "command NOOP|"}));
    EXPECT_EQ(mail.server(250), in_transaction(Phase::data_xfer, 1, 2));
    EXPECT_EQ(mail.server(250), in_transaction(Phase::data_xfer, 1, 3));
    EXPECT_EQ(mail.server(250), ending(1, 4));
    EXPECT_EQ(mail.server(250), in_session(Phase::other, 3));
}

TEST(DialogueBdat, EndsWithTheLineOfAnEmptyLastChunk) {
    Conversation mail;
    mail.greeted().client("MAIL FROM:<a@a.test>\r\n");
    mail.server(250);
    EXPECT_EQ(
        mail.client("BDAT 1\r\naBDAT 0 LAST\r\nQUIT\r\n"),
        (Strings{"command BDAT 1|", "content a", "end_of_data BDAT 0 LAST|", "command QUIT|"}));
    EXPECT_TRUE(mail.dialogue.awaits_data_done());
    EXPECT_EQ(mail.server(250), in_transaction(Phase::data_xfer, 1, 2));
    EXPECT_EQ(mail.server(250), ending(1, 3));
}

TEST(DialogueBdat, TakesAnEmptyChunkThatIsNotTheLast) {
    Conversation mail;
    mail.greeted();
    EXPECT_EQ(mail.client("BDAT 0\r\nQUIT\r\n"), (Strings{"command BDAT 0|", "command QUIT|"}));
    EXPECT_EQ(mail.server(503), in_session(Phase::data_xfer, 3));
}

TEST(DialogueBdat, TakesBinaryContentThatLooksLikeTheFinalDot) {
    Conversation mail;
    mail.greeted().client("MAIL FROM:<a@a.test>\r\nBDAT 7 LAST\r\n");
    EXPECT_EQ(mail.client("\r\n.\r\n"), Strings{"content |.|"});
    EXPECT_EQ(mail.client("\r\n"), Strings{"end_of_data |"});
}

TEST(DialogueBdat, MatchesRepliesWhenPipelinedWithTheEnvelope) {
    Conversation mail;
    mail.greeted().client("MAIL FROM:<a@a.test>\r\nRCPT TO:<b@b.test>\r\nBDAT 1 LAST\r\nx");
    EXPECT_EQ(mail.dialogue.client_sender(), "a@a.test");
    EXPECT_TRUE(mail.dialogue.awaits_data_done());
    EXPECT_EQ(mail.dialogue.awaited(), Phase::mail);
    EXPECT_EQ(mail.server(250), in_transaction(Phase::mail, 1, 1));
    EXPECT_EQ(mail.server(250), in_transaction(Phase::rcpt, 1, 2, "b@b.test"));
    EXPECT_EQ(mail.server(250), ending(1, 3));
}

// RFC 3030 2: the octets of a refused chunk follow all the same.
TEST(DialogueBdat, TakesTheBytesOfARefusedChunk) {
    Conversation mail;
    mail.greeted().client("BDAT 6\r\n");
    EXPECT_EQ(mail.server(503), in_session(Phase::data_xfer, 3));
    EXPECT_EQ(mail.client("RSET\r\nRSET\r\n"), (Strings{"content RSET|", "command RSET|"}));
    EXPECT_EQ(mail.server(250), in_session(Phase::rset, 4));
}

TEST(DialogueBdat, AwaitsNothingMoreWhereTheLastChunkWasAnsweredEarly) {
    Conversation mail;
    mail.greeted().client("MAIL FROM:<a@a.test>\r\n");
    mail.server(250);
    mail.client("BDAT 4 LAST\r\nab");
    EXPECT_EQ(mail.server(552), ending(1, 2));
    EXPECT_EQ(mail.client("cd"), Strings{"end_of_data cd"});
    EXPECT_FALSE(mail.dialogue.awaits_data_done());
}

TEST(DialogueBdat, AwaitsTheNextLastChunkBehindOneAnsweredEarly) {
    Conversation mail;
    mail.greeted().client("MAIL FROM:<a@a.test>\r\n");
    mail.server(250);
    mail.client("BDAT 4 LAST\r\nab");
    mail.server(552);
    mail.client("cdMAIL FROM:<a@a.test>\r\nBDAT 1 LAST\r\nx");
    EXPECT_TRUE(mail.dialogue.awaits_data_done());
}

TEST(DialogueBdat, AwaitsDataDoneFromTheLastByteOfTheChunk) {
    Conversation mail;
    mail.greeted().client("MAIL FROM:<a@a.test>\r\n");
    mail.server(250);
    mail.client("BDAT 2 LAST\r\na");
    EXPECT_FALSE(mail.dialogue.awaits_data_done());
    mail.client("b");
    EXPECT_TRUE(mail.dialogue.awaits_data_done());
}

TEST(DialogueBdat, GivesUpWhereTheSizeCannotBeRead) {
    Conversation mail;
    mail.greeted();
    EXPECT_EQ(mail.client("BDAT ten LAST\r\n0123456789"),
              Strings{"opaque BDAT ten LAST|0123456789"});
}

TEST(DialogueLmtp, AwaitsAReplyForEachAcceptedRecipient) {
    Conversation mail(true);
    mail.server(220);
    mail.client("LHLO a.test\r\n");
    EXPECT_EQ(mail.server(250), in_session(Phase::helo, 2));
    mail.client(
        "MAIL FROM:<a@a.test>\r\nRCPT TO:<b@b.test>\r\nRCPT TO:<c@c.test>\r\n"
        "RCPT TO:<d@d.test>\r\nDATA\r\n");
    mail.server_all({250, 250, 550, 250, 354});
    mail.client(".\r\nQUIT\r\n");
    EXPECT_EQ(mail.server(250), in_transaction(Phase::data_done, 1, 6, "b@b.test"));
    EXPECT_TRUE(mail.dialogue.awaits_data_done());
    EXPECT_EQ(mail.server(452), ending(1, 7, "d@d.test"));
    EXPECT_FALSE(mail.dialogue.awaits_data_done());
    EXPECT_EQ(mail.server(221), in_session(Phase::quit, 3));
}

TEST(DialogueLmtp, CountsTheRecipientsOfAPipelinedChunkByTheirReplies) {
    Conversation mail(true);
    mail.greeted().client(
        "MAIL FROM:<a@a.test>\r\nRCPT TO:<b@b.test>\r\nRCPT TO:<c@c.test>\r\n"
        "BDAT 1 LAST\r\nxMAIL FROM:<n@n.test>\r\n");
    mail.server_all({250, 550, 250});
    EXPECT_EQ(mail.server(250), ending(1, 4, "c@c.test"));
    EXPECT_EQ(mail.server(250), in_transaction(Phase::mail, 2, 1));
}

TEST(DialogueLmtp, StartsTheNextTransactionsRepliesAnew) {
    Conversation mail(true);
    mail.greeted();
    for (std::uint32_t transaction = 1; transaction <= 2; ++transaction) {
        mail.in_content({"b@b.test", "c@c.test"}).client(".\r\n");
        EXPECT_EQ(mail.server(250), in_transaction(Phase::data_done, transaction, 5, "b@b.test"));
        EXPECT_EQ(mail.server(250), ending(transaction, 6, "c@c.test"));
    }
}

// The names of the transaction before are still there to be read; they are owed nothing.
TEST(DialogueLmtp, AwaitsOneReplyToAChunkOutsideATransaction) {
    Conversation mail(true);
    mail.greeted().in_content({"b@b.test", "c@c.test"}).client(".\r\nBDAT 0 LAST\r\nQUIT\r\n");
    mail.server_all({250, 250});
    EXPECT_EQ(mail.server(503),
              (Answered{.phase = Phase::data_done, .reply_index = 3, .last_of_transaction = true}));
    EXPECT_EQ(mail.server(221), in_session(Phase::quit, 4));
}

}  // namespace
}  // namespace twofifty::smtp
