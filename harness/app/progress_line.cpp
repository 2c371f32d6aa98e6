#include "harness/app/progress_line.hpp"

#include <fmt/format.h>

#include <unistd.h>
#include <cstdio>

namespace twofifty::harness {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds interval{250};

double seconds(steady_clock::duration duration) {
    return std::chrono::duration<double>(duration).count();
}

}  // namespace

ProgressLine::ProgressLine(const Scenario& scenario, bool quiet)
    : name_(scenario.name),
      enabled_(!quiet && isatty(STDERR_FILENO) == 1),
      started_(steady_clock::now()),
      last_(started_) {}

ProgressLine::~ProgressLine() {
    if (shown_) std::fputs("\r\x1b[K", stderr);
}

void ProgressLine::show(const ProgressRecorder& progress) {
    const steady_clock::time_point now = steady_clock::now();
    if (!enabled_ || now - last_ < interval) return;
    const std::uint64_t submitted = progress.submitted;
    const std::uint64_t settled = progress.settled;
    const double rate = static_cast<double>(submitted - last_submitted_) / seconds(now - last_);
    const std::string line = fmt::format(
        "\r\x1b[K{}: {:.1f} s, {:.0f}/s, {} sent, {} in flight, {} copies, {} faults", name_,
        seconds(now - started_), rate, submitted, submitted > settled ? submitted - settled : 0,
        progress.copies.load(), progress.firings.load());
    std::fputs(line.c_str(), stderr);
    std::fflush(stderr);
    shown_ = true;
    last_ = now;
    last_submitted_ = submitted;
}

}  // namespace twofifty::harness
