#include "tests/parity/program_run.hpp"

#include "harness/ledger/event_digest.hpp"
#include "harness/ledger/judge.hpp"
#include "harness/ledger/ledger.hpp"
#include "harness/report/format.hpp"
#include "tests/cli/child.hpp"

#include <chrono>
#include <filesystem>

namespace twofifty::parity {

std::string built_program() {
    return TWOFIFTY_PROGRAM;
}

ProgramRun run_program(const std::string& program, World world, std::string_view scenario,
                       std::uint64_t seed) {
    ProgramRun run;
    if (!std::filesystem::exists(program)) {
        run.trouble = program + " is missing; ./dev test builds it before the tests";
        return run;
    }
    const cli::TempFolder folder;
    std::vector<std::string> command{program, "run", folder.write("scenario.toml", scenario)};
    if (world == World::virtual_time) command.emplace_back("--virtual");
    for (const std::string& argument :
         {std::string("--quiet"), std::string("--out"), (folder / "results").string(),
          std::string("--seed"), std::to_string(seed)})
        command.push_back(argument);
    const cli::Ended ended = cli::Child(command, folder.path()).wait(std::chrono::minutes{2});
    run.exit_code = ended.exit_code;
    if (ended.exit_code < 0 || ended.exit_code > 2) {
        run.trouble = program + " did not finish its run: " + ended.story();
        return run;
    }

    const std::filesystem::path results = folder / "results" / "latest";
    run.summary = harness::read_json(cli::read_text(results / "summary.json"), "summary.json");
    const harness::Ledger ledger = harness::Ledger::open((results / "ledger.sqlite").string());
    harness::EventDigest digest;
    ledger.for_each_event([&](const Event& event) {
        run.events.push_back(event);
        digest.add(event);
    });
    run.recomputed_digest = digest.value();
    run.judgement = harness::judge(run.events, {ledger.rules()});
    return run;
}

}  // namespace twofifty::parity
