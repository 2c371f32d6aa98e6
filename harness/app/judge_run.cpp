#include "harness/app/judge_run.hpp"

#include "harness/app/foreign_mail.hpp"
#include "harness/app/proxy_settings.hpp"
#include "harness/app/run_folder.hpp"
#include "harness/report/format.hpp"
#include "harness/report/summarise.hpp"
#include "harness/report/timeline.hpp"
#include "harness/scenario/read_scenario.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <set>
#include <string_view>
#include <vector>

namespace twofifty::harness {
namespace {

namespace fs = std::filesystem;

std::vector<Example> make_examples(const Ledger& ledger, const Judgement& judgement,
                                   const AddressBook& recipients) {
    std::vector<std::string> rules;
    for (const RuleFacts& rule : ledger.rules()) rules.push_back(rule.name);
    std::vector<Example> examples;
    for (const std::uint32_t message : judgement.examples) {
        const std::vector<std::string_view> causes = causes_of(judgement, message);
        examples.push_back(
            make_example(ledger.events_of(message), message, {recipients, rules}, causes));
    }
    return examples;
}

/// As a run that ends now would record it.
void end_now(RunJudge& judge) {
    const TimePoint at = judge.last();
    judge.add({.at = at, .kind = EventKind::load_ended, .text = "planned"});
    judge.add({.at = at, .kind = EventKind::queues_seen_empty});
    judge.add({.at = at, .kind = EventKind::drain_ended, .text = "quiet"});
}

/// `judge` has seen every event of the ledger.
JudgedRun conclude(const Scenario& scenario, const Ledger& ledger, RunJudge& judge) {
    const bool is_foreign = ledger.run("mail") == "foreign";
    RunFacts facts;
    facts.version = ledger.run("version");
    facts.world = ledger.run("world");
    facts.started_at = ledger.run("started_at");
    facts.observed_at = ledger.run("observed_at");
    facts.digest = judge.digest();
    const Judgement judgement = judge.finish();
    if (is_foreign) facts.assumptions = foreign_assumptions(ledger, judgement);
    const std::vector<std::string> addresses = ledger.recipients();
    const AddressBook recipients(addresses);
    JudgedRun judged{summarise(judgement, scenario, facts, recipients),
                     !judgement.target_failure.empty()};
    judged.summary.examples = is_foreign ? foreign_examples(ledger, judgement, recipients)
                                         : make_examples(ledger, judgement, recipients);
    return judged;
}

/// What the run was to do: a scenario's file, or a proxy's.
Scenario stored_scenario(const fs::path& folder) {
    const fs::path proxy = folder / proxy_settings_file;
    if (fs::exists(proxy))
        return as_scenario(read_proxy_settings(read_file(proxy), proxy.string()), true);
    const fs::path scenario = folder / "scenario.toml";
    return parse_scenario(read_file(scenario), scenario.string());
}

}  // namespace

JudgedRun judge_run(const fs::path& folder, Standing standing) {
    if (!fs::is_regular_file(folder / "ledger.sqlite"))
        throw CommandError(ExitCode::bad_input,
                           folder.string() + " is no run folder: it holds no ledger.sqlite");
    try {
        const Scenario scenario = stored_scenario(folder);
        const Ledger ledger = Ledger::open((folder / "ledger.sqlite").string());
        RunJudge judge(judge_facts(scenario, ledger.rules()), ledger.run("world"));
        ledger.for_each_event([&](const Event& event) { judge.add(event); });
        if (standing == Standing::so_far) end_now(judge);
        return conclude(scenario, ledger, judge);
    } catch (const settings::Error& error) {
        throw CommandError(ExitCode::bad_input, error.what());
    } catch (const LedgerError& error) {
        throw CommandError(ExitCode::bad_input, error.what());
    }
}

JudgedRun judge_followed_run(const fs::path& folder, const Ledger& ledger, RunJudge& judge) {
    try {
        return conclude(stored_scenario(folder), ledger, judge);
    } catch (const LedgerError& error) {
        throw CommandError(ExitCode::environment, error.what());
    }
}

void write_reports(const fs::path& folder, const Summary& summary) {
    for (const ReportFormat& format : report_formats())
        if (!format.file.empty()) write_file(folder / format.file, format.write(summary));
}

void say_why(const JudgedRun& judged) {
    const Summary& summary = judged.summary;
    if (summary.result == Result::passed) return;
    std::string reasons;
    for (const std::string& reason : summary.result_reasons) {
        reasons += (reasons.empty() ? "" : " ") + reason;
        // What follows from a target that cannot be used needs no saying.
        if (judged.target_failed) break;
    }
    fmt::print(stderr, "twofifty: {}: {}: {}\n", summary.scenario, to_string(summary.result),
               reasons);
}

ExitCode exit_code_of(const JudgedRun& judged) {
    if (judged.target_failed) return ExitCode::environment;
    return static_cast<ExitCode>(exit_code(judged.summary.result));
}

}  // namespace twofifty::harness
