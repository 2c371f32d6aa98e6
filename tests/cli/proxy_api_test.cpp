// The control API as `twofifty proxy` offers it: who may reach it, where it may send mail, and the
// verdict while the proxy works.
#include "tests/cli/child.hpp"
#include "tests/cli/mail_client.hpp"
#include "tests/cli/scripted_target.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

namespace twofifty::cli {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

/// The whole response, head and body.
std::string request(const std::string& address, const std::string& head,
                    const std::string& body = "") {
    MailClient client(address);
    client.say(head + " HTTP/1.1\r\nHost: " + address + "\r\nConnection: close\r\n" +
               "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body + "\n");
    std::string response;
    for (std::string line = client.hear(); !line.empty(); line = client.hear(1s)) response += line;
    return response;
}

class ProxyApi : public testing::Test {
protected:
    TempFolder folder_;
    Witness witness_;
    ScriptedTarget server_{[this](Peer& peer) { witness_.serve(peer); }};
    std::string api_ = unused_address();
};

TEST_F(ProxyApi, WhereOthersCanReachItItNeedsAToken) {
    const Ended ended = twofifty({"proxy", "--api", "0.0.0.0:0", "--for", "1s"}, folder_.path());
    EXPECT_EQ(ended.exit_code, 3) << ended.story();
    EXPECT_THAT(ended.err, HasSubstr("--token"));
    const Ended with_token =
        twofifty({"proxy", "--api", "0.0.0.0:0", "--token", "t", "--for", "100ms"}, folder_.path());
    EXPECT_EQ(with_token.exit_code, 0) << with_token.story();
}

TEST_F(ProxyApi, TellsTheVerdictSoFar) {
    folder_.write("drop.toml", drop_first_250);
    ProxyProcess proxy(server_.address(), folder_.path(),
                       {"--rules", "drop.toml", "--api", api_, "--out", "results"});
    for (int i = 0; i < 2; ++i) {
        MailClient client(proxy.address());
        client.send_message("<one@x.test>");
        client.hear(200ms);
    }
    std::string verdict;
    for (int i = 0; i < 100 && verdict.find("\"duplicated\": 1,") == std::string::npos; ++i) {
        std::this_thread::sleep_for(100ms);
        verdict = request(api_, "GET /twofifty/verdict");
    }
    EXPECT_THAT(verdict, HasSubstr("\"duplicated\": 1,"));
    EXPECT_THAT(verdict, HasSubstr("\"reply_dropped\": 1,"));
    EXPECT_THAT(verdict, HasSubstr("Message <one@x.test>: 2 copies"));
    const Ended ended = proxy.end();
    EXPECT_EQ(ended.exit_code, 0) << ended.story();
}

TEST_F(ProxyApi, AServerThatIsNeitherLoopbackNorPrivateIsRefusedThereToo) {
    ProxyProcess proxy(server_.address(), folder_.path(), {"--api", api_});
    const std::string answer =
        request(api_, "POST /proxies",
                R"({"name": "far", "listen": "127.0.0.1:0", "upstream": "192.0.2.1:25"})");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 4"));
    EXPECT_THAT(answer, HasSubstr("192.0.2.1"));
    const Ended ended = proxy.end();
    EXPECT_EQ(ended.exit_code, 0) << ended.story();
}

TEST_F(ProxyApi, ABoundMayNameARuleThatIsStillToCome) {
    const Ended ended = twofifty(
        {"proxy", "--api", api_, "--expect", "fired.later >= 1", "--for", "100ms"}, folder_.path());
    EXPECT_EQ(ended.exit_code, 2) << ended.story();
}

TEST_F(ProxyApi, AnAddressInUseIsNamed) {
    const Ended ended = twofifty({"proxy", "--api", server_.address()}, folder_.path());
    EXPECT_EQ(ended.exit_code, 4) << ended.story();
    EXPECT_THAT(ended.err, HasSubstr("cannot listen on " + server_.address()));
    EXPECT_THAT(ended.out, IsEmpty());
}

}  // namespace
}  // namespace twofifty::cli
