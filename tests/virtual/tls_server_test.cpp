// The receiving side turns to TLS: what it offers when, and what it does not obey.
#include "tests/virtual/served_client.hpp"
#include "tests/virtual/tls_sides.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace twofifty::smtp {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string content = "Subject: x\r\n\r\nbody\r\n";
const std::string envelope = "MAIL FROM:<s@a.test>\r\nRCPT TO:<a@b.test>\r\n";
const std::string ready = "220 2.0.0 Ready to start TLS|";

ServerOptions with_tls(bool implicit = false) {
    return {.tls = ServerTls{server_context(), implicit}};
}

class Greeted : public ServedClient {
public:
    explicit Greeted(ServerOptions session_options) : ServedClient(std::move(session_options)) {
        says(options.lmtp ? "LHLO a.test\r\n" : "EHLO a.test\r\n");
    }
};

TEST(TlsServer, OffersStarttlsUntilItIsUsed) {
    ServedClient client(with_tls());
    client.says("");
    EXPECT_THAT(client.says("EHLO a.test\r\n"), HasSubstr("|250-STARTTLS|"));
    EXPECT_EQ(client.says("STARTTLS\r\n"), ready);
    EXPECT_EQ(client.turns_to_tls(), "ok");
    EXPECT_THAT(client.says("EHLO a.test\r\n"), Not(HasSubstr("STARTTLS")));
    EXPECT_EQ(client.says("STARTTLS\r\n"), "503 5.5.1 TLS is active already|");
}

TEST(TlsServer, TakesMailInside) {
    for (const bool lmtp : {false, true}) {
        ServerOptions options = with_tls();
        options.lmtp = lmtp;
        Greeted client(options);
        client.says("STARTTLS\r\n");
        EXPECT_EQ(client.turns_to_tls(), "ok");
        client.says(lmtp ? "LHLO a.test\r\n" : "EHLO a.test\r\n");
        client.says(envelope + "DATA\r\n" + content + ".\r\n");
        EXPECT_EQ(client.says("QUIT\r\n"), "221 2.0.0 Bye|");
        EXPECT_TRUE(client.closed());
        EXPECT_THAT(client.sink.messages, ElementsAre(taken("s@a.test", {"a@b.test"}, content)));
    }
}

TEST(TlsServer, ForgetsTheClientThatItKnewInPlainText) {
    ServerOptions options = with_tls();
    options.credentials = ServerCredentials{"user", "secret"};
    Greeted client(options);
    EXPECT_EQ(client.says("AUTH PLAIN AHVzZXIAc2VjcmV0\r\n"),
              "235 2.7.0 Authentication successful|");
    EXPECT_EQ(client.says("STARTTLS\r\n"), ready);
    EXPECT_EQ(client.turns_to_tls(), "ok");
    EXPECT_EQ(client.says("MAIL FROM:<s@a.test>\r\n"), "503 5.5.1 Say hello first|");
    client.says("EHLO a.test\r\n");
    EXPECT_EQ(client.says("MAIL FROM:<s@a.test>\r\n"), "530 5.7.0 Authentication required|");
}

TEST(TlsServer, BeginsWithTheHandshakeWhereItIsImplicit) {
    ServedClient client(with_tls(true));
    EXPECT_EQ(client.says(""), "");
    EXPECT_EQ(client.turns_to_tls(), "ok");
    EXPECT_EQ(client.says(""), "220 receiver.test ESMTP twofifty|");
    EXPECT_THAT(client.says("EHLO a.test\r\n"), Not(HasSubstr("STARTTLS")));
    EXPECT_EQ(client.says("STARTTLS\r\n"), "503 5.5.1 TLS is active already|");
}

TEST(TlsServer, DoesNotKnowStarttlsWhereItIsNotSet) {
    Greeted client({});
    EXPECT_EQ(client.says("STARTTLS\r\n"), "500 5.5.2 Command not recognized|");
}

TEST(TlsServer, StarttlsHasItsPlaceInTheDialogue) {
    ServedClient stranger(with_tls());
    stranger.says("");
    EXPECT_EQ(stranger.says("STARTTLS\r\n"), "503 5.5.1 Not now|");
    Greeted client(with_tls());
    EXPECT_EQ(client.says("STARTTLS now\r\n"), "501 5.5.4 STARTTLS takes no argument|");
    client.says("MAIL FROM:<s@a.test>\r\n");
    EXPECT_EQ(client.says("STARTTLS\r\n"), "503 5.5.1 Not now|");
    EXPECT_EQ(client.says("RSET\r\n"), "250 2.0.0 Ok|");
    EXPECT_EQ(client.says("STARTTLS\r\n"), ready);
}

// CVE-2011-0411: what a third party wrote behind STARTTLS must not be obeyed as the client's words
// inside TLS, whether it came in one piece with STARTTLS or behind it.
TEST(TlsServer, ObeysNothingThatStandsBehindStarttls) {
    Greeted in_one_piece(with_tls());
    EXPECT_EQ(in_one_piece.says("STARTTLS\r\n" + envelope + "DATA\r\n" + content + ".\r\n"),
              "554 5.5.1 Nothing may follow STARTTLS|");
    EXPECT_TRUE(in_one_piece.closed());
    EXPECT_THAT(in_one_piece.sink.messages, IsEmpty());

    Greeted in_two(with_tls());
    EXPECT_EQ(in_two.says("STARTTLS\r\n"), ready);
    EXPECT_EQ(in_two.says("EHLO a.test\r\n" + envelope), "");
    EXPECT_TRUE(in_two.session_ended());
    EXPECT_THAT(in_two.sink.messages, IsEmpty());
}

TEST(TlsServer, AHandshakeThatDoesNotComeIsAwaitedAsLongAsACommand) {
    Greeted client(with_tls());
    client.says("STARTTLS\r\n");
    client.waits_until(at(5min) - 1ns);
    EXPECT_FALSE(client.session_ended());
    client.waits_until(at(5min));
    EXPECT_TRUE(client.session_ended());
    EXPECT_TRUE(client.closed());
}

TEST(TlsServer, AClientThatGoesAwayInTheHandshakeEndsTheSession) {
    for (const bool implicit : {false, true}) {
        Greeted client(with_tls(implicit));
        if (!implicit) client.says("STARTTLS\r\n");
        client.goes_away();
        client.says("");
        EXPECT_TRUE(client.session_ended());
    }
}

}  // namespace
}  // namespace twofifty::smtp
