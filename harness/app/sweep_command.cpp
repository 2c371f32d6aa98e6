// twofifty sweep: every cell of a scenario's [sweep], in virtual time over all cores, or on real
// sockets one after the other; then what follows from them.
#include "harness/app/commands.hpp"
#include "harness/app/execute.hpp"
#include "harness/app/interrupts.hpp"
#include "harness/app/run_folder.hpp"
#include "harness/app/sweep_progress.hpp"
#include "harness/app/sweep_runner.hpp"
#include "harness/report/format.hpp"
#include "harness/report/words.hpp"
#include "harness/scenario/read_scenario.hpp"
#include "harness/scenario/write_scenario.hpp"
#include "harness/sweep/expand.hpp"
#include "harness/sweep/formats.hpp"
#include "settings/value.hpp"

#include <fmt/format.h>

#include <unistd.h>
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>

namespace twofifty::harness {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

constexpr std::chrono::milliseconds look_interval{50};

/// A scenario with [sweep], and the tree that its cells are made from.
struct Planned {
    settings::Value base;
    Scenario scenario;

    const Sweep& sweep() const { return *scenario.sweep; }
};

Planned plan(const SweepCommandOptions& options) {
    std::vector<std::string> overrides = options.overrides;
    if (options.seed) overrides.push_back(fmt::format("seed={}", *options.seed));
    Planned planned;
    planned.scenario = load_scenario(options.scenario, overrides);
    planned.base = settings::read_toml_file(options.scenario);
    for (const std::string& assignment : overrides)
        settings::apply_override(planned.base, assignment);
    if (!planned.scenario.sweep)
        throw CommandError(ExitCode::bad_input,
                           fmt::format("{}: it has no [sweep]; docs/sweep.md says how to write one",
                                       options.scenario));
    remove_sweep(planned.base);
    // A cell may name a real server by its own axis, hence each is looked at.
    const auto require_reference = [&](std::uint64_t cell, const Scenario& scenario) {
        const std::string beyond = options.real ? "" : needs_real_time(scenario);
        if (beyond.empty()) return;
        throw CommandError(ExitCode::bad_input,
                           fmt::format("{}: a sweep in virtual time cannot {}: a real server lives "
                                       "in real time; give --real",
                                       name_of_cell(planned.sweep(), cell), beyond));
    };
    check_cells(planned.base, planned.sweep(), planned.scenario.seed, require_reference);
    return planned;
}

SweepResult result_of(const Planned& planned, const SweepCommandOptions& options) {
    SweepResult result;
    result.name = planned.scenario.name;
    result.question = planned.scenario.question;
    result.version = TWOFIFTY_VERSION;
    result.world = options.real ? "real" : "virtual";
    result.started_at = utc_now();
    result.seed = planned.scenario.seed;
    result.expects = !planned.scenario.expectations.empty();
    result.sweep = planned.sweep();
    return result;
}

/// The folder is made when it is sure that there will be something to put into it.
class ResultsFolder {
public:
    ResultsFolder(const SweepCommandOptions& options, const Scenario& scenario)
        : base_(options.out), scenario_(scenario) {}

    const fs::path& path() {
        if (path_.empty()) {
            path_ = make_run_folder(base_, scenario_.name + "-sweep", "latest-sweep");
            write_file(path_ / "scenario.toml", to_toml(scenario_));
        }
        return path_;
    }

private:
    fs::path base_;
    const Scenario& scenario_;
    fs::path path_;
};

unsigned jobs_of(const SweepCommandOptions& options) {
    return options.jobs > 0 ? options.jobs : std::max(1U, std::thread::hardware_concurrency());
}

std::vector<std::optional<CellFigures>> run_virtual(const Planned& planned,
                                                    const SweepCommandOptions& options,
                                                    ResultsFolder& folder) {
    const unsigned jobs = jobs_of(options);
    SweepProgress progress(planned.scenario.name, cells_of(planned.sweep()), jobs, options.quiet);
    const Interrupts signals;
    SweepRunner runner(planned.base, planned.sweep(), planned.scenario.seed, jobs);
    bool agreed = options.yes;
    if (agreed) folder.path();
    while (!runner.ended()) {
        std::this_thread::sleep_for(look_interval);
        progress.show(runner.finished());
        if (signals.count() > 0) runner.stop();
        if (agreed || runner.ended()) continue;
        const std::optional<std::chrono::seconds> whole = progress.estimate(runner.finished());
        if (!whole) continue;
        progress.require_patience(*whole, planned.sweep().seeds);
        agreed = true;
        folder.path();
    }
    return runner.take();
}

/// As `twofifty run` does it, one run after the other; an interrupted run ends the sweep.
std::vector<std::optional<CellFigures>> run_real(const Planned& planned,
                                                 const SweepCommandOptions& options,
                                                 ResultsFolder& folder) {
    const Sweep& sweep = planned.sweep();
    std::vector<std::optional<CellFigures>> cells(cells_of(sweep));
    SweepProgress progress(planned.scenario.name, cells.size(), 1, options.quiet);
    const fs::path file = folder.path() / "cell.toml";
    RunOptions run;
    run.scenarios = {file.string()};
    run.out = (folder.path() / "runs").string();
    run.may_send_to = options.may_send_to;
    run.quiet = true;
    bool agreed = options.yes;
    for (std::uint64_t cell = 0; cell < cells.size(); ++cell) {
        CellPool pool(bounded_figure(sweep));
        for (std::uint32_t number = 0; number < sweep.seeds; ++number) {
            write_file(file, to_toml(read_cell(planned.base, sweep, cell,
                                               planned.scenario.seed + number)));
            if (run_command(run) == ExitCode::environment)
                throw CommandError(ExitCode::environment,
                                   name_of_cell(sweep, cell) + ": the run failed");
            const fs::path summary = fs::path(run.out) / "latest" / "summary.json";
            const Summary read = read_json(read_file(summary), summary.string());
            const bool interrupted = std::ranges::any_of(read.incomplete, [](const auto& reason) {
                return reason.find("interrupted") != std::string::npos;
            });
            if (interrupted) return cells;
            pool.add(read);
        }
        cells[cell] = pool.figures();
        progress.show(cell + 1);
        if (agreed) continue;
        if (const auto whole = progress.estimate(cell + 1))
            progress.require_patience(*whole, sweep.seeds);
        agreed = true;
    }
    return cells;
}

void write_reports(const fs::path& folder, const SweepResult& result) {
    write_file(folder / "sweep.csv", write_sweep_csv(result));
    write_file(folder / "sweep.json", write_sweep_json(result));
    write_file(folder / "sweep.md", write_sweep_markdown(result));
    write_file(folder / "sweep.svg", write_sweep_svg(result));
    write_file(folder / "sweep.html", write_sweep_html(result));
}

/// A bound was stated, and somewhere no value keeps it.
bool bound_is_broken(const SweepResult& result) {
    return std::ranges::any_of(result.lines, [](const SweepLine& line) {
        return line.recommendation && !line.recommendation->cell;
    });
}

}  // namespace

ExitCode sweep_command(const SweepCommandOptions& options) {
    const Planned planned = plan(options);
    ResultsFolder folder(options, planned.scenario);
    SweepResult result = result_of(planned, options);
    result.cells =
        options.real ? run_real(planned, options, folder) : run_virtual(planned, options, folder);
    result.lines = judge_lines(result.sweep, result.cells);
    write_reports(folder.path(), result);
    if (!options.quiet)
        fmt::print("{}results: {}\n", write_sweep_terminal(result, isatty(STDOUT_FILENO) == 1),
                   folder.path().string());
    if (!is_complete(result))
        throw CommandError(ExitCode::inconclusive,
                           fmt::format("{}: interrupted: {} of {} cells were finished", result.name,
                                       finished_cells(result), result.cells.size()));
    if (bound_is_broken(result))
        throw CommandError(ExitCode::failed,
                           fmt::format("{}: {} {} is kept by no value of {}{}", result.name,
                                       result.sweep.bound->figure, result.sweep.bound->bound,
                                       result.sweep.axes[*result.sweep.timeout].label,
                                       result.lines.size() > 1 ? " in some combination" : ""));
    return ExitCode::passed;
}

}  // namespace twofifty::harness
