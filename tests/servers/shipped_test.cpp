// The scenarios about real servers keep the promises of their headers.
#include "tests/servers/real_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace twofifty::servers {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using testing::ElementsAre;
using testing::Gt;
using testing::StartsWith;

const fs::path shipped = fs::path(TWOFIFTY_SOURCE_DIR) / "scenarios/servers";

RealRun run_shipped(const std::string& name) {
    return RealRun(cli::read_text(shipped / (name + ".toml")));
}

TEST(ShippedWithServers, AKillBetweenDotAnd250LosesNothing) {
    const RealRun run = run_shipped("killed-before-250");
    EXPECT_EQ(run.ended().exit_code, 0) << run.story();
    EXPECT_THAT(run.changes("postfix"), ElementsAre("start", "kill", "restart"));
}

TEST(ShippedWithServers, CyrusSuppressesWhatTheWireShowsTwice) {
    const RealRun run = run_shipped("suppressed");
    EXPECT_EQ(run.ended().exit_code, 0) << run.story();
    EXPECT_EQ(run.figure("copies_suppressed"), run.said("cyrus-lmtp", "suppressed"));
}

TEST(ShippedWithServers, EximDiscardsMailOfClientsThatHaveGone) {
    const RealRun run = run_shipped("discarded");
    EXPECT_EQ(run.ended().exit_code, 0) << run.story();
    EXPECT_GE(run.said("exim", "client_gone"), 1);
}

TEST(ShippedWithServers, EximTurnsToTheNextHost) {
    const RealRun run = run_shipped("next-host");
    EXPECT_EQ(run.ended().exit_code, 0) << run.story();
}

TEST(ShippedWithServers, ALoopIsNamedWhileItGoesOn) {
    const RealRun run = run_shipped("two-server-loop");
    EXPECT_EQ(run.ended().exit_code, 2) << run.story();
    EXPECT_THAT(run.diagnose().out, StartsWith("MAIL LOOP"));
}

/// How many copies too many each cell of a shipped sweep has.
std::vector<int> extra_copies_of_cells(const std::string& name) {
    const cli::TempFolder folder;
    const cli::Ended ended =
        cli::twofifty({"sweep", "--real", (shipped / (name + ".toml")).string(), "--out", "out"},
                      folder.path(), {}, std::chrono::seconds{180});
    EXPECT_EQ(ended.exit_code, 0) << ended.story();
    std::vector<int> extra;
    for (const auto& entry : fs::recursive_directory_iterator(folder / "out")) {
        if (entry.path().filename() != "sweep.json") continue;
        const json::value result = json::parse(cli::read_text(entry.path()));
        for (const json::value& cell : result.at("cells").as_array())
            extra.push_back(cell.at("extra_copies").to_number<int>());
    }
    return extra;
}

TEST(ShippedWithServers, ATimerOf5SecondsDuplicatesWhatOneOf600DoesNot) {
    EXPECT_THAT(extra_copies_of_cells("sender-timeout"), ElementsAre(Gt(0), 0));
}

TEST(ShippedWithServers, CyrusAloneSuppresses) {
    EXPECT_THAT(extra_copies_of_cells("who-suppresses"), ElementsAre(Gt(0), Gt(0), Gt(0), 0));
}

}  // namespace
}  // namespace twofifty::servers
