// Claims about many messages: the law that copies follow, and that every copy is one transaction
// that the layer saw, also over a network that splits everything everywhere.
#include "tests/support/chance.hpp"
#include "tests/support/virtual_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <numeric>
#include <vector>

namespace twofifty {
namespace {

using namespace std::chrono_literals;
using test::run_virtual;
using test::VirtualRun;

class LossRate : public testing::TestWithParam<double> {};

// A 250 is lost with chance p at each attempt, independently: a message has k copies with
// probability p^(k-1) (1-p).
TEST_P(LossRate, CopiesFollowTheGeometricLaw) {
    const double p = GetParam();
    constexpr std::uint64_t messages = 5000;
    const VirtualRun run = run_virtual(fmt::format(R"(
seed = 2009
[fleet]
senders = 4
messages = {}
rate = "500/s"
connections = 100
timeouts = {{ data_done = "1s" }}
retry = {{ schedule = ["1s"], lifetime = "1h" }}
[message]
size = "1KiB"
[[impair]]
name = "lose"
when = {{ phase = "data_done", reply = "2xx", probability = {} }}
effect = {{ drop = "reply" }}
)",
                                                   messages, p));
    ASSERT_EQ(run.judgement.counts.recipients, messages);
    // One chance in a million for each of the bins that are compared.
    constexpr double error = 1e-6;
    std::map<std::uint32_t, std::uint64_t> histogram = run.judgement.counts.copies_histogram;
    EXPECT_EQ(histogram[0], 0U);
    std::uint64_t at_least = messages;
    for (std::uint32_t copies = 1; at_least > 0; ++copies) {
        const double chance = std::pow(p, copies - 1) * (1 - p);
        const test::CountBounds bounds = test::binomial_bounds(messages, chance, error);
        EXPECT_GE(histogram[copies], bounds.least) << copies << " copies";
        EXPECT_LE(histogram[copies], bounds.most) << copies << " copies";
        at_least -= histogram[copies];
    }
    EXPECT_EQ(run.cause("reply_dropped"), run.judgement.counts.extra_copies);
}

INSTANTIATE_TEST_SUITE_P(Retransmission, LossRate, testing::Values(0.1, 0.3, 0.5));

using Pair = std::pair<std::uint32_t, std::uint32_t>;

std::map<Pair, int> count_pairs(const VirtualRun& run, EventKind kind) {
    std::map<Pair, int> pairs;
    for (const Event& event : run.of_kind(kind)) ++pairs[{event.message, event.recipient}];
    return pairs;
}

struct SavageCase {
    const char* name;
    const char* fleet;
    const char* target;
    /// What happens to a reply to RCPT. A client that is told a refusal which the server knows
    /// nothing of may end with "." what it never sent, or read LMTP's replies as those of its next
    /// commands; the harness would rightly name what comes of it.
    const char* on_recipient = "delay = '4s'";
};

class SavageNetwork : public testing::TestWithParam<SavageCase> {};

// All that can go wrong at once, over a network that reads by pieces and holds few bytes: whatever
// happened, each copy is a transaction that the layer saw accepted, and nothing is lost.
TEST_P(SavageNetwork, CopiesFoundAreTransactionsAccepted) {
    const std::string scenario =
        fmt::format(R"(
[fleet]
senders = 3
messages = 60
rate = "30/s"
arrivals = "poisson"
connections = 5
messages_per_connection = 7
{}
timeouts.greeting = "3s"
timeouts.helo = "3s"
timeouts.mail = "3s"
timeouts.rcpt = "3s"
timeouts.data_init = "3s"
timeouts.data_xfer = "3s"
timeouts.data_done = "2s"
retry = {{ schedule = ["500ms", "1s"], lifetime = "1h" }}
[message]
size = {{ distribution = "uniform", min = "1KiB", max = "40KiB" }}
recipients = 2
{}
[target.reference]
service_time = {{ distribution = "lognormal", median = "50ms", sigma = 1.5, max = "10s" }}
[[impair]]
name = "lose"
when = {{ phase = "data_done", reply = "2xx", probability = 0.15 }}
effect = {{ drop = "reply" }}
[[impair]]
name = "late"
when = {{ phase = "data_done", reply = "2xx", probability = 0.2 }}
effect = {{ delay = {{ distribution = "exponential", mean = "1s" }} }}
[[impair]]
name = "cut-before"
when = {{ phase = "data_xfer", probability = 0.1 }}
effect = {{ cut = "both" }}
[[impair]]
name = "cut-within"
when = {{ phase = "data_done", probability = 0.1 }}
effect = {{ cut = {{ side = "client", how = "fin", when = {{ bytes = 5 }} }} }}
[[impair]]
name = "busy"
when = {{ phase = "rcpt", probability = 0.1 }}
effect = {{ {} }}
[[impair]]
name = "no-greeting"
when = {{ phase = "greeting", probability = 0.1 }}
effect = {{ drop = "reply" }}
[virtual]
latency = "7ms"
[drain]
budget = "1h"
)",
                    GetParam().fleet, GetParam().target, GetParam().on_recipient);
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const VirtualRun run =
            run_virtual(scenario, {.seed = seed, .short_read_chance = 0.5, .buffer_size = 512});
        const auto copies = count_pairs(run, EventKind::copy_found);
        EXPECT_EQ(copies, count_pairs(run, EventKind::transaction_accepted)) << "seed " << seed;
        EXPECT_EQ(copies.size(), 120U) << "seed " << seed << ": no pair is without a copy";
        EXPECT_EQ(run.judgement.discrepancy_count, 0U) << "seed " << seed;
        EXPECT_EQ(run.judgement.counts.unexpected, 0U) << "seed " << seed;
        EXPECT_EQ(run.verdict("corrupted"), 0U) << "seed " << seed;
        EXPECT_EQ(run.verdict("lost"), 0U) << "seed " << seed;
        EXPECT_EQ(run.cause("unattributed"), 0U) << "seed " << seed;
        EXPECT_EQ(run.judgement.drain_end, "quiet") << "seed " << seed;
        EXPECT_GT(run.judgement.counts.extra_copies, 0U) << "seed " << seed;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Protocols, SavageNetwork,
    testing::Values(SavageCase{"pipelined", "", ""},
                    SavageCase{"one_by_one", "pipelining = false", "", "replace = '450 busy'"},
                    SavageCase{"chunks", "chunking = true\nchunk_size = '3000B'", "",
                               "replace = '450 busy'"},
                    SavageCase{"lmtp", "", "[target]\nprotocol = 'lmtp'"},
                    SavageCase{"lmtp_chunks", "chunking = true", "[target]\nprotocol = 'lmtp'"}),
    [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace twofifty
