#include "harness/sweep/cell_figures.hpp"

#include <algorithm>

namespace twofifty::harness {
namespace {

void pour(const TimeFigures& times, TimeSpreadRecorder& into) {
    for (const TimeCount& bin : times.histogram) into.add(bin.value, bin.count);
}

CellTimes times_of(const TimeSpreadRecorder& recorder) {
    const TimeSpread spread = recorder.spread();
    return {.count = spread.count,
            .p50 = to_ms(spread.p50),
            .p90 = to_ms(spread.p90),
            .p99 = to_ms(spread.p99),
            .max = to_ms(spread.max)};
}

/// A run that did not go to its end, or that failed, speaks for its cell.
void take_result(CellFigures& cell, const Summary& run) {
    if (run.result == Result::passed) return;
    const bool worse = cell.result != Result::failed &&
                       (run.result == Result::failed || cell.result == Result::passed);
    if (!worse) return;
    cell.result = run.result;
    cell.reason = run.result_reasons.empty() ? "" : run.result_reasons.front();
}

}  // namespace

void CellPool::add(const Summary& run) {
    const auto verdict = [&run](std::string_view name) { return count_of(run.verdicts, name); };
    ++figures_.runs;
    figures_.messages += run.messages;
    figures_.pairs += run.recipients;
    figures_.attempts += run.attempts;
    figures_.copies += run.copies;
    figures_.extra_copies += run.extra_copies;
    figures_.copies_max =
        std::max(figures_.copies_max,
                 static_cast<std::uint64_t>(figure_value(run, "copies_max").value_or(0)));
    figures_.duplicated += verdict("duplicated");
    figures_.ghost += verdict("ghost");
    figures_.failed += verdict("failed");
    figures_.lost += verdict("lost");
    figures_.pending += verdict("pending");
    figures_.corrupted += verdict("corrupted");
    figures_.unobserved += verdict("unobserved");
    if (!bounded_.empty())
        figures_.bounded += static_cast<std::uint64_t>(figure_value(run, bounded_).value_or(0));
    figures_.connection_hours += run.connection_hours;
    take_result(figures_, run);
    pour(run.time_to_delivery, delivery_);
    pour(run.time_to_acknowledge, acknowledge_);
}

CellFigures CellPool::figures() const {
    CellFigures figures = figures_;
    figures.delivery = times_of(delivery_);
    figures.acknowledge = times_of(acknowledge_);
    return figures;
}

double duplicated_share(const CellFigures& figures) {
    if (figures.pairs == 0) return 0;
    return static_cast<double>(figures.duplicated) / static_cast<double>(figures.pairs);
}

Interval duplicated_interval(const CellFigures& figures) {
    return share_interval(figures.duplicated, figures.pairs);
}

double retries_per_message(const CellFigures& figures) {
    if (figures.messages == 0 || figures.attempts <= figures.messages) return 0;
    return static_cast<double>(figures.attempts - figures.messages) /
           static_cast<double>(figures.messages);
}

}  // namespace twofifty::harness
