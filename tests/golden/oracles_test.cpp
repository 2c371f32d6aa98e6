// Oracles: where theory has a closed form, a run in virtual time must come to it, within bounds
// that follow from the number of draws: six standard deviations, so that a right program fails once
// in five hundred million runs.
#include "tests/support/chance.hpp"
#include "tests/support/virtual_run.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numeric>
#include <string>
#include <vector>

namespace twofifty::test {
namespace {

/// Of a right program failing here.
constexpr double error = 1e-9;
constexpr double deviations = 6;  ///< As much for a mean, whose distribution is about normal.

/// Expects `count` of `draws` to be what a chance of `p` gives.
void expect_share(std::uint64_t count, std::uint64_t draws, double p, const std::string& what) {
    const CountBounds bounds = binomial_bounds(draws, p, error);
    EXPECT_GE(count, bounds.least) << what;
    EXPECT_LE(count, bounds.most) << what;
}

std::map<std::string, std::uint64_t> copies_of(const VirtualRun& run) {
    std::map<std::string, std::uint64_t> counts;
    for (const harness::Count& count : run.summary.copies_histogram)
        counts[count.name] = count.count;
    return counts;
}

VirtualRun lose_replies(double p, int messages, const std::string& retry) {
    return run_virtual(fmt::format(R"(
seed = 17
[fleet]
messages = {}
connections = 100
timeouts = {{ data_done = "1s" }}
retry = {{ schedule = ["1s"], {} }}
[message]
size = "1B"
[[impair]]
name = "lost"
when = {{ phase = "data_done", reply = "2xx", probability = {} }}
effect = {{ drop = "reply" }}
[drain]
quiet_for = "1ms"
budget = "1d"
)",
                                   messages, retry, p));
}

// Each reply is lost with chance p, so a message has k copies with chance p^(k-1) (1-p).
TEST(Oracle, CopiesAreGeometricWithoutALimitOnAttempts) {
    constexpr double p = 0.3;
    constexpr int messages = 6000;
    const VirtualRun run = lose_replies(p, messages, "lifetime = \"10d\"");
    const std::map<std::string, std::uint64_t> counts = copies_of(run);
    for (int k = 1; k <= 5; ++k) {
        const auto found = counts.find(std::to_string(k));
        const std::uint64_t count = found == counts.end() ? 0 : found->second;
        expect_share(count, messages, std::pow(p, k - 1) * (1 - p), fmt::format("{} copies", k));
    }
}

// With at most n attempts the n-th copy is certain to be the last: p^(n-1).
TEST(Oracle, CopiesAreATruncatedGeometricWithALimitOnAttempts) {
    constexpr double p = 0.5;
    constexpr int messages = 6000;
    const VirtualRun run = lose_replies(p, messages, "most_failures = 3");
    const std::map<std::string, std::uint64_t> counts = copies_of(run);
    ASSERT_EQ(counts.size(), 3U);
    expect_share(counts.at("1"), messages, 1 - p, "1 copy");
    expect_share(counts.at("2"), messages, p * (1 - p), "2 copies");
    expect_share(counts.at("3"), messages, p * p, "3 copies");
    // Of those with three copies half were acknowledged after all; the others are told of a bounce.
    expect_share(harness::count_of(run.summary.sender_ends, "gave_up"), messages, p * p * p,
                 "given up");
}

/// P(X > t) of a reply time, against the share of messages whose only attempt timed out.
struct ReplyTime {
    std::string toml;
    double exceeds = 0;  ///< The chance that it is over 10 s.
};

void PrintTo(const ReplyTime& reply_time, std::ostream* out) {
    *out << reply_time.toml;
}

/// 1 - Phi(z).
double normal_tail(double z) {
    return std::erfc(z / std::sqrt(2.0)) / 2;
}

class Exceeds : public testing::TestWithParam<ReplyTime> {};

TEST_P(Exceeds, TheTimeoutWithItsTheoreticalChance) {
    constexpr int messages = 8000;
    const VirtualRun run = run_virtual(fmt::format(R"(
seed = 23
[fleet]
messages = {}
connections = 100
timeouts = {{ data_done = "10s" }}
retry = {{ lifetime = "0s" }}
[message]
size = "1B"
[target.reference]
service_time = {}
[virtual]
latency = "0s"
[drain]
quiet_for = "1ms"
budget = "30d"
)",
                                                   messages, GetParam().toml));
    std::uint64_t late = 0;
    for (const Event& event : run.of_kind(EventKind::attempt_ended))
        if (event.outcome == Outcome::unknown) ++late;
    expect_share(late, messages, GetParam().exceeds, GetParam().toml);
}

INSTANTIATE_TEST_SUITE_P(
    Oracle, Exceeds,
    testing::Values(ReplyTime{"\"9999ms\"", 0},  //
                    ReplyTime{"\"10001ms\"", 1},
                    ReplyTime{"{ distribution = \"uniform\", min = \"5s\", max = \"15s\" }", 0.5},
                    ReplyTime{"{ distribution = \"normal\", mean = \"8s\", deviation = \"2s\" }",
                              normal_tail(1)},
                    ReplyTime{"{ distribution = \"lognormal\", median = \"4s\", sigma = 0.8 }",
                              normal_tail(std::log(10.0 / 4) / 0.8)},
                    ReplyTime{"{ distribution = \"exponential\", mean = \"6s\" }",
                              std::exp(-10.0 / 6)},
                    ReplyTime{"{ distribution = \"pareto\", min = \"2s\", alpha = 1.5 }",
                              std::pow(2.0 / 10, 1.5)}));

/// The chance that a message has to wait in M/M/c with the offered load a = lambda / mu (Erlang C).
double erlang_c(int c, double a) {
    double term = 1;
    double sum = 0;
    for (int k = 0; k < c; ++k) {
        sum += term;
        term *= a / (k + 1);
    }
    const double all_busy = term * c / (c - a);
    return all_busy / (sum + all_busy);
}

struct Mean {
    double value = 0;
    double deviation = 0;  ///< Of the mean, from batches: waits that follow each other are alike.
};

Mean batch_mean(const std::vector<double>& values, std::size_t batches) {
    const std::size_t size = values.size() / batches;
    std::vector<double> means;
    for (std::size_t i = 0; i < batches; ++i) {
        const auto begin = values.begin() + static_cast<std::ptrdiff_t>(i * size);
        means.push_back(std::accumulate(begin, begin + static_cast<std::ptrdiff_t>(size), 0.0) /
                        static_cast<double>(size));
    }
    const auto n = static_cast<double>(batches);
    Mean mean{.value = std::accumulate(means.begin(), means.end(), 0.0) / n};
    double squares = 0;
    for (const double one : means) squares += (one - mean.value) * (one - mean.value);
    mean.deviation = std::sqrt(squares / (n - 1) / n);
    return mean;
}

/// Times from the end of data to the commit, in seconds, in the order of commits.
std::vector<double> times_in_receiver(int workers, double per_second, double mean_s) {
    const VirtualRun run = run_virtual(fmt::format(R"(
seed = 29
[fleet]
messages = 12000
rate = "{}/s"
arrivals = "poisson"
connections = 10000
timeouts = {{ data_done = "1d" }}
[message]
size = "1B"
[target.reference]
service_time = {{ distribution = "exponential", mean = "{}ms" }}
workers = {}
[virtual]
latency = "0s"
[drain]
quiet_for = "1ms"
budget = "30d"
)",
                                                   per_second, mean_s * 1000, workers));
    std::vector<double> times;
    for (const Event& copy : run.of_kind(EventKind::copy_found))
        times.push_back(to_seconds(copy.duration));
    // The queue is empty at first.
    return {times.begin() + 500, times.end()};
}

class Queue : public testing::TestWithParam<int> {};

// M/M/c: the mean time in the receiver is C / (c mu - lambda) + 1 / mu.
TEST_P(Queue, OfWorkersIsAsErlangSays) {
    const int c = GetParam();
    constexpr double mu = 1;
    const double lambda = 0.7 * c * mu;
    const double expected = erlang_c(c, lambda / mu) / (c * mu - lambda) + 1 / mu;
    const Mean mean = batch_mean(times_in_receiver(c, lambda, 1 / mu), 20);
    EXPECT_NEAR(mean.value, expected, deviations * mean.deviation) << "workers " << c;
    // A bound so wide that anything would pass it proves nothing.
    EXPECT_LT(deviations * mean.deviation, 0.5 * expected);
}

INSTANTIATE_TEST_SUITE_P(Oracle, Queue, testing::Values(1, 2, 5));

}  // namespace
}  // namespace twofifty::test
