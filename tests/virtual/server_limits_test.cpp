// What the receiving side does with a client that means ill, falls silent, or goes away: nothing is
// split into two messages, nothing grows without end, and what was taken stays taken.
#include "tests/virtual/served_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace twofifty::smtp {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::IsEmpty;
using testing::SizeIs;

const std::string content = "Subject: x\r\n\r\nbody\r\n";
const std::string envelope = "MAIL FROM:<s@a.test>\r\nRCPT TO:<a@b.test>\r\n";

class Greeted : public ServedClient {
public:
    explicit Greeted(ServerOptions session_options = {})
        : ServedClient(std::move(session_options)) {
        says("EHLO a.test\r\n");
    }
};

// The forms of SMTP smuggling (CVE-2023-51764 and its kin): each looks like the end of data to some
// server. Here only CRLF.CRLF is one.
TEST(ServerLimits, NoBareLineEndEndsTheContent) {
    for (const std::string false_end : {"\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r.\r\n",
                                        "\r\n.\r", "\n.\r", "\r\n.\r\r\n", "\r\r\n.\r\r\n"}) {
        Greeted client;
        const std::string body = "text" + false_end + "MAIL FROM:<evil@a.test>" + false_end;
        client.says(envelope + "DATA\r\nA: b\r\n\r\n" + body + "end\r\n.\r\n");
        ASSERT_THAT(client.sink.messages, SizeIs(1)) << testing::PrintToString(false_end);
        EXPECT_EQ(client.sink.messages[0].sender, "s@a.test");
        EXPECT_EQ(client.says("NOOP\r\n"), "250 2.0.0 Ok|");
    }
}

TEST(ServerLimits, BareLineEndsInTheContentAreKept) {
    Greeted client;
    const std::string odd = "A: b\r\n\r\none\ntwo\rthree\r\n";
    client.says(envelope + "DATA\r\n" + odd + ".\r\n");
    EXPECT_THAT(client.sink.messages, ElementsAre(taken("s@a.test", {"a@b.test"}, odd)));
}

TEST(ServerLimits, ABareLineFeedEndsNoCommand) {
    Greeted client;
    EXPECT_EQ(client.says("NOOP\nNOOP\n"), "");
    EXPECT_EQ(client.says("\r\n"), "500 5.5.2 Command not recognized|");
}

TEST(ServerLimits, ABareLineFeedEndsNoOverlongLine) {
    Greeted client;
    EXPECT_EQ(client.says(std::string(3000, 'x') + "\nNOOP\r\n"), "500 5.5.2 Line too long|");
    EXPECT_EQ(client.says("NOOP\r\n"), "250 2.0.0 Ok|");
}

TEST(ServerLimits, TheLineEndOfAnOverlongLineMayComeInPieces) {
    Greeted client;
    client.says(std::string(3000, 'x'));
    client.says("\r");
    EXPECT_EQ(client.says("\n"), "500 5.5.2 Line too long|");
}

TEST(ServerLimits, LinesAreAsLongAsTheRfcSays) {
    Greeted client;
    EXPECT_EQ(client.says("NOOP " + std::string(512 - 7, 'x') + "\r\n"), "250 2.0.0 Ok|");
    EXPECT_EQ(client.says("NOOP " + std::string(513 - 7, 'x') + "\r\n"),
              "500 5.5.2 Line too long|");
    const std::string mail = "MAIL FROM:<s@a.test> X=";
    EXPECT_EQ(client.says(mail + std::string(2049 - 2 - mail.size(), 'x') + "\r\n"),
              "500 5.5.2 Line too long|");
    EXPECT_EQ(client.says(mail + std::string(2048 - 2 - mail.size(), 'x') + "\r\n"),
              "250 2.1.0 Ok|");
}

TEST(ServerLimits, AnOverlongLineIsNoCommandWhateverItHolds) {
    Greeted client;
    client.says(envelope);
    EXPECT_EQ(client.says(std::string(2048, ' ') + "DATA\r\n"), "500 5.5.2 Line too long|");
    EXPECT_EQ(client.says("DATA" + std::string(2048, ' ') + "\r\n"), "500 5.5.2 Line too long|");
    EXPECT_THAT(client.sink.messages, IsEmpty());
}

TEST(ServerLimits, AnEndlessLineIsAnsweredOnceItEnds) {
    Greeted client;
    for (int i = 0; i < 200; ++i) EXPECT_EQ(client.says(std::string(50'000, 'x')), "");
    EXPECT_EQ(client.says("\r\n"), "500 5.5.2 Line too long|");
}

TEST(ServerLimits, RecipientsBeyondTheLimitAreRefusedForNow) {
    Greeted client({.max_recipients = 2});
    EXPECT_EQ(client.says(envelope + "RCPT TO:<c@b.test>\r\nRCPT TO:<d@b.test>\r\n"),
              "250 2.1.0 Ok|250 2.1.5 Ok|250 2.1.5 Ok|452 4.5.3 Too many recipients|");
    client.says("DATA\r\n" + content + ".\r\n");
    EXPECT_THAT(client.sink.messages,
                ElementsAre(taken("s@a.test", {"a@b.test", "c@b.test"}, content)));
}

TEST(ServerLimits, ASizeBeyondTheLimitIsRefusedBeforeTheContent) {
    Greeted client({.max_size = 1000});
    EXPECT_EQ(client.says("MAIL FROM:<s@a.test> SIZE=1001\r\n"),
              "552 5.3.4 Message size exceeds fixed limit|");
    EXPECT_EQ(client.says("MAIL FROM:<s@a.test> SIZE=1000\r\n"), "250 2.1.0 Ok|");
}

TEST(ServerLimits, AContentBeyondTheLimitIsRefusedBehindItsEnd) {
    Greeted client({.max_size = content.size() - 1});
    for (const std::string& body :
         {"DATA\r\n" + content + ".\r\n",
          "BDAT " + std::to_string(content.size()) + " LAST\r\n" + content}) {
        EXPECT_THAT(client.says(envelope + body),
                    EndsWith("552 5.3.4 Message size exceeds fixed limit|"));
    }
    EXPECT_THAT(client.sink.messages, IsEmpty());
}

TEST(ServerLimits, AContentOfExactlyTheLimitIsTaken) {
    Greeted client({.max_size = content.size()});
    client.says(envelope + "DATA\r\n" + content + ".\r\n");
    EXPECT_THAT(client.sink.messages, SizeIs(1));
}

TEST(ServerLimits, TheBytesOfAnUnwantedChunkAreNoCommands) {
    Greeted client;
    EXPECT_EQ(client.says("BDAT 12 LAST\r\nNOOP\r\nNOOP\r\nNOOP\r\n"),
              "503 5.5.1 MAIL first|250 2.0.0 Ok|");
}

TEST(ServerLimits, TooManyErrorsEndTheSession) {
    Greeted client({.max_errors = 2});
    EXPECT_EQ(client.says("WHAT\r\n"), "500 5.5.2 Command not recognized|");
    EXPECT_EQ(client.says("WHAT\r\n"), "500 5.5.2 Command not recognized|");
    EXPECT_EQ(client.says("WHAT\r\n"),
              "500 5.5.2 Command not recognized|421 4.7.0 Too many errors|");
    EXPECT_TRUE(client.closed());
}

TEST(ServerLimits, TooManyErrorsInOneWriteAreNoMoreAnswered) {
    Greeted client({.max_errors = 2});
    std::string many;
    for (int i = 0; i < 100; ++i) many += "DATA\r\n";
    EXPECT_EQ(client.says(many),
              "503 5.5.1 MAIL first|503 5.5.1 MAIL first|503 5.5.1 MAIL first|"
              "421 4.7.0 Too many errors|");
    EXPECT_TRUE(client.closed());
}

TEST(ServerLimits, SilenceEndsInA421AtTheTimeout) {
    for (const std::string& before :
         {std::string("NOOP\r\n"), std::string("NOO"), envelope, envelope + "DATA\r\nA: b\r\n",
          envelope + "BDAT 100 LAST\r\nA: b\r\n"}) {
        Greeted client({.command_timeout = 30s});
        client.waits_until(at(10s));
        client.says(before);
        EXPECT_EQ(client.waits_until(at(40s) - 1ns), "") << before;
        EXPECT_FALSE(client.closed()) << before;
        EXPECT_EQ(client.waits_until(at(40s)), "421 4.4.2 Timeout exceeded|") << before;
        EXPECT_TRUE(client.closed() && client.session_ended()) << before;
        EXPECT_THAT(client.sink.messages, IsEmpty()) << before;
    }
}

TEST(ServerLimits, TheWorkOnAMessageIsNoSilence) {
    Greeted client({.command_timeout = 30s});
    client.sink.service_time = 10min;
    client.says(envelope + "DATA\r\n" + content + ".\r\n");
    EXPECT_EQ(client.waits_until(at(10min) - 1ns), "");
    EXPECT_EQ(client.waits_until(at(10min)), "250 Ok|");
    EXPECT_FALSE(client.closed());
}

TEST(ServerLimits, AMessageIsTakenThoughItsClientGoesAwayDuringTheWork) {
    for (const bool resets : {false, true}) {
        Greeted client;
        client.sink.service_time = 10s;
        client.says(envelope + "DATA\r\n" + content + ".\r\n");
        resets ? client.resets() : client.goes_away();
        client.waits_until(at(10s));
        EXPECT_THAT(client.sink.messages, ElementsAre(taken("s@a.test", {"a@b.test"}, content)));
        EXPECT_TRUE(client.session_ended());
    }
}

TEST(ServerLimits, AMessageIsTakenThoughItsClientHadGoneBeforeItsEndWasRead) {
    ServedClient client;
    client.says("EHLO a.test\r\n");
    client.sink.service_time = 1s;
    // The first message keeps the session busy while the others wait, their ends included. The
    // client's reset answers the second's first reply; the third finds the connection gone.
    const std::string message =
        envelope + "BDAT " + std::to_string(content.size()) + " LAST\r\n" + content;
    client.says(message + message + message);
    client.goes_away();
    client.waits_until(at(3s));
    EXPECT_THAT(client.sink.messages, SizeIs(3));
    EXPECT_TRUE(client.session_ended());
}

TEST(ServerLimits, AMessageWithoutItsEndIsNotTaken) {
    for (const std::string& part :
         {"DATA\r\n" + content, "DATA\r\n" + content + ".", "DATA\r\n" + content + ".\r",
          "BDAT 19 LAST\r\n" + content.substr(0, 18), "BDAT 20\r\n" + content}) {
        Greeted client;
        client.says(envelope + part);
        client.goes_away();
        client.waits_until(at(1s));
        EXPECT_THAT(client.sink.messages, IsEmpty()) << part;
        EXPECT_TRUE(client.session_ended()) << part;
    }
}

}  // namespace
}  // namespace twofifty::smtp
