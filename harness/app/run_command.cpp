#include "harness/app/commands.hpp"
#include "harness/app/event_writer.hpp"
#include "harness/app/execute.hpp"
#include "harness/app/judge_run.hpp"
#include "harness/app/run_folder.hpp"
#include "harness/app/target_safety.hpp"
#include "harness/app/virtual_course.hpp"
#include "harness/fleet/message_factory.hpp"
#include "harness/ledger/ledger.hpp"
#include "harness/report/format.hpp"
#include "harness/scenario/read_scenario.hpp"
#include "settings/value.hpp"

#include <fmt/format.h>

#include <unistd.h>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <random>

namespace twofifty::harness {
namespace {

namespace fs = std::filesystem;

/// Several scenarios in one call: the worst one speaks for all.
ExitCode worse(ExitCode one, ExitCode other) {
    constexpr std::array order{ExitCode::passed, ExitCode::inconclusive, ExitCode::failed,
                               ExitCode::bad_input, ExitCode::environment};
    const auto rank = [&](ExitCode code) {
        return std::find(order.begin(), order.end(), code) - order.begin();
    };
    return rank(one) < rank(other) ? other : one;
}

/// The options that stand for a key of the file, as overrides of it.
std::vector<std::string> overrides_of(const RunOptions& options) {
    std::vector<std::string> overrides = options.overrides;
    if (options.seed) overrides.push_back(fmt::format("seed={}", *options.seed));
    if (!options.target.empty()) {
        overrides.push_back("target.address=" + settings::toml_text(options.target));
    }
    if (!options.maildir.empty()) {
        overrides.push_back("target.maildir=" + settings::toml_text(options.maildir));
    }
    return overrides;
}

Scenario prepare(const std::string& path, const RunOptions& options) {
    Scenario scenario = load_scenario(path, overrides_of(options));
    const std::string beyond = options.is_virtual ? needs_real_time(scenario) : "";
    if (!beyond.empty())
        throw CommandError(
            ExitCode::bad_input,
            fmt::format("{}: --virtual cannot {}: a real server lives in real time; leave one out",
                        path, beyond));
    if (scenario.target.address.empty()) return scenario;
    scenario.target.address = safe_address(scenario.target.address, options.may_send_to);
    return scenario;
}

RunIdentity make_identity(const Scenario& scenario, bool is_virtual) {
    if (is_virtual) return virtual_identity(scenario);
    std::random_device device;
    return {fmt::format("{:08x}", device()),
            std::chrono::system_clock::to_time_t(std::chrono::system_clock::now())};
}

/// "postfix-2": the second sender of that group; of a fleet of one kind, "sender-2".
std::vector<std::string> sender_names(const FleetSettings& fleet) {
    std::vector<std::string> names;
    for (const SenderGroup& group : fleet.groups)
        for (std::uint32_t i = 1; i <= group.senders; ++i)
            names.push_back(fmt::format("{}-{}", group.name.empty() ? "sender" : group.name, i));
    return names;
}

/// In the order of their numbers; [sender], a server too, behind them.
std::vector<std::string> receiver_names(const Scenario& scenario) {
    const TargetSettings& target = scenario.target;
    if (!target.address.empty()) return {target.address};
    std::vector<std::string> names;
    for (const ReceiverSettings& receiver : target.receivers()) names.push_back(receiver.name);
    if (!scenario.sender.server.empty()) names.emplace_back(sender_name);
    return names;
}

Ledger make_ledger(const fs::path& folder, const Scenario& scenario, const AddressBook& recipients,
                   const RunIdentity& identity, bool is_virtual) {
    Ledger ledger = Ledger::create((folder / "ledger.sqlite").string());
    std::vector<std::string> addresses;
    for (std::uint32_t number = 1; number <= recipients.size(); ++number)
        addresses.push_back(recipients.address_of(number));
    ledger.set_recipients(addresses);
    ledger.set_rules(rule_facts(scenario));
    ledger.set_receivers(receiver_names(scenario));
    ledger.set_senders(sender_names(scenario.fleet));
    ledger.set_run("scenario", scenario.name);
    ledger.set_run("world", is_virtual ? "virtual" : "real");
    ledger.set_run("seed", std::to_string(scenario.seed));
    ledger.set_run("version", TWOFIFTY_VERSION);
    ledger.set_run("run_id", identity.run_id);
    ledger.set_run("started_at", utc_now());
    ledger.set_run("state", "running");
    return ledger;
}

JudgedRun carry_out(const fs::path& folder, const Scenario& scenario, const RunOptions& options) {
    const AddressBook recipients = make_address_book(scenario.message);
    const RunIdentity identity = make_identity(scenario, options.is_virtual);
    try {
        Ledger ledger = make_ledger(folder, scenario, recipients, identity, options.is_virtual);
        RunJudge judge(judge_facts(scenario, rule_facts(scenario)),
                       options.is_virtual ? "virtual" : "real");
        EventWriter events(ledger, &judge);
        const Execution execution{scenario, recipients, identity, events, folder, options.quiet};
        const std::string observed_at =
            options.is_virtual ? execute_virtual(execution) : execute_real(execution);
        events.finish();
        ledger.set_run("observed_at", observed_at);
        ledger.set_run("state", "complete");
        return judge_followed_run(folder, ledger, judge);
    } catch (const LedgerError& error) {
        throw CommandError(ExitCode::environment, fmt::format("{} What was stored is in {}.",
                                                              error.what(), folder.string()));
    }
}

JudgedRun run_one(const fs::path& folder, const Scenario& scenario, const RunOptions& options) {
    JudgedRun judged = carry_out(folder, scenario, options);
    write_reports(folder, judged.summary);
    if (!options.quiet && !judged.target_failed) {
        const std::string text = write_terminal(judged.summary, isatty(STDOUT_FILENO) == 1);
        fmt::print("{}results: {}\n", text, folder.string());
    }
    return judged;
}

/// The file is written when all is over; that it has no place to go should be known before.
void require_folder_of_junit(const fs::path& junit) {
    const fs::path folder = junit.parent_path();
    if (folder.empty() || fs::is_directory(folder)) return;
    throw CommandError(ExitCode::bad_input, fmt::format("--junit {}: there is no folder {}",
                                                        junit.string(), folder.string()));
}

}  // namespace

ExitCode run_command(const RunOptions& options) {
    // Everything must be sound before the first scenario is started.
    require_folder_of_junit(options.junit);
    std::vector<Scenario> scenarios;
    for (const std::string& path : options.scenarios) scenarios.push_back(prepare(path, options));

    ExitCode code = ExitCode::passed;
    std::vector<Summary> summaries;
    for (const Scenario& scenario : scenarios) {
        const fs::path folder = make_run_folder(options.out, scenario);
        try {
            JudgedRun judged = run_one(folder, scenario, options);
            say_why(judged);
            code = worse(code, exit_code_of(judged));
            summaries.push_back(std::move(judged.summary));
        } catch (const CommandError& error) {
            fmt::print(stderr, "twofifty: {}: {}\n", scenario.name, error.what());
            code = worse(code, error.code);
        }
    }
    if (!options.junit.empty()) write_file(options.junit, write_junit(summaries));
    return code;
}

}  // namespace twofifty::harness
