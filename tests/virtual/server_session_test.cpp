// The receiving side's dialogue: what it offers, in which order it lets things happen, what it
// says to each.
#include "smtp/base64.hpp"
#include "tests/virtual/served_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace twofifty::smtp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::string_literals;

const std::string content = "Subject: x\r\n\r\nbody\r\n";
const std::string envelope = "MAIL FROM:<s@a.test>\r\nRCPT TO:<a@b.test>\r\n";
const std::string envelope_replies = "250 2.1.0 Ok|250 2.1.5 Ok|";
const std::string go_ahead = "354 End data with <CR><LF>.<CR><LF>|";

ServerOptions with_auth() {
    return {.credentials = ServerCredentials{"user", "secret"}};
}

/// Behind the greeting and EHLO.
class Greeted : public ServedClient {
public:
    explicit Greeted(ServerOptions session_options = {})
        : ServedClient(std::move(session_options)) {
        says(options.lmtp ? "LHLO a.test\r\n" : "EHLO a.test\r\n");
    }
};

TEST(ServerSession, GreetsAndOffersWhatItHas) {
    ServedClient client;
    EXPECT_EQ(client.says(""), "220 receiver.test ESMTP twofifty|");
    EXPECT_EQ(client.says("EHLO a.test\r\n"),
              "250-receiver.test|250-PIPELINING|250-SIZE 67108864|250-8BITMIME|250-CHUNKING|"
              "250 ENHANCEDSTATUSCODES|");
}

TEST(ServerSession, OffersNothingThatIsSwitchedOff) {
    ServedClient client({.pipelining = false,
                         .chunking = false,
                         .eight_bit_mime = false,
                         .size = false,
                         .credentials = ServerCredentials{"user", "secret"}});
    client.says("");
    EXPECT_EQ(client.says("EHLO a.test\r\n"),
              "250-receiver.test|250-AUTH PLAIN LOGIN|250 ENHANCEDSTATUSCODES|");
}

TEST(ServerSession, AnOldServerKnowsHeloOnly) {
    ServedClient client({.ehlo = false});
    client.says("");
    EXPECT_EQ(client.says("EHLO a.test\r\n"), "500 5.5.1 Command not recognized|");
    EXPECT_EQ(client.says("HELO a.test\r\n"), "250 receiver.test|");
    EXPECT_EQ(client.says(envelope), envelope_replies);
}

TEST(ServerSession, TakesAMessageStepByStep) {
    Greeted client;
    EXPECT_EQ(client.says("mail from:<s@a.test>\r\n"), "250 2.1.0 Ok|");
    EXPECT_EQ(client.says("Rcpt To:<a@b.test>\r\n"), "250 2.1.5 Ok|");
    EXPECT_EQ(client.says("RCPT TO:<c@b.test>\r\n"), "250 2.1.5 Ok|");
    EXPECT_EQ(client.says("data\r\n"), go_ahead);
    EXPECT_EQ(client.says(content + ".\r\n"), "250 Ok|");
    EXPECT_EQ(client.says("QUIT\r\n"), "221 2.0.0 Bye|");
    EXPECT_TRUE(client.closed());
    EXPECT_THAT(client.sink.messages,
                ElementsAre(taken("s@a.test", {"a@b.test", "c@b.test"}, content)));
}

TEST(ServerSession, TakesTheNullSender) {
    Greeted client;
    client.says("MAIL FROM:<>\r\nRCPT TO:<a@b.test>\r\nDATA\r\n" + content + ".\r\n");
    EXPECT_THAT(client.sink.messages, ElementsAre(taken("", {"a@b.test"}, content)));
}

TEST(ServerSession, AnswersAPipelinedGroupInOrderInOneWrite) {
    Greeted client;
    const std::size_t before = client.pieces().size();
    client.says(envelope + "RCPT TO:<wrong>\r\nRCPT TO:<c@b.test>\r\nDATA\r\n");
    EXPECT_EQ(client.pieces().size(), before + 1);
    EXPECT_EQ(client.pieces().back(),
              "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n501 5.1.3 Bad recipient address\r\n"
              "250 2.1.5 Ok\r\n354 End data with <CR><LF>.<CR><LF>\r\n");
}

TEST(ServerSession, TakesTransactionsThatArriveByteByByte) {
    Greeted client;
    std::string heard;
    for (const char c : envelope + "DATA\r\n" + content + ".\r\nQUIT\r\n")
        heard += client.says(std::string(1, c));
    EXPECT_EQ(heard, envelope_replies + go_ahead + "250 Ok|221 2.0.0 Bye|");
    EXPECT_THAT(client.sink.messages, ElementsAre(taken("s@a.test", {"a@b.test"}, content)));
}

TEST(ServerSession, HoldsToTheOrderOfCommands) {
    ServedClient client;
    client.says("");
    EXPECT_EQ(client.says("MAIL FROM:<s@a.test>\r\n"), "503 5.5.1 Say hello first|");
    client.says("EHLO a.test\r\n");
    EXPECT_EQ(client.says("RCPT TO:<a@b.test>\r\n"), "503 5.5.1 MAIL first|");
    EXPECT_EQ(client.says("DATA\r\n"), "503 5.5.1 MAIL first|");
    EXPECT_EQ(client.says("BDAT 3 LAST\r\nabc"), "503 5.5.1 MAIL first|");
    EXPECT_EQ(client.says("MAIL FROM:<s@a.test>\r\n"), "250 2.1.0 Ok|");
    EXPECT_EQ(client.says("MAIL FROM:<s@a.test>\r\n"), "503 5.5.1 Nested MAIL|");
    EXPECT_EQ(client.says("DATA\r\n"), "554 5.5.1 No valid recipients|");
    EXPECT_THAT(client.sink.messages, IsEmpty());
}

TEST(ServerSession, RsetAndEhloForgetTheTransaction) {
    Greeted client;
    for (const char* const forget : {"RSET\r\n", "EHLO a.test\r\n"}) {
        client.says(envelope);
        client.says(forget);
        EXPECT_EQ(client.says("DATA\r\n"), "503 5.5.1 MAIL first|") << forget;
    }
}

TEST(ServerSession, AnswersWhatIsNoTransaction) {
    Greeted client;
    EXPECT_EQ(client.says("NOOP\r\nVRFY a\r\nHELP\r\nSTARTTLS\r\nWHAT\r\n\r\n"),
              "250 2.0.0 Ok|252 2.5.2 Send some mail, it will be tried|214 2.0.0 See RFC 5321|"
              "500 5.5.2 Command not recognized|500 5.5.2 Command not recognized|"
              "500 5.5.2 Command not recognized|");
}

TEST(ServerSession, RefusesMalformedArguments) {
    Greeted client;
    EXPECT_EQ(client.says("EHLO\r\n"), "501 5.5.4 A domain is needed|");
    EXPECT_EQ(client.says("MAIL FROM:s@a.test\r\n"), "501 5.1.7 Bad sender address|");
    EXPECT_EQ(client.says("MAIL FROM:<s@a.test> SIZE=x\r\n"), "501 5.5.4 Bad SIZE|");
    client.says("MAIL FROM:<s@a.test>\r\n");
    EXPECT_EQ(client.says("RCPT TO:<>\r\n"), "501 5.1.3 Bad recipient address|");
    EXPECT_EQ(client.says("BDAT\r\n"), "501 5.5.4 BDAT needs a size|");
}

TEST(ServerSession, TakesChunks) {
    Greeted client;
    client.says(envelope);
    EXPECT_EQ(client.says("BDAT 10\r\n" + content.substr(0, 10)), "250 2.0.0 10 octets received|");
    EXPECT_EQ(client.says("BDAT 0\r\n"), "250 2.0.0 0 octets received|");
    EXPECT_EQ(client.says("DATA\r\n"), "503 5.5.1 DATA inside BDAT|");
    EXPECT_EQ(client.says("BDAT 10 LAST\r\n" + content.substr(10)), "250 Ok|");
    EXPECT_THAT(client.sink.messages, ElementsAre(taken("s@a.test", {"a@b.test"}, content)));
}

TEST(ServerSession, AChunkHoldsAnyBytes) {
    Greeted client;
    const std::string bytes = "A: b\r\n\r\n.\r\nQUIT\r\n\n.\n\0"s;
    client.says(envelope + "BDAT " + std::to_string(bytes.size()) + " LAST\r\n" + bytes);
    EXPECT_THAT(client.sink.messages, ElementsAre(taken("s@a.test", {"a@b.test"}, bytes)));
}

TEST(ServerSession, LmtpAnswersForEachRecipient) {
    Greeted client({.lmtp = true});
    EXPECT_EQ(client.says("EHLO a.test\r\n"), "500 5.5.1 Command not recognized|");
    client.says(envelope + "RCPT TO:<c@b.test>\r\nDATA\r\n");
    EXPECT_EQ(client.says(content + ".\r\n"), "250 Ok <a@b.test>|250 Ok <c@b.test>|");
}

TEST(ServerSession, NeedsAuthenticationWhereItHasCredentials) {
    Greeted client(with_auth());
    EXPECT_EQ(client.says("MAIL FROM:<s@a.test>\r\n"), "530 5.7.0 Authentication required|");
    EXPECT_EQ(client.says("AUTH PLAIN " + base64_encode("\0user\0secret"s) + "\r\n"),
              "235 2.7.0 Authentication successful|");
    EXPECT_EQ(client.says("AUTH PLAIN\r\n"), "503 5.5.1 Not now|");
    EXPECT_EQ(client.says("MAIL FROM:<s@a.test>\r\n"), "250 2.1.0 Ok|");
}

TEST(ServerSession, TakesPlainInTwoSteps) {
    Greeted client(with_auth());
    EXPECT_EQ(client.says("AUTH PLAIN\r\n"), "334 |");
    EXPECT_EQ(client.says(base64_encode("\0user\0secret"s) + "\r\n"),
              "235 2.7.0 Authentication successful|");
}

TEST(ServerSession, TakesLogin) {
    Greeted client(with_auth());
    EXPECT_EQ(client.says("AUTH LOGIN\r\n"), "334 VXNlcm5hbWU6|");
    EXPECT_EQ(client.says(base64_encode("user") + "\r\n"), "334 UGFzc3dvcmQ6|");
    EXPECT_EQ(client.says(base64_encode("secret") + "\r\n"),
              "235 2.7.0 Authentication successful|");
}

TEST(ServerSession, RefusesWrongCredentials) {
    Greeted client(with_auth());
    for (const std::string& wrong :
         {"\0user\0wrong"s, "\0wrong\0secret"s, "\0user\0secret\0"s, "\0user\0"s, "\0user"s})
        EXPECT_EQ(client.says("AUTH PLAIN " + base64_encode(wrong) + "\r\n"),
                  "535 5.7.8 Authentication failed|");
    EXPECT_EQ(client.says("AUTH PLAIN " + base64_encode("user") + "\r\n"),
              "501 5.5.2 Bad response|");
    EXPECT_EQ(client.says("AUTH PLAIN !\r\n"), "501 5.5.2 Not base64|");
    EXPECT_EQ(client.says("AUTH CRAM-MD5\r\n"), "504 5.5.4 Unknown mechanism|");
    client.says("AUTH LOGIN\r\n");
    EXPECT_EQ(client.says("*\r\n"), "501 5.7.0 Authentication cancelled|");
    EXPECT_EQ(client.says("MAIL FROM:<s@a.test>\r\n"), "530 5.7.0 Authentication required|");
}

}  // namespace
}  // namespace twofifty::smtp
