// The two worlds decide alike: one scenario, one seed, real sockets and real time against virtual
// time. What chance decides must not depend on who came first.
#include "tests/parity/program_run.hpp"

#include <gtest/gtest.h>

#include <set>
#include <tuple>

namespace twofifty::parity {
namespace {

// The sender's patience is long against what a busy machine does to a thread.
constexpr const char* scenario = R"(# Do both worlds impair the same attempts?
name = "parity"
[fleet]
senders = 4
messages = 40
rate = "100/s"
connections = 20
pipelining = true
timeouts = { data_done = "900ms" }
retry = { schedule = ["50ms"], lifetime = "5m" }
[message]
size = "2KiB"
recipients = 2
[[impair]]
name = "lose-250"
when = { phase = "data_done", reply = "2xx", probability = 0.5 }
effect = { drop = "reply" }
[[impair]]
name = "cut-before-dot"
when = { phase = "data_xfer", probability = 0.2 }
effect = { cut = "both" }
[drain]
quiet_for = "300ms"
budget = "1m"
)";

/// Which attempt was impaired by which rule.
using Impaired = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>;

std::set<Impaired> impaired(const ProgramRun& run) {
    std::set<Impaired> found;
    for (const Event& event : run.events)
        if (event.kind == EventKind::rule_fired)
            found.emplace(event.rule, event.message, event.attempt);
    return found;
}

class Worlds : public testing::TestWithParam<std::uint64_t> {};

TEST_P(Worlds, ImpairTheSameAttemptsAndReachTheSameVerdicts) {
    const ProgramRun real = run_program(built_program(), World::real_time, scenario, GetParam());
    const ProgramRun simulated =
        run_program(built_program(), World::virtual_time, scenario, GetParam());
    ASSERT_EQ(real.trouble, "");
    ASSERT_EQ(simulated.trouble, "");
    EXPECT_EQ(real.summary.world, "real");
    EXPECT_EQ(simulated.summary.world, "virtual");
    // Nothing is compared with nothing: all pairs are there, and chance has hit many.
    ASSERT_EQ(simulated.judgement.pairs.size(), 80U);
    ASSERT_GT(impaired(simulated).size(), 20U);

    EXPECT_EQ(impaired(real), impaired(simulated));
    EXPECT_EQ(real.judgement.pairs, simulated.judgement.pairs);
    EXPECT_EQ(real.judgement.counts.verdicts, simulated.judgement.counts.verdicts);
    EXPECT_EQ(real.judgement.counts.causes, simulated.judgement.counts.causes);
    EXPECT_EQ(real.judgement.counts.attempts, simulated.judgement.counts.attempts);
    EXPECT_EQ(real.judgement.discrepancy_count, 0U);
    EXPECT_EQ(simulated.judgement.discrepancy_count, 0U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Worlds, testing::Values(1, 2, 42));

}  // namespace
}  // namespace twofifty::parity
