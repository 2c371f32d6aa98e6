// Where a dialogue leaves the plain path: AUTH, TLS, replies nobody asked for, floods.
#include "conversation.hpp"
#include "smtp/limits.hpp"

#include <gtest/gtest.h>

namespace twofifty::smtp {
namespace {

TEST(DialogueAuth, FollowsTheChallengesOfLogin) {
    Conversation mail;
    mail.greeted();
    EXPECT_EQ(mail.client("AUTH LOGIN\r\n"), Strings{"command AUTH LOGIN|"});
    EXPECT_EQ(mail.server(334), in_session(Phase::auth, 3));
    EXPECT_EQ(mail.client("REFUQQ==\r\n"), Strings{"command REFUQQ==|"});
    EXPECT_EQ(mail.server(334), in_session(Phase::auth, 4));
    EXPECT_EQ(mail.client("DATA\r\n"), Strings{"command DATA|"});
    EXPECT_EQ(mail.server(235), in_session(Phase::auth, 5));
    EXPECT_EQ(mail.client("RSET\r\n"), Strings{"command RSET|"});
    EXPECT_EQ(mail.server(250), in_session(Phase::rset, 6));
}

TEST(DialogueAuth, EndsPlainWithOneReply) {
    Conversation mail;
    mail.greeted();
    EXPECT_EQ(mail.client("AUTH PLAIN AGEAYg==\r\nMAIL FROM:<a@a.test>\r\n"),
              (Strings{"command AUTH PLAIN AGEAYg==|", "wait"}));
    EXPECT_EQ(mail.server(235), in_session(Phase::auth, 3));
    EXPECT_EQ(mail.client_goes_on(), Strings{"command MAIL FROM:<a@a.test>|"});
}

TEST(DialogueAuth, ReadsCommandsBehindARefusal) {
    Conversation mail;
    mail.greeted().client("AUTH LOGIN\r\n");
    EXPECT_EQ(mail.server(504), in_session(Phase::auth, 3));
    mail.client("QUIT\r\n");
    EXPECT_EQ(mail.server(221), in_session(Phase::quit, 4));
}

TEST(DialogueTls, IsOpaqueOnceTlsBegins) {
    Conversation mail;
    mail.greeted();
    EXPECT_EQ(mail.client("STARTTLS\r\n\x16\x03\x01"), (Strings{"command STARTTLS|", "wait"}));
    EXPECT_EQ(mail.server(220), in_session(Phase::starttls, 3));
    EXPECT_EQ(mail.client_goes_on(), Strings{"opaque \x16\x03\x01"});
    EXPECT_EQ(mail.server(250), nothing);
}

TEST(DialogueTls, ReadsCommandsWhereTlsIsRefused) {
    Conversation mail;
    mail.greeted().client("STARTTLS\r\nMAIL FROM:<a@a.test>\r\n");
    EXPECT_EQ(mail.server(454), in_session(Phase::starttls, 3));
    EXPECT_EQ(mail.client_goes_on(), Strings{"command MAIL FROM:<a@a.test>|"});
}

TEST(Dialogue, TakesAnUnasked421ForOther) {
    Conversation mail;
    mail.greeted();
    EXPECT_EQ(mail.server(421), in_session(Phase::other, 3));
    EXPECT_FALSE(mail.dialogue.opaque());
}

TEST(Dialogue, TakesA421InTheMiddleOfContentForOther) {
    Conversation mail;
    mail.greeted().in_content({"b@b.test"}).client("half a mess");
    EXPECT_EQ(mail.server(421), in_session(Phase::other, 3));
    EXPECT_EQ(mail.client("age\r\n.\r\n"), Strings{"end_of_data age|.|"});
}

TEST(Dialogue, TakesA421ForTheReplyThatIsDue) {
    Conversation mail;
    mail.greeted().in_content({"b@b.test"}).client(".\r\n");
    EXPECT_EQ(mail.server(421), ending(1, 4));
}

TEST(Dialogue, GivesUpAtAReplyThatNobodyAskedFor) {
    Conversation mail;
    mail.greeted();
    EXPECT_EQ(mail.server(250), nothing);
    EXPECT_TRUE(mail.dialogue.opaque());
    EXPECT_EQ(mail.client("QUIT\r\n"), Strings{"opaque QUIT|"});
}

TEST(Dialogue, GivesUpAtAReplyInTheMiddleOfContent) {
    Conversation mail;
    mail.greeted().in_content({"b@b.test"}).client("half a mess");
    EXPECT_EQ(mail.server(552), nothing);
    EXPECT_EQ(mail.client("age\r\n.\r\n"), Strings{"opaque age|.|"});
}

TEST(Dialogue, AwaitsNothingOnceItGaveUp) {
    Conversation mail;
    mail.greeted().in_content({"b@b.test"}).client(".\r\nBDAT many\r\n");
    EXPECT_EQ(mail.dialogue.awaited(), Phase::none);
    EXPECT_FALSE(mail.dialogue.awaits_data_done());
}

TEST(Dialogue, FollowsPipelinedCommandsUpToTheLimit) {
    Conversation mail;
    mail.greeted();
    for (std::size_t count = 1; count <= pipelined_commands_limit; ++count) mail.client("NOOP\r\n");
    EXPECT_FALSE(mail.dialogue.opaque());
    EXPECT_EQ(mail.client("NOOP\r\nQUIT\r\n"), Strings{"opaque NOOP|QUIT|"});
}

TEST(Dialogue, FollowsALineUpToTheLimit) {
    Conversation mail;
    mail.greeted();
    const std::string longest(authentication_line_limit - 2, 'a');
    EXPECT_EQ(mail.client(longest + "\r\n"), Strings{"command " + longest + "|"});
    EXPECT_EQ(mail.client(longest + "a\r\n"), Strings{"opaque " + longest + "a|"});
}

TEST(Dialogue, GivesUpAtALineThatDoesNotEnd) {
    Conversation mail;
    mail.greeted();
    const std::string half(authentication_line_limit / 2, 'a');
    EXPECT_EQ(mail.client(half), Strings{"incomplete " + half});
    EXPECT_EQ(mail.client(half), Strings{"opaque " + half});
}

}  // namespace
}  // namespace twofifty::smtp
