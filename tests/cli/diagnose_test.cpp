// `twofifty diagnose`: what it prints about a run folder, and what it says of a folder that is
// none.
#include "tests/cli/child.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace twofifty::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// Every first reply is lost: ten messages, twenty copies.
constexpr const char* lossy = R"(name = "lossy"
fleet = { messages = 10, timeouts = { data_done = "1s" }, retry = { schedule = ["1s"] } }
[[impair]]
name = "lose"
when = { phase = "data_done", attempt = 1 }
effect = { drop = "reply" }
)";

class Diagnose : public testing::Test {
protected:
    void SetUp() override {
        folder_.write("lossy.toml", lossy);
        const Ended run = twofifty({"run", "--virtual", "--quiet", "lossy.toml"}, folder_.path());
        ASSERT_EQ(run.exit_code, 0) << run.story();
    }

    TempFolder folder_;
};

TEST_F(Diagnose, NamesTheCauseFirst) {
    const Ended ended = twofifty({"diagnose", "results/latest"}, folder_.path());
    EXPECT_EQ(ended.exit_code, 0) << ended.story();
    EXPECT_EQ(ended.err, "");
    EXPECT_THAT(ended.out, StartsWith("CONGESTED NETWORK: "));
    EXPECT_THAT(ended.out, HasSubstr("10 of them (100.0 %) have two copies or more"));
}

// An incident leaves a ledger, and no scenario.
TEST_F(Diagnose, NeedsNothingButTheLedger) {
    const fs::path run = fs::canonical(folder_ / "results/latest");
    const Ended with = twofifty({"diagnose", run}, folder_.path());
    for (const fs::directory_entry& entry : fs::directory_iterator(run))
        if (entry.path().filename() != "ledger.sqlite") fs::remove(entry.path());
    EXPECT_EQ(twofifty({"diagnose", run}, folder_.path()).out, with.out);
}

TEST_F(Diagnose, TellsMachinesTheSame) {
    const Ended ended = twofifty({"diagnose", "--json", "results/latest"}, folder_.path());
    EXPECT_EQ(ended.exit_code, 0) << ended.story();
    EXPECT_THAT(ended.out, StartsWith(R"({"schema":1,"cause":"congested_network",)"));
    // The name of a rule is nothing that an operator has.
    EXPECT_THAT(ended.out, Not(HasSubstr("lose")));
}

TEST_F(Diagnose, SaysThatAFolderIsNoRun) {
    const Ended ended = twofifty({"diagnose", "results"}, folder_.path());
    EXPECT_EQ(ended.exit_code, 3);
    EXPECT_EQ(ended.out, "");
    EXPECT_EQ(ended.err, "twofifty: results is no run folder: it holds no ledger.sqlite\n");
}

TEST_F(Diagnose, SaysThatAFileIsNoLedger) {
    folder_.write("other/ledger.sqlite", "not a database at all");
    const Ended ended = twofifty({"diagnose", "other"}, folder_.path());
    EXPECT_EQ(ended.exit_code, 3);
    EXPECT_THAT(ended.err, HasSubstr("other/ledger.sqlite"));
}

}  // namespace
}  // namespace twofifty::cli
