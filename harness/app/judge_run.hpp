#pragma once

#include "harness/app/exit_code.hpp"
#include "harness/app/run_judge.hpp"
#include "harness/ledger/ledger.hpp"
#include "harness/report/summary.hpp"

#include <cstdint>
#include <filesystem>

namespace twofifty::harness {

struct JudgedRun {
    Summary summary;
    bool target_failed = false;  ///< The target could not be used at all.
};

enum class Standing : std::uint8_t {
    ended,   ///< A run that did not go to its end is incomplete.
    so_far,  ///< Of one that goes on: as if it ended now.
};

/// Judges a run folder from what is stored in it: ledger.sqlite, and scenario.toml or proxy.toml.
/// Another thread may be writing the ledger meanwhile. Throws CommandError.
JudgedRun judge_run(const std::filesystem::path& folder, Standing standing = Standing::ended);

/// The same of a run that `judge` has followed to its end, event by event; `ledger` is the one that
/// was written meanwhile, in that folder. Throws CommandError.
JudgedRun judge_followed_run(const std::filesystem::path& folder, const Ledger& ledger,
                             RunJudge& judge);

/// Writes every report into the folder. Throws CommandError (environment), a full disk for one.
void write_reports(const std::filesystem::path& folder, const Summary& summary);

/// One line on standard error for a run that did not pass.
void say_why(const JudgedRun& judged);

ExitCode exit_code_of(const JudgedRun& judged);

}  // namespace twofifty::harness
