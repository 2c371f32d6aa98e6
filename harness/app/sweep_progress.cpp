#include "harness/app/sweep_progress.hpp"

#include "harness/app/exit_code.hpp"
#include "settings/units.hpp"

#include <fmt/format.h>

#include <unistd.h>
#include <algorithm>
#include <cstdio>
#include <utility>

namespace twofifty::harness {
namespace {

using std::chrono::duration_cast;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr std::chrono::milliseconds interval{250};
constexpr std::chrono::minutes patience{5};
/// A cell that takes longer than this tells enough by itself.
constexpr std::chrono::minutes look_at_least_by{1};
/// So many cells for each thread, since the first ones are not like the others.
constexpr std::uint64_t cells_measured = 2;

}  // namespace

SweepProgress::SweepProgress(std::string name, std::uint64_t cells, unsigned jobs, bool quiet)
    : name_(std::move(name)),
      cells_(cells),
      jobs_(jobs),
      enabled_(!quiet && isatty(STDERR_FILENO) == 1),
      started_(steady_clock::now()),
      last_(started_) {}

SweepProgress::~SweepProgress() {
    if (shown_) std::fputs("\r\x1b[K", stderr);
}

void SweepProgress::show(std::uint64_t finished) {
    const steady_clock::time_point now = steady_clock::now();
    if (!enabled_ || now - last_ < interval) return;
    last_ = now;
    shown_ = true;
    std::string left;
    if (const std::optional<seconds> whole = estimate(finished)) {
        const seconds more = std::max(seconds{0}, *whole - duration_cast<seconds>(now - started_));
        left = fmt::format(", about {} left", settings::format_duration(more));
    }
    fmt::print(stderr, "\r\x1b[K{}: {} of {} cells{}", name_, finished, cells_, left);
    std::fflush(stderr);
}

std::optional<seconds> SweepProgress::estimate(std::uint64_t finished) const {
    const steady_clock::duration elapsed = steady_clock::now() - started_;
    const bool enough = finished >= std::min(cells_, cells_measured * jobs_);
    if (!enough && elapsed < look_at_least_by) return std::nullopt;
    // Before the first is finished, as if all that run were about to be.
    const std::uint64_t known = std::max<std::uint64_t>(finished, jobs_);
    const double whole = std::chrono::duration<double>(elapsed).count() *
                         static_cast<double>(cells_) / static_cast<double>(known);
    return seconds{static_cast<std::int64_t>(whole)};
}

void SweepProgress::require_patience(seconds whole, std::uint32_t seeds) const {
    if (whole <= patience) return;
    throw CommandError(
        ExitCode::bad_input,
        fmt::format("{}: {} cells with {} runs each would take about {}; give --yes to start it, "
                    "or fewer values, seeds or messages",
                    name_, cells_, seeds, settings::format_duration(whole)));
}

}  // namespace twofifty::harness
