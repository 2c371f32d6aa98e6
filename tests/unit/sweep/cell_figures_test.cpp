// Several runs put together as one cell.
#include "harness/sweep/cell_figures.hpp"

#include "tests/unit/report/example_summary.hpp"

#include <gtest/gtest.h>

namespace twofifty::harness {
namespace {

using namespace std::chrono_literals;

Summary run(Result result = Result::passed) {
    Summary summary = example_summary();
    summary.result = result;
    summary.result_reasons = {std::string(to_string(result))};
    summary.connection_hours = 0.25;
    return summary;
}

TEST(CellPool, CountsAreAddedUpAndTheMostCopiesKept) {
    CellPool pool("verdicts.duplicated");
    pool.add(run());
    Summary second = run();
    second.copies_histogram = {{"1", 1999}, {"6", 1}};
    pool.add(second);
    const CellFigures expected{.runs = 2,
                               .messages = 4000,
                               .pairs = 4000,
                               .attempts = 4086,
                               .copies = 4082,
                               .extra_copies = 82,
                               .copies_max = 6,
                               .duplicated = 80,
                               .bounded = 80,
                               .connection_hours = 0.5};
    EXPECT_EQ(pool.figures(), expected);
}

// The percentile of all times, not a mean of percentiles: 99 of 100 are fast, the other run is
// slow.
TEST(CellPool, TimesAreOneSetBeforeAPercentileIsTaken) {
    CellPool pool("");
    Summary fast = run();
    fast.time_to_delivery.histogram = {{1024ns, 99}, {2048ns, 1}};
    Summary slow = run();
    slow.time_to_delivery.histogram = {{4096ns, 100}};
    pool.add(fast);
    pool.add(slow);
    const CellTimes times = pool.figures().delivery;
    EXPECT_EQ(times.count, 200U);
    EXPECT_NEAR(times.p50, 0.002048, 0.002048 / 250);
    EXPECT_NEAR(times.p99, 0.004096, 0.004096 / 250);
}

TEST(CellPool, AFailedRunSpeaksForTheCell) {
    CellPool pool("");
    for (const Result result : {Result::passed, Result::inconclusive, Result::failed,
                                Result::inconclusive, Result::passed})
        pool.add(run(result));
    EXPECT_EQ(pool.figures().result, Result::failed);
    EXPECT_EQ(pool.figures().reason, "failed");
}

TEST(CellPool, TheBoundMayBeAboutAnotherFigure) {
    CellPool pool("sender_ends.acknowledged");
    pool.add(run());
    EXPECT_EQ(pool.figures().bounded, 2000U);
}

TEST(CellFigures, RetriesAreAttemptsBeyondTheFirst) {
    EXPECT_EQ(retries_per_message({.messages = 100, .attempts = 150}), 0.5);
    EXPECT_EQ(retries_per_message({.messages = 100, .attempts = 90}), 0);
    EXPECT_EQ(retries_per_message({}), 0);
}

}  // namespace
}  // namespace twofifty::harness
