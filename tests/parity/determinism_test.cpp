// A virtual run is a function of its scenario and its seed: in one process and in two, and whoever
// compiled the program.
#include "tests/parity/program_run.hpp"
#include "tests/support/virtual_run.hpp"

#include <gtest/gtest.h>

#include <string>

namespace twofifty::parity {
namespace {

/// Between them: both arrivals, every shape of a distribution, several recipients, chunks, LMTP.
constexpr const char* poisson = R"(name = "poisson"
[fleet]
senders = 5
messages = 300
rate = "100/s"
arrivals = "poisson"
timeouts = { data_done = "1s" }
retry = { schedule = ["300ms", "1s"], lifetime = "10m" }
[message]
size = { distribution = "exponential", mean = "4KiB", max = "64KiB" }
recipients = 3
[target.reference]
service_time = { distribution = "normal", mean = "100ms", deviation = "80ms" }
[[impair]]
name = "slow"
when = { phase = "data_done", probability = 0.5 }
effect = { delay = { distribution = "lognormal", median = "300ms", sigma = 1.2, max = "60s" } }
[[impair]]
name = "slow-rcpt"
when = { phase = "rcpt", probability = 0.1 }
effect = { delay = { distribution = "pareto", min = "1ms", alpha = 1.1, max = "3s" } }
)";

constexpr const char* lmtp_chunks = R"(name = "lmtp-chunks"
[fleet]
senders = 3
messages = 200
connections = 3
chunking = true
chunk_size = "1500B"
timeouts = { data_done = "2s" }
retry = { schedule = ["1s"], lifetime = "10m" }
[message]
size = { distribution = "uniform", min = "1KiB", max = "20KiB" }
recipients = 2
[target]
protocol = "lmtp"
[target.reference]
workers = 2
service_time = { distribution = "exponential", mean = "50ms" }
[[impair]]
name = "lose-one"
when = { phase = "data_done", reply = "2xx", probability = 0.2 }
effect = { drop = "reply" }
)";

constexpr const char* everything = R"(name = "everything"
[fleet]
senders = 4
messages = 200
rate = "50/s"
timeouts = { data_done = "1s", data_init = "5s" }
retry = { schedule = ["200ms", "2s"], lifetime = "1h" }
[message]
recipients = 2
[[impair]]
name = "cut-before"
when = { phase = "data_xfer", probability = 0.1 }
effect = { cut = "both" }
[[impair]]
name = "cut-within"
when = { phase = "data_done", probability = 0.1 }
effect = { cut = { side = "client", how = "fin", when = { bytes = 4 } } }
[[impair]]
name = "replace"
when = { phase = "data_done", probability = 0.1 }
effect = { replace = "451 4.3.0 try later" }
[[impair]]
name = "hold"
when = { phase = "data_done", every = 3 }
effect = { hold = "5s" }
[[impair]]
name = "swallow"
when = { phase = "mail", probability = 0.05 }
effect = { swallow = "reply" }
)";

struct Case {
    const char* name;
    const char* scenario;
};

class Determinism : public testing::TestWithParam<Case> {};

TEST_P(Determinism, TwoRunsInOneProcessAreTheSame) {
    const test::VirtualRun one = test::run_virtual(GetParam().scenario, {.seed = 7});
    const test::VirtualRun two = test::run_virtual(GetParam().scenario, {.seed = 7});
    EXPECT_GT(one.of_kind(EventKind::rule_fired).size(), 10U);
    EXPECT_EQ(one.summary.digest, two.summary.digest);
    EXPECT_TRUE(one.events == two.events);
}

TEST_P(Determinism, TwoRunsInTwoProcessesAreTheSame) {
    const auto run = [] {
        return run_program(built_program(), World::virtual_time, GetParam().scenario, 7);
    };
    const ProgramRun one = run();
    const ProgramRun two = run();
    ASSERT_EQ(one.trouble + two.trouble, "");
    EXPECT_EQ(one.summary.digest.size(), 32U);
    EXPECT_EQ(one.summary.digest, two.summary.digest);
}

TEST_P(Determinism, AnotherSeedIsAnotherRun) {
    const ProgramRun one =
        run_program(built_program(), World::virtual_time, GetParam().scenario, 7);
    const ProgramRun two =
        run_program(built_program(), World::virtual_time, GetParam().scenario, 8);
    ASSERT_EQ(one.trouble + two.trouble, "");
    EXPECT_NE(one.summary.digest, two.summary.digest);
}

TEST_P(Determinism, TheDigestIsThatOfTheLedger) {
    const ProgramRun run =
        run_program(built_program(), World::virtual_time, GetParam().scenario, 7);
    ASSERT_EQ(run.trouble, "");
    EXPECT_EQ(run.recomputed_digest, run.summary.digest);
}

TEST_P(Determinism, EveryBuildRunsTheSame) {
    const std::string here =
        run_program(built_program(), World::virtual_time, GetParam().scenario, 7).summary.digest;
    for (const std::string preset : {"release", "clang"}) {
        const std::string program =
            std::string(TWOFIFTY_SOURCE_DIR) + "/build/" + preset + "/twofifty";
        const ProgramRun run = run_program(program, World::virtual_time, GetParam().scenario, 7);
        ASSERT_EQ(run.trouble, "");
        EXPECT_EQ(run.summary.digest, here)
            << program << " is of other sources (./dev test builds it anew), or of another mind";
    }
}

INSTANTIATE_TEST_SUITE_P(Scenarios, Determinism,
                         testing::Values(Case{"poisson", poisson}, Case{"lmtp_chunks", lmtp_chunks},
                                         Case{"everything", everything}),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace twofifty::parity
