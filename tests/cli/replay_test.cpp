// twofifty proxy --record and twofifty replay: what was said, and whether it is answered the same.
#include "tests/cli/child.hpp"
#include "tests/cli/mail_client.hpp"
#include "tests/cli/scripted_target.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/resource.h>
#include <csignal>

namespace twofifty::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class Replay : public testing::Test {
protected:
    void record(const std::string& upstream, const std::function<void()>& prepare = {},
                int messages = 1) {
        ProxyProcess proxy(upstream, folder_.path(), {"--record", "mail.jsonl"}, prepare);
        for (int i = 0; i < messages; ++i) {
            MailClient client(proxy.address());
            client.send_message("<" + std::to_string(i) + "@x.test>");
            EXPECT_THAT(client.hear(), StartsWith("250"));
            client.ask("QUIT");
        }
        ended_ = proxy.end();
        EXPECT_EQ(ended_.exit_code, 0) << ended_.story();
    }
    Ended replay(const std::string& target, std::vector<std::string> options = {}) const {
        std::vector<std::string> arguments{"replay", "mail.jsonl", "--target", target};
        arguments.insert(arguments.end(), options.begin(), options.end());
        return twofifty(arguments, folder_.path());
    }

    TempFolder folder_;
    Witness witness_;
    ScriptedTarget server_{[this](Peer& peer) { witness_.serve(peer); }};
    Ended ended_;
};

TEST_F(Replay, ARecordingIsTheDialogueAsItWas) {
    record(server_.address());
    const std::string recording = read_text(folder_ / "mail.jsonl");
    EXPECT_THAT(recording, HasSubstr("\"who\": \"client\", \"what\": \"opened\", \"address\": "));
    EXPECT_THAT(recording, HasSubstr(R"("what": "bytes", "text": "MAIL FROM:<a@x.test>\r\n"})"));
    EXPECT_THAT(recording, HasSubstr("\"what\": \"ended\", \"how\": \"end_of_stream\"}"));
}

TEST_F(Replay, TheSameServerAnswersTheSame) {
    record(server_.address());
    for (const char* speed : {"0", "1"}) {
        const Ended ended = replay(server_.address(), {"--speed", speed});
        EXPECT_EQ(ended.exit_code, 0) << ended.story();
        EXPECT_THAT(ended.out, HasSubstr("354"));
    }
    EXPECT_EQ(witness_.accepted().size(), 3U);
}

TEST_F(Replay, AServerThatRefusesIsTold) {
    record(server_.address());
    ScriptedTarget busy([](Peer& peer) { peer.say("421 busy\r\n"); });
    const Ended ended = replay(busy.address());
    EXPECT_EQ(ended.exit_code, 1) << ended.story();
    EXPECT_THAT(ended.out, HasSubstr("! 220"));
    EXPECT_THAT(ended.out, HasSubstr("421 busy"));
}

TEST_F(Replay, BadInputIsRefused) {
    folder_.write("mail.jsonl", "{\"connection\": 1}\n{}\n");
    const Ended line = replay(server_.address());
    EXPECT_EQ(line.exit_code, 3) << line.story();
    EXPECT_THAT(line.err, HasSubstr("mail.jsonl:1: no line of a recording"));
    folder_.write("mail.jsonl", "");
    EXPECT_EQ(replay(server_.address()).exit_code, 3);
    EXPECT_EQ(replay("192.0.2.1:25").exit_code, 3);
    EXPECT_EQ(replay(server_.address(), {"--speed", "7"}).exit_code, 3);
}

TEST_F(Replay, ADiskThatIsFullEndsTheRecordingAndNotTheProxy) {
    const auto small_files = [] {
        const rlimit limit{1024, 1024};
        setrlimit(RLIMIT_FSIZE, &limit);
        signal(SIGXFSZ, SIG_IGN);
    };
    record(server_.address(), small_files, 3);
    EXPECT_THAT(ended_.err, HasSubstr("cannot write mail.jsonl: File too large"));
}

}  // namespace
}  // namespace twofifty::cli
