// The sending side turns to TLS, or does not: what it needs, what it forgets, what it refuses.
#include "tests/virtual/client_scripts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace twofifty::smtp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Script offering_starttls() {
    return opening_with("250-STARTTLS\r\n");
}
Script to_the_handshake() {
    return together({offering_starttls(), {starttls(), handshake()}});
}
Script one_message() {
    return {{Phase::mail, mail, "250 Ok\r\n"},
            {Phase::rcpt, rcpt_a, "250 Ok\r\n"},
            {Phase::data_init, "DATA\r\n", "354 Go\r\n"},
            {Phase::data_done, wire, "250 Ok\r\n"},
            quit()};
}
Step second_hello(const std::string& reply = "250 b.test\r\n") {
    return {Phase::helo, "EHLO sender.test\r\n", reply};
}

std::string failed(const std::string& error, int code = 0, Duration waited = 0ms) {
    return words(Outcome::not_sent, Phase::starttls, code, waited, error);
}

TEST(TlsClient, SaysEhloAgainAndSendsTheMailInside) {
    const Script script = together({to_the_handshake(), {second_hello()}, one_message()});
    for (const TlsUse use : {TlsUse::opportunistic, TlsUse::starttls}) {
        const Conversation conversation = converse(script, tls_client(use), {to_one});
        EXPECT_EQ(conversation.opened, "ok");
        EXPECT_THAT(conversation.results, ElementsAre(Words{accepted}));
        EXPECT_EQ(conversation.unexpected, "");
        EXPECT_THAT(
            conversation.events,
            ElementsAre("reply_seen greeting 220", "reply_seen helo 250", "reply_seen starttls 220",
                        "reply_seen helo 250", "reply_seen mail 250 message 1 attempt 1",
                        "reply_seen rcpt 250 message 1 attempt 1 recipient 1",
                        "reply_seen data_init 354 message 1 attempt 1",
                        "content_sent message 1 attempt 1 bytes 24",
                        "reply_seen data_done 250 message 1 attempt 1", "reply_seen quit 221"));
    }
}

TEST(TlsClient, ForgetsWhatWasOfferedInPlainText) {
    const Script script =
        together({opening_with("250-PIPELINING\r\n250-SIZE 1000\r\n250-STARTTLS\r\n"),
                  {starttls(), handshake(), second_hello()},
                  one_message()});
    const Conversation conversation = converse(script, tls_client(TlsUse::starttls), {to_one});
    EXPECT_THAT(conversation.results, ElementsAre(Words{accepted}));
}

TEST(TlsClient, BelievesWhatIsOfferedInside) {
    ClientOptions options = tls_client(TlsUse::starttls);
    options.credentials = ClientCredentials{"user", "secret", false};
    const Script script =
        together({to_the_handshake(),
                  {second_hello("250-b.test\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n"),
                   {Phase::auth, "AUTH PLAIN AHVzZXIAc2VjcmV0\r\n", "235 Ok\r\n"},
                   quit()}});
    const Conversation conversation = converse(script, options, {});
    EXPECT_EQ(conversation.opened, "ok");
    EXPECT_EQ(conversation.unexpected, "");
}

TEST(TlsClient, SpeaksTlsFromTheFirstByteWhereItIsImplicit) {
    const Script script = together({{handshake()}, plain_opening(), one_message()});
    const Conversation conversation = converse(script, tls_client(TlsUse::implicit), {to_one});
    EXPECT_EQ(conversation.opened, "ok");
    EXPECT_THAT(conversation.results, ElementsAre(Words{accepted}));
}

TEST(TlsClient, SaysLhloAgainToAnLmtpServer) {
    ClientOptions options = tls_client(TlsUse::starttls);
    options.lmtp = true;
    const Script script =
        together({{greeting(),
                   {Phase::helo, "LHLO sender.test\r\n", "250-b.test\r\n250 STARTTLS\r\n"},
                   starttls(),
                   handshake(),
                   {Phase::helo, "LHLO sender.test\r\n", "250 b.test\r\n"}},
                  one_message()});
    EXPECT_THAT(converse(script, options, {to_one}).results, ElementsAre(Words{accepted}));
}

TEST(TlsClient, WithoutAnOfferGoesOnInPlainTextOrNotAtAll) {
    const Conversation opportunistic = converse(together({plain_opening(), one_message()}),
                                                tls_client(TlsUse::opportunistic), {to_one});
    EXPECT_THAT(opportunistic.results, ElementsAre(Words{accepted}));
    const Conversation strict = converse(plain_opening(), tls_client(TlsUse::starttls), {to_one});
    EXPECT_EQ(strict.opened, failed("tls_not_available"));
    EXPECT_THAT(strict.results, IsEmpty());
    EXPECT_EQ(strict.unexpected, "");
}

TEST(TlsClient, AfterARefusalGoesOnInPlainTextOrNotAtAll) {
    const Step refusal{Phase::starttls, "STARTTLS\r\n", "454 4.7.0 TLS not available\r\n"};
    const Conversation opportunistic =
        converse(together({offering_starttls(), {refusal}, one_message()}),
                 tls_client(TlsUse::opportunistic), {to_one});
    EXPECT_THAT(opportunistic.results, ElementsAre(Words{accepted}));
    const Conversation strict = converse(together({offering_starttls(), {refusal}}),
                                         tls_client(TlsUse::starttls), {to_one});
    EXPECT_EQ(strict.opened, failed("tls_not_available", 454));
    EXPECT_EQ(strict.unexpected, "");
}

TEST(TlsClient, A421ToStarttlsEndsTheSession) {
    const Step leaving{Phase::starttls, "STARTTLS\r\n", "421 4.3.2 Shutting down\r\n"};
    const Conversation conversation = converse(together({offering_starttls(), {leaving}}),
                                               tls_client(TlsUse::opportunistic), {to_one});
    EXPECT_EQ(conversation.opened, failed("tls_not_available", 421));
    EXPECT_EQ(conversation.unexpected, "");
}

// CVE-2011-0411, the client's side: what a third party wrote behind the 220 must not be read as the
// server's answers inside TLS.
TEST(TlsClient, RefusesPlainTextBehindTheGoAhead) {
    const Step injected{Phase::starttls, "STARTTLS\r\n",
                        "220 Go\r\n250-b.test\r\n250 AUTH PLAIN\r\n"};
    const Conversation conversation = converse(together({offering_starttls(), {injected}}),
                                               tls_client(TlsUse::starttls), {to_one});
    EXPECT_EQ(conversation.opened, failed("plain_text_before_tls"));
    EXPECT_EQ(conversation.unexpected, "");
}

TEST(TlsClient, EachStepThatIsBrokenIsNotSentInThePhaseOfStarttls) {
    for (const std::size_t step : {2U, 3U}) {
        SCOPED_TRACE(step == 2 ? "the reply" : "the handshake");
        const auto broken = [step](Break how) {
            return converse(to_the_handshake(), tls_client(TlsUse::starttls), {to_one}, {step, how})
                .opened;
        };
        EXPECT_EQ(broken(Break::silence), failed("timed_out", 0, timeout_of(Phase::starttls)));
        EXPECT_EQ(broken(Break::reset), failed("connection_reset"));
    }
    EXPECT_EQ(
        converse(to_the_handshake(), tls_client(TlsUse::starttls), {to_one}, {2, Break::close})
            .opened,
        failed("end_of_stream"));
}

TEST(TlsClient, AnImplicitHandshakeIsBoundedByTheSamePhase) {
    const Script script = together({{handshake()}, plain_opening()});
    EXPECT_EQ(converse(script, tls_client(TlsUse::implicit), {}, {0, Break::silence}).opened,
              failed("timed_out", 0, timeout_of(Phase::starttls)));
}

TEST(TlsClient, AServerThatGreetsInPlainTextSpeaksNoImplicitTls) {
    const Script script{greeting()};
    EXPECT_EQ(converse(script, tls_client(TlsUse::implicit), {}).opened,
              failed("peer_speaks_no_tls"));
}

TEST(TlsClient, ACertificateThatIsNotTrustedSendsNoMail) {
    const std::vector<std::string> names{"b.test"};
    const auto file = std::filesystem::temp_directory_path() /
                      ("twofifty-authority-" + std::to_string(getpid()) + ".pem");
    std::ofstream(file) << tls::make_identity(names).certificate;
    ClientOptions options = tls_client(TlsUse::opportunistic);
    options.tls->context = tls::Context::for_client(file.string());
    EXPECT_EQ(converse(to_the_handshake(), options, {to_one}).opened,
              failed("certificate_untrusted"));
    std::ofstream(file) << test_identity().certificate;
    options.tls->context = tls::Context::for_client(file.string());
    options.tls->server_name = "elsewhere.test";
    EXPECT_EQ(converse(to_the_handshake(), options, {to_one}).opened,
              failed("certificate_of_another_name"));
    std::filesystem::remove(file);
}

}  // namespace
}  // namespace twofifty::smtp
