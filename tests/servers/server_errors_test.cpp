// What can be wrong with a real server: one clear error, the exit code that fits it, and nothing
// left behind.
#include "tests/cli/child.hpp"
#include "tests/cli/scripted_target.hpp"
#include "tests/servers/traces.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <ostream>
#include <thread>

namespace twofifty::servers {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using cli::Ended;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr int bad_input = 3;
constexpr int environment = 4;

constexpr const char* one_message =
    "fleet.messages = 1\ndrain = { quiet_for = '1s', budget = '4s' }\n";

struct Wrong {
    const char* name;
    const char* scenario;
    const char* place;  ///< Line and column, and the key.
    const char* why;

    friend std::ostream& operator<<(std::ostream& out, const Wrong& tested) {
        return out << tested.name;
    }
};

class WrongScenario : public testing::TestWithParam<Wrong> {};

// Nothing is started, and no folder is made.
TEST_P(WrongScenario, IsRefusedWhereItIsWrong) {
    const cli::TempFolder folder;
    folder.write("s.toml", std::string(one_message) + GetParam().scenario);
    const Ended ended = cli::twofifty({"run", "s.toml"}, folder.path());
    EXPECT_EQ(ended.exit_code, bad_input) << ended.story();
    EXPECT_THAT(ended.err, AllOf(StartsWith("twofifty: s.toml:" + std::string(GetParam().place)),
                                 HasSubstr(GetParam().why)));
    EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1);
    EXPECT_EQ(folder.names(), std::vector<std::string>{"s.toml"});
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongScenario,
    testing::Values(
        Wrong{"UnknownServer", "target.server = 'postfixx'\n",
              "3:8: target.server: ", "did you mean \"postfix\"?"},
        Wrong{"UnknownSender", "sender.server = 'exmi'\n",
              "3:8: sender.server: ", "did you mean \"exim\"?"},
        Wrong{"SenderThatCannotSend", "sender.server = 'dovecot-lmtp'\n",
              "3:8: sender.server: ", "hands no mail on"},
        Wrong{"RelayThatCannotSend", "[target]\nserver = 'dovecot-lmtp'\nrelay_to = 'x'\n",
              "5:1: target.relay_to: ", "hands no mail on"},
        Wrong{"RelayToNobody",
              "[[target.receiver]]\nname = 'a'\nserver = 'postfix'\nrelay_to = 'b'\n",
              "6:1: target.receiver[1].relay_to: ", "\"b\" is no receiver"},
        Wrong{"TimeoutThatCannotBeSet",
              "[target]\nserver = 'opensmtpd'\ntimeouts = { data_done = '2s' }\n",
              "5:14: target.timeouts.data_done: ", "opensmtpd has no such setting"},
        Wrong{"RetryThatCannotBeSet", "[sender]\nserver = 'opensmtpd'\nretry_every = '2s'\n",
              "5:1: sender.retry_every: ", "compiled in"},
        Wrong{"TimeoutOfPartOfASecond",
              "[target]\nserver = 'exim'\ntimeouts = { data_done = '1500ms' }\n",
              "5:14: target.timeouts.data_done: ", "whole seconds"},
        Wrong{"NoConfiguration", "[target]\nserver = 'exim'\nconfiguration = 'nowhere'\n",
              "5:1: target.configuration: ", "is no folder"},
        Wrong{"FaultWithoutServer", "[[fault]]\neffect = 'kill'\nat = '1s'\n",
              "3:1: fault[1].server: ", "no real server is started here"},
        Wrong{"FaultOfAnother",
              "target.server = 'exim'\n[[fault]]\nserver = 'postfix'\neffect = 'kill'\nat = '1s'\n",
              "5:1: fault[1].server: ", "expected one of exim"},
        Wrong{"FullDiskWithoutDisk",
              "target.server = 'exim'\n[[fault]]\neffect = 'full_disk'\nat = '1s'\n",
              "5:1: fault[1].effect: ", "expected disk = \"8MiB\""},
        Wrong{"FaultWithoutTime", "target.server = 'exim'\n[[fault]]\neffect = 'kill'\n",
              "4:1: fault[1].at: ", "exactly one of at"}),
    [](const auto& tested) { return tested.param.name; });

TEST(WrongCommand, ARealServerLivesInRealTime) {
    const cli::TempFolder folder;
    folder.write("s.toml", std::string(one_message) + "target.server = 'postfix'\n");
    const Ended ended = cli::twofifty({"run", "--virtual", "s.toml"}, folder.path());
    EXPECT_EQ(ended.exit_code, bad_input) << ended.story();
    EXPECT_THAT(ended.err, HasSubstr("--virtual cannot start postfix"));
    EXPECT_EQ(folder.names(), std::vector<std::string>{"s.toml"});
}

TEST(WrongCommand, ASweepInVirtualTimeStartsNoRealServer) {
    const cli::TempFolder folder;
    folder.write("s.toml", std::string(one_message) +
                               "sender.server = 'postfix'\n"
                               "[[sweep.axis]]\n"
                               "key = 'sender.timeouts.data_done'\nvalues = ['5s', '600s']\n");
    const Ended ended = cli::twofifty({"sweep", "s.toml"}, folder.path());
    EXPECT_EQ(ended.exit_code, bad_input) << ended.story();
    EXPECT_THAT(ended.err, HasSubstr("a sweep in virtual time cannot start postfix: a real server "
                                     "lives in real time; give --real"));
    EXPECT_EQ(folder.names(), std::vector<std::string>{"s.toml"});
}

class BrokenServer : public testing::Test {
protected:
    Ended run(const std::string& scenario) const {
        folder_.write("s.toml", one_message + scenario);
        return cli::twofifty({"run", "s.toml"}, folder_.path());
    }
    void expect_nothing_left() const { EXPECT_EQ(traces_of(folder_.path()), ""); }

    /// The adapter's own configuration, in a folder "own".
    void copy_configuration(const std::string& adapter) const {
        fs::copy(fs::path(TWOFIFTY_SOURCE_DIR) / "servers" / adapter, folder_ / "own",
                 fs::copy_options::recursive);
        fs::remove(folder_ / "own/server.toml");
    }
    void replace(const std::string& file, const std::string& what, const std::string& by) const {
        std::string text = cli::read_text(folder_ / file);
        const std::size_t at = text.find(what);
        ASSERT_NE(at, std::string::npos) << what;
        folder_.write(file, text.replace(at, what.size(), by));
    }

    cli::TempFolder folder_;
};

// The program alone, far from the servers of its build.
TEST_F(BrokenServer, ThatIsNotInstalledSaysHowToGetIt) {
    const std::string program = cli::twofifty_command({}).back();
    fs::create_directories(folder_ / "bin");
    fs::copy_file(program, folder_ / "bin/twofifty");
    folder_.write("s.toml", std::string(one_message) + "target.server = 'exim'\n");
    const Ended ended = cli::Child({"env", "TWOFIFTY_PROGRAMS=" + (folder_ / "none").string(),
                                    (folder_ / "bin/twofifty").string(), "run", "s.toml"},
                                   folder_.path())
                            .wait();
    EXPECT_EQ(ended.exit_code, environment) << ended.story();
    EXPECT_THAT(ended.err, HasSubstr("exim is not installed. `./dev setup --servers` unpacks it"));
}

TEST_F(BrokenServer, SaysItselfWhichSettingItDoesNotKnow) {
    const Ended ended = run("[target]\nserver = 'dovecot-lmtp'\noptions = { nonsense = 'x' }\n");
    EXPECT_EQ(ended.exit_code, environment) << ended.story();
    EXPECT_THAT(ended.err, AllOf(HasSubstr("dovecot-lmtp cannot be started: it ended at once"),
                                 HasSubstr("Unknown setting: nonsense")));
    expect_nothing_left();
}

TEST_F(BrokenServer, SaysItselfWhatIsWrongWithTheUsersConfiguration) {
    copy_configuration("exim");
    replace("own/etc/exim.conf", "begin routers", "begin nonsense");
    const Ended ended = run("[target]\nserver = 'exim'\nconfiguration = 'own'\n");
    EXPECT_EQ(ended.exit_code, environment) << ended.story();
    EXPECT_THAT(ended.err,
                AllOf(HasSubstr("exim cannot be started"),
                      HasSubstr("Exim configuration error in line"), HasSubstr("nonsense")));
    expect_nothing_left();
}

TEST_F(BrokenServer, LacksAFileOfItsConfiguration) {
    copy_configuration("exim");
    fs::remove(folder_ / "own/etc/passwd");
    const Ended ended = run("[target]\nserver = 'exim'\nconfiguration = 'own'\n");
    EXPECT_EQ(ended.exit_code, environment) << ended.story();
    EXPECT_THAT(ended.err, HasSubstr("its configuration lacks etc/passwd"));
    expect_nothing_left();
}

TEST_F(BrokenServer, CannotHaveAPortThatIsTaken) {
    cli::ScriptedTarget other([](cli::Peer& peer) { peer.until_gone(); });
    const std::string address = other.address();
    const std::string port = address.substr(address.find(':') + 1);
    const Ended ended = run("[target]\nserver = 'postfix'\nport = " + port + "\n");
    EXPECT_EQ(ended.exit_code, environment) << ended.story();
    EXPECT_THAT(ended.err, HasSubstr("port " + port + " is taken"));
    expect_nothing_left();
}

// Nobody can look into the mailboxes: what the run could not see it does not judge.
TEST_F(BrokenServer, RefusesTheImapCredentials) {
    copy_configuration("cyrus-lmtp");
    replace("own/users", "secret", "other");
    const Ended ended = run("[target]\nserver = 'cyrus-lmtp'\nconfiguration = 'own'\n");
    EXPECT_EQ(ended.exit_code, environment) << ended.story();
    EXPECT_THAT(ended.err, AllOf(HasSubstr("The target failed: IMAP at 127.0.0.1:"),
                                 HasSubstr("as r1: NO Login failed")));
    expect_nothing_left();
}

TEST_F(BrokenServer, ThatDiesInMidRunEndsTheRun) {
    folder_.write("s.toml",
                  "fleet = { messages = 100000, rate = '20/s' }\n"
                  "target.server = 'postfix'\n");
    cli::Child child(cli::twofifty_command({"run", "s.toml"}), folder_.path());
    const pid_t init = init_of(folder_ / "results/latest/servers/postfix");
    ASSERT_GT(init, 1);
    const fs::path mail = folder_ / "results/latest/servers/postfix/mail/box/new";
    for (int look = 0; look < 1000 && (!fs::exists(mail) || fs::is_empty(mail)); ++look)
        std::this_thread::sleep_for(20ms);
    ASSERT_EQ(kill(init, SIGKILL), 0);
    const Ended ended = child.wait();
    EXPECT_EQ(ended.exit_code, environment) << ended.story();
    EXPECT_THAT(ended.err, HasSubstr("postfix has ended: killed"));
    expect_nothing_left();
}

}  // namespace
}  // namespace twofifty::servers
