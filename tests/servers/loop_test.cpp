// Two real servers, each of which hands the mail on to the other. No mailbox ever holds a copy; the
// hand-overs and the queues tell.
#include "tests/servers/real_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <string_view>

namespace twofifty::servers {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class Loop : public testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(With, Loop, testing::Values("postfix", "exim"),
                         [](const auto& tested) { return tested.param; });

// The hop limits of both are higher than what they come to in the time: the run cannot be complete.
TEST_P(Loop, IsNamedWhileItGoesOn) {
    const bool is_exim = std::string_view(GetParam()) == "exim";
    const char* const limit = is_exim ? "received_headers_max" : "hopcount_limit";
    const RealRun run(fmt::format(R"(
name = "loop"
seed = 7
[target]
sample_every = "1s"
[[target.receiver]]
name = "left"
server = "postfix"
options = {{ hopcount_limit = 2000 }}
domains = ["recipient.test"]
relay_to = "right"
[[target.receiver]]
name = "right"
server = "{}"
options = {{ {} = 2000 }}
domains = ["inner.test"]
relay_to = "left"
[fleet]
senders = 2
messages = 3
rate = "5/s"
[drain]
quiet_for = "3s"
budget = "4s"
)",
                                  GetParam(), limit));
    EXPECT_EQ(run.ended().exit_code, 2) << run.story();
    const auto& queues = run.summary().at("queues").as_array();
    ASSERT_EQ(queues.size(), 2U);
    for (const auto& queue : queues) EXPECT_GE(queue.at("samples").as_array().size(), 2U);
    // What is handed on is no change of the server that does it.
    EXPECT_THAT(run.changes("left"), testing::ElementsAre("start"));

    const cli::Ended diagnosis = run.diagnose();
    EXPECT_EQ(diagnosis.exit_code, 0) << diagnosis.story();
    EXPECT_THAT(diagnosis.out, StartsWith("MAIL LOOP"));
    EXPECT_THAT(diagnosis.out, HasSubstr("from left to right"));
    EXPECT_THAT(diagnosis.out, HasSubstr("from right to left"));
    EXPECT_THAT(diagnosis.out, HasSubstr("Take away the forward from"));
}

// The control: a line of servers is none. The last one keeps the mail.
TEST(Line, IsNoLoop) {
    const RealRun run(R"(
name = "line"
seed = 7
[[target.receiver]]
name = "border"
server = "postfix"
domains = ["recipient.test"]
relay_to = "inner"
[[target.receiver]]
name = "inner"
server = "exim"
domains = ["inner.test"]
[fleet]
senders = 2
messages = 3
rate = "5/s"
[drain]
quiet_for = "1s"
budget = "30s"
)");
    ASSERT_EQ(run.ended().exit_code, 0) << run.story();
    EXPECT_EQ(run.figure("verdicts.once"), 3);
    EXPECT_EQ(run.found_below(run.server("inner") / "mail"), run.accepted());
    EXPECT_THAT(run.diagnose().out, StartsWith("NOTHING WRONG"));
}

}  // namespace
}  // namespace twofifty::servers
