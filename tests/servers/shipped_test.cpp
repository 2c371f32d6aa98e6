// The scenarios about real servers keep the promises of their headers.
#include "tests/servers/real_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include <filesystem>
#include <string>

namespace twofifty::servers {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

const fs::path shipped = fs::path(TWOFIFTY_SOURCE_DIR) / "scenarios/servers";

RealRun run_shipped(const std::string& name) {
    return RealRun(cli::read_text(shipped / (name + ".toml")));
}

TEST(ShippedWithServers, AKillBetweenDotAnd250LosesNothing) {
    const RealRun run = run_shipped("killed-before-250");
    EXPECT_EQ(run.ended().exit_code, 0) << run.story();
    EXPECT_THAT(run.changes("postfix"), testing::ElementsAre("start", "kill", "restart"));
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

// The two cells: one message, one 250, two timeouts.
TEST(ShippedWithServers, ATimerOf5SecondsDuplicatesWhatOneOf600DoesNot) {
    const cli::TempFolder folder;
    const cli::Ended ended = cli::twofifty(
        {"sweep", "--real", (shipped / "sender-timeout.toml").string(), "--out", "out"},
        folder.path(), {}, std::chrono::seconds{150});
    ASSERT_EQ(ended.exit_code, 0) << ended.story();
    fs::path sweep;
    for (const auto& entry : fs::recursive_directory_iterator(folder / "out"))
        if (entry.path().filename() == "sweep.json") sweep = entry.path();
    const json::value result = json::parse(cli::read_text(sweep));
    const json::array& cells = result.at("cells").as_array();
    ASSERT_EQ(cells.size(), 2U);
    EXPECT_GT(cells.at(0).at("extra_copies").to_number<int>(), 0);
    EXPECT_EQ(cells.at(1).at("extra_copies").to_number<int>(), 0);
}

}  // namespace
}  // namespace twofifty::servers
