// twofifty proxy as its users meet it: what it refuses, and what it says of mail that is not ours.
#include "tests/cli/child.hpp"
#include "tests/cli/mail_client.hpp"
#include "tests/cli/scripted_target.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace twofifty::cli {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class ProxyCommand : public testing::Test {
protected:
    Ended proxy(std::vector<std::string> options) const {
        options.insert(options.begin(), "proxy");
        return twofifty(options, folder_.path());
    }
    /// With a listener and a server that are all right.
    Ended proxy_with(std::vector<std::string> options) const {
        options.insert(options.begin(), {"--listen", "127.0.0.1:0", "--upstream", "127.0.0.1:9"});
        return proxy(options);
    }
    std::string summary() const { return read_text(folder_ / "results/latest/summary.json"); }

    TempFolder folder_;
    Witness witness_;
    ScriptedTarget server_{[this](Peer& peer) { witness_.serve(peer); }};
};

TEST_F(ProxyCommand, ARuleFileWithAnErrorIsRefusedWithItsPlace) {
    folder_.write("bad.toml",
                  "[[impair]]\nname = 'r'\nwhen = { phase = 'data_don' }\n"
                  "effect = { drop = 'reply' }\n");
    const Ended ended = proxy_with({"--rules", "bad.toml"});
    EXPECT_EQ(ended.exit_code, 3) << ended.story();
    EXPECT_THAT(ended.err, StartsWith("twofifty: bad.toml:3:10: impair[1].when.phase: "));
    EXPECT_THAT(ended.out, IsEmpty());
}

TEST_F(ProxyCommand, AnAddressWithoutAPortIsRefused) {
    const Ended listen = proxy({"--listen", "127.0.0.1", "--upstream", "127.0.0.1:9"});
    EXPECT_EQ(listen.exit_code, 3) << listen.story();
    EXPECT_THAT(listen.err, HasSubstr("--listen 127.0.0.1: not host:port"));
    const Ended upstream = proxy({"--listen", "127.0.0.1:0", "--upstream", "smtp"});
    EXPECT_EQ(upstream.exit_code, 3) << upstream.story();
    EXPECT_THAT(upstream.err, HasSubstr("target smtp: not host:port"));
}

TEST_F(ProxyCommand, EachListenerNeedsAServer) {
    const Ended ended = proxy_with({"--listen", "127.0.0.1:0"});
    EXPECT_EQ(ended.exit_code, 3) << ended.story();
    EXPECT_THAT(ended.err, HasSubstr("2 --listen and 1 --upstream"));
}

TEST_F(ProxyCommand, AServerThatIsNeitherLoopbackNorPrivateIsRefused) {
    const Ended ended = proxy({"--listen", "127.0.0.1:0", "--upstream", "192.0.2.1:25"});
    EXPECT_EQ(ended.exit_code, 3) << ended.story();
    EXPECT_THAT(ended.err, HasSubstr("--i-may-send-to 192.0.2.1"));
}

TEST_F(ProxyCommand, AServerWithoutAnAddressIsAFailedEnvironment) {
    const Ended ended = proxy({"--listen", "127.0.0.1:0", "--upstream", "no-such-host.invalid:25"});
    EXPECT_EQ(ended.exit_code, 4) << ended.story();
    EXPECT_THAT(ended.err, HasSubstr("no-such-host.invalid:25"));
}

TEST_F(ProxyCommand, AnAddressInUseIsNamed) {
    const Ended ended = proxy({"--listen", server_.address(), "--upstream", "127.0.0.1:9"});
    EXPECT_EQ(ended.exit_code, 4) << ended.story();
    EXPECT_THAT(ended.err, HasSubstr("cannot listen on " + server_.address()));
}

TEST_F(ProxyCommand, WhatIsNoBoundIsRefusedAndLeavesNoFolder) {
    for (const std::string bound :
         {"duplicated", "== 0", "dupplicated == 0", "duplicated == much", "fired.nobody >= 1"}) {
        const Ended ended = proxy_with({"--expect", bound});
        EXPECT_EQ(ended.exit_code, 3) << ended.story();
        EXPECT_THAT(ended.err, HasSubstr("--expect \"" + bound + "\": "));
    }
    EXPECT_THAT(folder_.names(), IsEmpty());
}

TEST_F(ProxyCommand, WhereNothingCanBeWrittenIsRefused) {
    folder_.write("file", "");
    const Ended out = proxy_with({"--out", "file"});
    EXPECT_EQ(out.exit_code, 3) << out.story();
    EXPECT_THAT(out.err, HasSubstr("cannot make a results folder in file"));
    const Ended record = proxy_with({"--record", "missing/mail.jsonl"});
    EXPECT_EQ(record.exit_code, 3) << record.story();
    EXPECT_THAT(record.err, HasSubstr("--record missing/mail.jsonl: No such file or directory"));
}

TEST_F(ProxyCommand, SaysWhereItListensAndEndsWhenItsTimeIsOver) {
    const Ended ended = proxy_with({"--for", "100ms"});
    EXPECT_EQ(ended.exit_code, 0) << ended.story();
    EXPECT_THAT(ended.out, StartsWith("listening on 127.0.0.1:"));
    EXPECT_THAT(ended.out, HasSubstr(", upstream 127.0.0.1:9\n"));
    EXPECT_THAT(folder_.names(), IsEmpty());
}

TEST_F(ProxyCommand, AClientThatNeverCameIsInconclusive) {
    const Ended ended = proxy_with({"--for", "100ms", "--expect", "duplicated == 0"});
    EXPECT_EQ(ended.exit_code, 2) << ended.story();
    EXPECT_THAT(ended.err, HasSubstr("No message was submitted."));
}

TEST_F(ProxyCommand, ARetryOfAMessageThatWasAcceptedIsADuplicateWithItsCause) {
    folder_.write("drop.toml", drop_first_250);
    ProxyProcess proxy(server_.address(), folder_.path(),
                       {"--rules", "drop.toml", "--expect", "duplicated == 0"});
    MailClient first(proxy.address());
    first.send_message("<one@x.test>");
    EXPECT_THAT(first.hear(500ms), IsEmpty());
    first.vanish();
    MailClient second(proxy.address());
    second.send_message("<one@x.test>");
    EXPECT_THAT(second.hear(), StartsWith("250"));
    const Ended ended = proxy.end();
    EXPECT_EQ(ended.exit_code, 1) << ended.story();
    EXPECT_THAT(ended.out, HasSubstr("Message <one@x.test>: 2 copies; the reply to the final dot "
                                     "was dropped"));
    EXPECT_THAT(summary(), HasSubstr("\"reply_dropped\": 1,"));
    EXPECT_THAT(summary(), HasSubstr("\"unattributed\": 0"));

    const Ended again = twofifty({"report", "results/latest"}, folder_.path());
    EXPECT_EQ(again.exit_code, 1) << again.story();
    EXPECT_THAT(again.out, HasSubstr("Message <one@x.test>: 2 copies"));
}

TEST_F(ProxyCommand, ANewMessageIdForEachTryIsWarnedAbout) {
    ProxyProcess proxy(server_.address(), folder_.path(), {"--out", "results"});
    for (int i = 0; i < 2; ++i) {
        MailClient client(proxy.address());
        client.hear();
        client.ask("EHLO c");
        client.ask("MAIL FROM:<a@x.test>");
        client.ask("RCPT TO:<b@y.test>");
        client.ask("DATA");
        client.say("Message-ID: <" + std::to_string(i) + "@x>\r\n\r\nthe same\r\n.\r\n");
        EXPECT_THAT(client.hear(), StartsWith("250"));
    }
    const Ended ended = proxy.end();
    EXPECT_EQ(ended.exit_code, 0) << ended.story();
    EXPECT_THAT(ended.out, HasSubstr("WARNING: 1 message was accepted with the sender"));
}

TEST_F(ProxyCommand, OneMessageAtTwoProxiesIsOneMessage) {
    const std::string other = unused_address();
    ProxyProcess proxy(
        server_.address(), folder_.path(),
        {"--listen", other, "--upstream", server_.address(), "--expect", "duplicated == 1"});
    for (const std::string& address : {proxy.address(), other}) {
        MailClient client(address);
        ASSERT_TRUE(client.connected());
        client.send_message("<one@x.test>");
        EXPECT_THAT(client.hear(), StartsWith("250"));
    }
    const Ended ended = proxy.end();
    EXPECT_THAT(summary(), HasSubstr("\"attempts\": 2,"));
    EXPECT_THAT(summary(), HasSubstr("\"recipient_subset\": 1"));
    EXPECT_EQ(ended.exit_code, 0) << ended.story();
}

}  // namespace
}  // namespace twofifty::cli
