#pragma once

#include "harness/report/summary.hpp"
#include "harness/scenario/scenario.hpp"
#include "harness/sweep/cell_figures.hpp"
#include "settings/value.hpp"

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace twofifty::harness {

/// Runs the cells of a sweep in virtual time, several at once on threads of their own. A thread
/// takes a cell, runs all its seeds and pools them, so that what a cell comes to does not depend on
/// how many threads there are, or on which of them was faster.
class SweepRunner {
public:
    /// `base` and `sweep` must outlive it. `jobs` threads, at least one. Starts at once.
    SweepRunner(const settings::Value& base, const Sweep& sweep, std::uint64_t seed, unsigned jobs);
    /// Stops what still runs.
    ~SweepRunner();
    SweepRunner(const SweepRunner&) = delete;
    SweepRunner& operator=(const SweepRunner&) = delete;

    std::uint64_t finished() const { return finished_.load(); }
    /// Every cell was finished, or none will be any more.
    bool ended() const { return active_.load() == 0; }
    /// Ends running cells where they stand. They count as not finished.
    void stop() { stop_ = true; }

    /// Waits for the threads. By number; nothing for a cell that was not finished. Throws what a
    /// cell threw. Call once.
    std::vector<std::optional<CellFigures>> take();

private:
    void work();
    void run_cell(std::uint64_t cell);

    const settings::Value& base_;
    const Sweep& sweep_;
    std::uint64_t seed_;
    std::atomic<bool> stop_{false};
    std::atomic<std::uint64_t> next_{0};
    std::atomic<std::uint64_t> finished_{0};
    std::atomic<unsigned> active_{0};
    std::mutex mutex_;
    std::exception_ptr failure_;
    std::vector<std::optional<CellFigures>> cells_;
    std::vector<std::thread> threads_;
};

/// The canonical name of the figure that a sweep's bound is about; empty without one.
std::string bounded_figure(const Sweep& sweep);

}  // namespace twofifty::harness
