#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace twofifty::harness {

/// How far a sweep is: one line on standard error that is written over, silent where that is no
/// terminal; and how long the whole of it will take, as far as its first cells tell.
class SweepProgress {
public:
    SweepProgress(std::string name, std::uint64_t cells, unsigned jobs, bool quiet);
    ~SweepProgress();
    SweepProgress(const SweepProgress&) = delete;
    SweepProgress& operator=(const SweepProgress&) = delete;

    void show(std::uint64_t finished);

    /// Of the whole sweep. Nothing while too few cells were finished to tell.
    std::optional<std::chrono::seconds> estimate(std::uint64_t finished) const;

    /// Throws CommandError (bad_input), which says how many runs it would be and how long they
    /// would take, where that is more than a few minutes.
    void require_patience(std::chrono::seconds whole, std::uint32_t seeds) const;

private:
    std::string name_;
    std::uint64_t cells_;
    unsigned jobs_;
    bool enabled_;
    bool shown_ = false;
    std::chrono::steady_clock::time_point started_;
    std::chrono::steady_clock::time_point last_;
};

}  // namespace twofifty::harness
