// Clients that do what no client should: the proxy's memory stays bounded, and nobody else notices.
#include "tests/cli/child.hpp"
#include "tests/cli/mail_client.hpp"
#include "tests/cli/scripted_target.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace twofifty::cli {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

constexpr long memory_limit_kib = 512 * 1024;  // The sanitizers' own memory included.

/// After whatever a test has done: somebody else's mail goes through, and the proxy ends in order.
class ProxyStrangers : public testing::Test {
protected:
    void others_are_served() {
        MailClient client(proxy_.address());
        ASSERT_TRUE(client.connected());
        client.send_message("<other@x.test>");
        EXPECT_THAT(client.hear(), StartsWith("250"));
    }
    Ended end() {
        const Ended ended = proxy_.end();
        EXPECT_EQ(ended.exit_code, 0) << ended.story();
        EXPECT_LT(ended.peak_kib, memory_limit_kib);
        return ended;
    }

    TempFolder folder_;
    Witness witness_;
    ScriptedTarget server_{[this](Peer& peer) { witness_.serve(peer); }};
    ProxyProcess proxy_{server_.address(), folder_.path(), {"--out", "results"}};
};

TEST_F(ProxyStrangers, OneWhoSpeaksNoSmtpIsPassedOnAndToldOnce) {
    for (int i = 0; i < 2; ++i) {
        MailClient client(proxy_.address());
        client.hear();
        client.say("\x16\x03\x01 no SMTP at all\r\n");
        const std::string line(100'000, 'x');
        client.say(line + "\r\n");
        client.hear(500ms);
    }
    others_are_served();
    const Ended ended = end();
    const std::string_view told = "is no SMTP that can be followed";
    EXPECT_THAT(ended.err, HasSubstr(told));
    EXPECT_EQ(ended.err.find(told), ended.err.rfind(told)) << ended.err;
}

TEST_F(ProxyStrangers, ALineWithoutEndIsNotKept) {
    MailClient client(proxy_.address());
    client.hear();
    const std::string piece(1 << 20, 'x');
    for (int i = 0; i < 64 && client.say(piece, 1s) == piece.size(); ++i) {
    }
    others_are_served();
    end();
}

TEST_F(ProxyStrangers, AFloodOfPipelinedCommandsIsNotKept) {
    MailClient client(proxy_.address());
    client.hear();
    std::string commands;
    for (int i = 0; i < 20'000; ++i) commands += "NOOP\r\n";
    for (int i = 0; i < 16 && client.say(commands, 1s) == commands.size(); ++i) {
    }
    others_are_served();
    end();
}

TEST_F(ProxyStrangers, ConnectionsThatSayNothingHurtNobody) {
    std::vector<std::unique_ptr<MailClient>> silent;
    for (int i = 0; i < 100; ++i) silent.push_back(std::make_unique<MailClient>(proxy_.address()));
    others_are_served();
    end();
}

TEST_F(ProxyStrangers, OneWhoVanishesInTheMiddleOfAMessageLeavesNone) {
    {
        MailClient client(proxy_.address());
        client.hear();
        client.ask("EHLO c");
        client.ask("MAIL FROM:<a@x.test>");
        client.ask("RCPT TO:<b@y.test>");
        client.ask("DATA");
        client.say("Message-ID: <half@x>\r\n\r\nhalf of");
    }
    others_are_served();
    end();
    EXPECT_THAT(read_text(folder_ / "results/latest/summary.json"), HasSubstr("\"messages\": 1,"));
}

}  // namespace
}  // namespace twofifty::cli
