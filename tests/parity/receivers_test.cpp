// What receivers do, on real sockets as in virtual time: several of them, forwarding between them,
// a client that has gone.
#include "tests/parity/program_run.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace twofifty::parity {
namespace {

class RealReceivers : public testing::TestWithParam<World> {};

/// How many copies of each message each receiver has.
std::map<std::pair<int, int>, int> copies(const ProgramRun& run) {
    std::map<std::pair<int, int>, int> found;
    for (const Event& event : run.events)
        if (event.kind == EventKind::copy_found) ++found[{event.node, event.message}];
    return found;
}

std::size_t count(const ProgramRun& run, EventKind kind) {
    return static_cast<std::size_t>(std::ranges::count(run.events, kind, &Event::kind));
}

TEST_P(RealReceivers, EachHasTheMailOfItsDomainAndHandsOnWhatItIsToldTo) {
    const ProgramRun run = run_program(built_program(), GetParam(), R"(# Where does mail go?
name = "several"
[fleet]
messages = 4
[message]
domains = ["a.test", "b.test"]
[[target.receiver]]
name = "alpha"
domains = ["a.test"]
[[target.receiver]]
name = "beta"
domains = ["b.test"]
forward = [{ recipients = "*", to = "gamma" }]
[[target.receiver]]
name = "gamma"
domains = ["c.test"]
[drain]
quiet_for = "300ms"
)",
                                       1);
    ASSERT_EQ(run.trouble, "");
    EXPECT_EQ(copies(run), (std::map<std::pair<int, int>, int>{
                               {{1, 1}, 1}, {{3, 2}, 1}, {{1, 3}, 1}, {{3, 4}, 1}}));
    EXPECT_EQ(count(run, EventKind::forwarded), 2U);
    EXPECT_EQ(run.judgement.counts.verdicts[harness::Verdict::once], 4U);
    EXPECT_EQ(run.judgement.discrepancy_count, 0U);
}

TEST_P(RealReceivers, ALoopIsEndedByItsHopLimit) {
    const ProgramRun run = run_program(built_program(), GetParam(), R"(# How many rounds?
name = "loop"
[fleet]
messages = 1
[[target.receiver]]
name = "first"
domains = ["recipient.test"]
forward = [{ recipients = "*", to = "second", keep = true }]
hop_limit = 5
[[target.receiver]]
name = "second"
domains = ["elsewhere.test"]
forward = [{ recipients = "*", to = "first" }]
[drain]
quiet_for = "300ms"
)",
                                       1);
    ASSERT_EQ(run.trouble, "");
    EXPECT_EQ(copies(run), (std::map<std::pair<int, int>, int>{{{1, 1}, 3}}));
    EXPECT_EQ(run.judgement.counts.causes[harness::Trigger::loop], 2U);
}

TEST_P(RealReceivers, OneThatLooksDiscardsTheMessageOfAClientThatHasGone) {
    const std::string scenario = R"(# Is the client still there?
name = "gone"
[fleet]
messages = 3
connections = 3
timeouts = { data_done = "300ms" }
retry = { schedule = ["1s"], lifetime = "0s" }
[target.reference]
service_time = "900ms"
gone_client = "discards"
[drain]
quiet_for = "1500ms"
)";
    const ProgramRun run = run_program(built_program(), GetParam(), scenario, 1);
    ASSERT_EQ(run.trouble, "");
    EXPECT_EQ(count(run, EventKind::copy_discarded), 3U);
    EXPECT_EQ(run.judgement.counts.copies, 0U);
    EXPECT_EQ(run.judgement.counts.verdicts[harness::Verdict::failed], 3U);
}

TEST_P(RealReceivers, OneThatLooksKeepsTheMessageOfAClientThatWaits) {
    const ProgramRun run = run_program(built_program(), GetParam(), R"(# Is the client still there?
name = "there"
[fleet]
messages = 3
connections = 3
tls = "starttls"
[target.reference]
service_time = "200ms"
gone_client = "discards"
[drain]
quiet_for = "300ms"
)",
                                       1);
    ASSERT_EQ(run.trouble, "");
    EXPECT_EQ(count(run, EventKind::copy_discarded), 0U);
    EXPECT_EQ(run.judgement.counts.verdicts[harness::Verdict::once], 3U);
}

INSTANTIATE_TEST_SUITE_P(Worlds, RealReceivers,
                         testing::Values(World::real_time, World::virtual_time),
                         [](const auto& tested) {
                             return std::string(tested.param == World::real_time ? "Real"
                                                                                 : "Virtual");
                         });

}  // namespace
}  // namespace twofifty::parity
