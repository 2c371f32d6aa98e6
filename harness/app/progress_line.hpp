#pragma once

#include "harness/run/progress.hpp"
#include "harness/scenario/scenario.hpp"

#include <chrono>
#include <string>

namespace twofifty::harness {

/// One line on standard error that is written over while a run goes on. Silent where that is no
/// terminal, or when told so.
class ProgressLine {
public:
    ProgressLine(const Scenario& scenario, bool quiet);
    ~ProgressLine();

    void show(const ProgressRecorder& progress);

private:
    std::string name_;
    bool shown_ = false;
    bool enabled_;
    std::chrono::steady_clock::time_point started_;
    std::chrono::steady_clock::time_point last_;
    std::uint64_t last_submitted_ = 0;
};

}  // namespace twofifty::harness
