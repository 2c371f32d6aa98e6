// Whatever becomes of the program in mid-run, of the servers it has started nothing is left: no
// process, no port, no mount.
#include "tests/cli/child.hpp"
#include "tests/servers/traces.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>
#include <algorithm>
#include <csignal>
#include <ostream>
#include <thread>

namespace twofifty::servers {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::IsEmpty;
using testing::Not;

struct End {
    const char* name;
    const char* server;
    std::vector<int> signals;
    int exit_code;  ///< -1: ended by the signal.

    friend std::ostream& operator<<(std::ostream& out, const End& tested) {
        return out << tested.name;
    }
};

class Leftovers : public testing::TestWithParam<End> {};

int port_in(const std::string& configuration, const std::string& before) {
    return std::stoi(configuration.substr(configuration.find(before) + before.size()));
}

TEST_P(Leftovers, AreNone) {
    const cli::TempFolder folder;
    const std::string server = GetParam().server;
    folder.write("s.toml", "fleet = { messages = 100000, rate = '20/s' }\n[target]\nserver = '" +
                               server + "'\ndisk = '16MiB'\n[drain]\nquiet_for = '1s'\n");
    cli::Child run(cli::twofifty_command({"run", "s.toml"}), folder.path());
    const auto place = folder / "results/latest/servers" / server;
    const pid_t init = init_of(place);
    ASSERT_GT(init, 1);
    const std::string processes = process_namespace_of(init);
    ASSERT_NE(processes, "");
    EXPECT_NE(processes, process_namespace_of(getpid()));
    const int port = server == "exim"
                         ? port_in(cli::read_text(place / "etc/exim.conf"), "[127.0.0.1]:")
                         : port_in(cli::read_text(place / "etc/master.cf"), "127.0.0.1:");
    // The server is there, and takes mail.
    for (int look = 0; look < 1000; ++look) {
        const std::vector<int> ports = listening_ports();
        if (std::find(ports.begin(), ports.end(), port) != ports.end()) break;
        std::this_thread::sleep_for(20ms);
    }
    std::this_thread::sleep_for(1s);
    EXPECT_THAT(listening_ports(), Contains(port));
    EXPECT_THAT(processes_in(processes), Not(IsEmpty()));
    EXPECT_NE(traces_of(folder.path()), "") << "this test could not find what is left";

    for (const int signal : GetParam().signals) {
        run.send(signal);
        std::this_thread::sleep_for(200ms);
    }
    const cli::Ended ended = run.wait();
    EXPECT_EQ(ended.exit_code, GetParam().exit_code) << ended.story();
    // The kernel ends the processes, but not before the program's own end has been told.
    for (int look = 0; look < 500 && !processes_in(processes).empty(); ++look)
        std::this_thread::sleep_for(10ms);
    EXPECT_THAT(processes_in(processes), IsEmpty());
    EXPECT_THAT(listening_ports(), Not(Contains(port)));
    EXPECT_EQ(traces_of(folder.path()), "");
}

INSTANTIATE_TEST_SUITE_P(After, Leftovers,
                         testing::Values(End{"CtrlC", "postfix", {SIGINT}, 2},
                                         End{"CtrlCTwice", "exim", {SIGINT, SIGINT}, 2},
                                         End{"Terminate", "exim", {SIGTERM}, 2},
                                         End{"Kill", "postfix", {SIGKILL}, -1},
                                         End{"KillOfExim", "exim", {SIGKILL}, -1}),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace twofifty::servers
