// Clients that people use, through the proxy to servers that people use. The reply to the final dot
// of each message is dropped once; docs/proxy.md shows what becomes of it.
#include "tests/cli/child.hpp"
#include "tests/cli/mail_client.hpp"
#include "tests/cli/scripted_target.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace twofifty {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using cli::Ended;
using testing::HasSubstr;

const fs::path here = fs::path(TWOFIFTY_SOURCE_DIR) / "tests/servers";

/// smtp-sink, or a Postfix of its own. Ends with the test.
class Server {
public:
    explicit Server(const std::string& kind)
        : is_postfix_(kind.starts_with("postfix")), has_tls_(kind == "postfix-tls") {
        // Somebody may take a port between its being found free and its being used.
        for (int attempt = 0; attempt < 3; ++attempt) {
            address_ = cli::unused_address();
            if (is_postfix_ ? start_postfix() : start_sink()) return;
        }
        throw std::runtime_error(kind + " does not start");
    }
    ~Server() {
        if (is_postfix_) script({"stop", (folder_ / "postfix").string()});
    }
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    const std::string& address() const { return address_; }

private:
    static Ended script(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), (here / "postfix").string());
        return cli::Child(arguments, "/").wait();
    }
    bool start_postfix() {
        const std::string port = address_.substr(address_.find(':') + 1);
        std::vector<std::string> start{"start", (folder_ / "postfix").string(), port};
        if (has_tls_) start.emplace_back("tls");
        return script(start).exit_code == 0;
    }
    bool start_sink() {
        sink_ = std::make_unique<cli::Child>(
            std::vector<std::string>{"/usr/sbin/smtp-sink", "-u", "nobody", address_, "100"}, "/");
        for (int i = 0; i < 100; ++i) {
            if (cli::MailClient(address_).connected()) return true;
            std::this_thread::sleep_for(50ms);
        }
        return false;
    }

    bool is_postfix_;
    bool has_tls_;
    cli::TempFolder folder_;
    std::string address_;
    std::unique_ptr<cli::Child> sink_;
};

class RealClient : public testing::TestWithParam<const char*> {
protected:
    RealClient() : server_(GetParam()) {
        folder_.write("drop.toml", cli::drop_first_250);
        proxy_ = std::make_unique<cli::ProxyProcess>(
            server_.address(), folder_.path(),
            std::vector<std::string>{"--rules", "drop.toml", "--out", "results"});
        port_ = proxy_->address().substr(proxy_->address().find(':') + 1);
    }

    Ended client(const std::vector<std::string>& command) const {
        return cli::Child(command, folder_.path()).wait(30s);
    }
    Ended smtplib(std::vector<std::string> how) const {
        how.insert(how.begin(), {"/usr/bin/python3", (here / "smtplib_client.py").string(), port_});
        return client(how);
    }
    /// The proxy's verdict.
    std::string verdict() const {
        const Ended ended = proxy_->end();
        EXPECT_EQ(ended.exit_code, 0) << ended.story();
        return ended.out;
    }

    Server server_;
    cli::TempFolder folder_;
    std::unique_ptr<cli::ProxyProcess> proxy_;
    std::string port_;
};

INSTANTIATE_TEST_SUITE_P(Servers, RealClient, testing::Values("smtp-sink", "postfix"),
                         [](const testing::TestParamInfo<const char*>& server) {
                             return std::string(server.param) == "postfix" ? "Postfix" : "SmtpSink";
                         });

TEST_P(RealClient, SmtplibRaisesAndTheServerHasTheMessage) {
    const Ended ended = smtplib({"1"});
    EXPECT_EQ(ended.exit_code, 1) << ended.story();
    EXPECT_THAT(ended.out, HasSubstr("try 1: SMTPServerDisconnected: "));
    const std::string said = verdict();
    EXPECT_THAT(said, HasSubstr("1 transaction accepted, 1 copy"));
    EXPECT_THAT(said, HasSubstr("0 acknowledged, 0 given up, 1 pending"));
}

TEST_P(RealClient, ALoopAroundSmtplibMakesTheDuplicate) {
    const Ended ended = smtplib({"2"});
    EXPECT_EQ(ended.exit_code, 0) << ended.story();
    EXPECT_THAT(verdict(), HasSubstr("Message <invoice-7@x.test>: 2 copies; the reply to the final "
                                     "dot was dropped"));
}

TEST_P(RealClient, ALoopThatRenewsTheMessageIdHidesTheDuplicate) {
    // Each new message loses its first reply, so that no try of these two is acknowledged.
    const Ended ended = smtplib({"2", "renew"});
    EXPECT_EQ(ended.exit_code, 1) << ended.story();
    const std::string said = verdict();
    EXPECT_THAT(said, HasSubstr("2 messages, 2 recipients"));
    EXPECT_THAT(said, HasSubstr("WARNING: 1 message was accepted with the sender"));
}

TEST_P(RealClient, SwaksTimesOutAndDoesNotTryAgain) {
    const Ended ended = client({"/usr/bin/swaks", "--server", proxy_->address(), "--from",
                                "app@x.test", "--to", "ann@each.test", "--timeout", "3"});
    EXPECT_EQ(ended.exit_code, 26) << ended.story();
    EXPECT_THAT(ended.out + ended.err, HasSubstr("Timeout (3 secs) waiting for server response"));
    EXPECT_THAT(verdict(), HasSubstr("1 transaction accepted, 1 copy"));
}

/// STARTTLS on both sides of the proxy: the reply that is dropped travels inside TLS.
TEST(RealClientTls, SwaksLosesTheReplyThatItAwaitsInsideTls) {
    const Server server("postfix-tls");
    const cli::TempFolder folder;
    folder.write("drop.toml", cli::drop_first_250);
    cli::ProxyProcess proxy(server.address(), folder.path(),
                            {"--rules", "drop.toml", "--out", "results"});
    const auto swaks = [&] {
        return cli::Child({"/usr/bin/swaks", "--tls", "--server", proxy.address(), "--from",
                           "app@x.test", "--to", "ann@each.test", "--timeout", "3", "--header",
                           "Message-Id: <order-7@x.test>", "--body", "the same", "--header",
                           "Date: Mon, 02 Jun 2008 10:00:00 +0000"},
                          folder.path())
            .wait(30s);
    };
    const Ended first = swaks();
    EXPECT_EQ(first.exit_code, 26) << first.story();
    EXPECT_THAT(first.out, HasSubstr("TLS started with cipher"));
    const Ended second = swaks();
    EXPECT_EQ(second.exit_code, 0) << second.story();
    const Ended ended = proxy.end();
    EXPECT_EQ(ended.exit_code, 0) << ended.story();
    EXPECT_THAT(ended.out, HasSubstr("Message <order-7@x.test>: 2 copies; the reply to the final "
                                     "dot was dropped"));
}

// It has no option for its patience, which is longer than ours.
TEST_P(RealClient, SmtpSourceGoesOnWaiting) {
    auto source = std::make_unique<cli::Child>(
        std::vector<std::string>{"/usr/sbin/smtp-source", "-m", "1", "-f", "app@x.test", "-t",
                                 "ann@each.test", proxy_->address()},
        folder_.path());
    const Ended ended = source->wait(5s);
    EXPECT_FALSE(ended.in_time) << ended.story();
    EXPECT_THAT(verdict(), HasSubstr("1 transaction accepted, 1 copy"));
}

}  // namespace
}  // namespace twofifty
