#include "harness/app/commands.hpp"
#include "harness/app/judge_run.hpp"
#include "harness/app/run_folder.hpp"
#include "harness/report/format.hpp"
#include "harness/report/words.hpp"
#include "harness/scenario/read_scenario.hpp"
#include "harness/scenario/template.hpp"
#include "harness/sweep/expand.hpp"

#include <fmt/format.h>

#include <unistd.h>
#include <filesystem>

namespace twofifty::harness {
namespace {

namespace fs = std::filesystem;

bool on_terminal() {
    return isatty(STDOUT_FILENO) == 1;
}

/// Every cell of a sweep is a scenario too.
void check_cells(const std::string& path, const std::vector<std::string>& overrides,
                 const Scenario& scenario) {
    settings::Value base = settings::read_toml_file(path);
    for (const std::string& assignment : overrides) settings::apply_override(base, assignment);
    harness::check_cells(base, *scenario.sweep, scenario.seed);
}

}  // namespace

ExitCode check_command(const std::vector<std::string>& scenarios,
                       const std::vector<std::string>& overrides) {
    for (const std::string& path : scenarios) {
        const Scenario scenario = load_scenario(path, overrides);
        std::string cells;
        if (scenario.sweep) {
            check_cells(path, overrides, scenario);
            cells = ", " + counted(cells_of(*scenario.sweep), "cell", "cells");
        }
        fmt::print("{}: ok ({}, {}{})\n", path, counted(scenario.rules.size(), "rule", "rules"),
                   counted(scenario.expectations.size(), "expectation", "expectations"), cells);
    }
    return ExitCode::passed;
}

ExitCode report_command(const std::string& run, const std::string& junit, bool quiet) {
    const fs::path folder = run;
    const JudgedRun judged = judge_run(folder);
    const Summary& summary = judged.summary;
    write_reports(folder, summary);
    if (!junit.empty()) write_file(junit, write_junit({&summary, 1}));
    if (!quiet) fmt::print("{}", write_terminal(summary, on_terminal()));
    say_why(judged);
    return exit_code_of(judged);
}

ExitCode init_command(const std::string& path) {
    if (fs::exists(path))
        throw CommandError(ExitCode::bad_input, path + " exists; name another file");
    write_file(path, scenario_template());
    fmt::print("wrote {}; try: twofifty run --virtual {}\n", path, path);
    return ExitCode::passed;
}

}  // namespace twofifty::harness
