#include "harness/app/sweep_runner.hpp"

#include "harness/app/exit_code.hpp"
#include "harness/app/run_in_memory.hpp"
#include "harness/scenario/figures.hpp"
#include "harness/sweep/expand.hpp"
#include "harness/sweep/sweep_result.hpp"

#include <algorithm>
#include <utility>

namespace twofifty::harness {

std::string bounded_figure(const Sweep& sweep) {
    return sweep.bound ? canonical_figure(sweep.bound->figure) : std::string();
}

SweepRunner::SweepRunner(const settings::Value& base, const Sweep& sweep, std::uint64_t seed,
                         unsigned jobs)
    : base_(base), sweep_(sweep), seed_(seed), cells_(cells_of(sweep)) {
    const auto threads = static_cast<unsigned>(std::min<std::uint64_t>(jobs, cells_.size()));
    active_ = threads;
    for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

SweepRunner::~SweepRunner() {
    stop_ = true;
    for (std::thread& thread : threads_)
        if (thread.joinable()) thread.join();
}

void SweepRunner::work() {
    try {
        for (std::uint64_t cell = next_++; cell < cells_.size() && !stop_; cell = next_++)
            run_cell(cell);
    } catch (...) {
        const std::scoped_lock lock(mutex_);
        if (!failure_) failure_ = std::current_exception();
        stop_ = true;
    }
    --active_;
}

void SweepRunner::run_cell(std::uint64_t cell) {
    CellPool pool(bounded_figure(sweep_));
    for (std::uint32_t run = 0; run < sweep_.seeds; ++run) {
        const Scenario scenario = read_cell(base_, sweep_, cell, seed_ + run);
        try {
            pool.add(run_in_memory(scenario, stop_));
        } catch (const CommandError& error) {
            throw CommandError(error.code, name_of_cell(sweep_, cell) + ": " + error.what());
        }
        // What was running when it was told to stop is no whole run.
        if (stop_) return;
    }
    cells_[cell] = pool.figures();
    ++finished_;
}

std::vector<std::optional<CellFigures>> SweepRunner::take() {
    for (std::thread& thread : threads_) thread.join();
    if (failure_) std::rethrow_exception(failure_);
    return std::move(cells_);
}

}  // namespace twofifty::harness
