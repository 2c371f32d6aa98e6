// twofifty compare: two runs, or two sweeps, side by side, and bounds on how much the second may
// differ.
#include "harness/app/commands.hpp"
#include "harness/app/run_folder.hpp"
#include "harness/report/compare.hpp"
#include "harness/report/format.hpp"
#include "harness/sweep/compare_sweeps.hpp"

#include <fmt/format.h>

#include <unistd.h>
#include <filesystem>
#include <string>

namespace twofifty::harness {
namespace {

namespace fs = std::filesystem;

/// A run's or a sweep's folder, or its JSON file by itself.
struct Side {
    std::string source;
    std::string text;
    bool is_sweep = false;
};

Side read_side(const fs::path& path) {
    fs::path file = path;
    if (fs::is_directory(path)) {
        file = path / "summary.json";
        if (!fs::exists(file) && fs::exists(path / "sweep.json")) file = path / "sweep.json";
    }
    Side side{.source = file.string(), .text = read_file(file)};
    side.is_sweep = is_sweep_json(side.text);
    return side;
}

/// Prints the comparison; yields whether every bound held.
bool compare_runs(const Side& first, const Side& second, const CompareCommandOptions& options,
                  std::span<const ChangeBound> bounds, BoundRule rule) {
    const RunComparison comparison = compare(read_json(first.text, first.source),
                                             read_json(second.text, second.source), bounds, rule);
    fmt::print("{}", options.json ? write_comparison_json(comparison)
                                  : write_comparison(comparison, isatty(STDOUT_FILENO) == 1));
    return comparison.all_held();
}

bool compare_two_sweeps(const Side& first, const Side& second, const CompareCommandOptions& options,
                        std::span<const ChangeBound> bounds, BoundRule rule) {
    const SweepComparison comparison =
        compare_sweeps(read_sweep_json(first.text, first.source),
                       read_sweep_json(second.text, second.source), bounds, rule);
    if (comparison.cells.empty())
        throw CommandError(ExitCode::bad_input, fmt::format("{} and {} have no cell in common",
                                                            first.source, second.source));
    fmt::print("{}", options.json ? write_sweep_comparison_json(comparison)
                                  : write_sweep_comparison(comparison, isatty(STDOUT_FILENO) == 1));
    return comparison.all_held();
}

}  // namespace

ExitCode compare_command(const CompareCommandOptions& options) {
    std::vector<ChangeBound> bounds;
    for (const std::string& bound : options.bounds) bounds.push_back(parse_change_bound(bound));
    const BoundRule rule =
        options.significant ? BoundRule::significant_excess : BoundRule::any_excess;
    const Side first = read_side(options.first);
    const Side second = read_side(options.second);
    if (first.is_sweep != second.is_sweep)
        throw CommandError(ExitCode::bad_input,
                           fmt::format("{} is {}, and {} is {}; expected two of a kind",
                                       first.source, first.is_sweep ? "a sweep" : "a run",
                                       second.source, second.is_sweep ? "a sweep" : "a run"));
    const bool held = first.is_sweep ? compare_two_sweeps(first, second, options, bounds, rule)
                                     : compare_runs(first, second, options, bounds, rule);
    if (held) return ExitCode::passed;
    throw CommandError(ExitCode::failed, "a bound is exceeded");
}

}  // namespace twofifty::harness
