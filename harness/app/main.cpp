// The program: reads the command line, hands over to a subcommand, turns what it came to into an
// exit code.
#include "harness/app/commands.hpp"
#include "settings/value.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <exception>

namespace {

using namespace twofifty;
using harness::ExitCode;

constexpr const char* description =
    "twofifty: what happens to mail when the \"250\" is late or lost.\n"
    "Sends a fleet's mail through an impairment layer to a server, loses replies, counts the "
    "copies, says why.";

constexpr const char* examples =
    "Examples:\n"
    "  twofifty run scenarios/lost-250.toml                     the main job, on real sockets\n"
    "  twofifty run --virtual scenarios/*.toml                  the same in virtual time\n"
    "  twofifty sweep scenarios/how-long-to-wait.toml            which timeout: what each value "
    "costs\n"
    "  twofifty run scenarios/lost-250.toml --target 127.0.0.1:25 --maildir /var/mail/{user} "
    "--junit out.xml\n"
    "  twofifty run scenarios/lost-250.toml --set target.server=postfix\n"
    "                                                           a real server, started for the "
    "run; "
    "twofifty servers lists them\n"
    "  twofifty proxy --listen 127.0.0.1:2525 --upstream 127.0.0.1:25 --rules faults.toml\n"
    "                                                           between your own client and "
    "server\n"
    "  twofifty replay mail.jsonl --target 127.0.0.1:25          what proxy --record wrote, once "
    "more\n"
    "  twofifty report results/latest                           judge a run again from its ledger\n"
    "  twofifty diagnose results/latest                         why there are duplicates, from "
    "dialogues, queues and copies alone\n"
    "  twofifty compare RUN RUN --bound 'duplicated <= +0.5%'   exit 1 where the second is worse\n"
    "  twofifty profiles show domino                            what is known of a server, and "
    "what is assumed\n"
    "Exit codes: 0 expectations held, 1 one did not, 2 inconclusive, 3 bad input, 4 target or "
    "environment failed.";

struct CommandLine {
    CLI::App app{description, "twofifty"};
    harness::RunOptions run;
    harness::ProxyCommandOptions proxy;
    harness::ReplayCommandOptions replay;
    harness::SweepCommandOptions sweep;
    std::vector<std::string> check_scenarios;
    std::vector<std::string> check_overrides;
    std::string report_run;
    std::string report_junit;
    bool report_quiet = false;
    harness::CompareCommandOptions compare;
    std::string diagnose_run;
    bool diagnose_as_json = false;
    std::string init_path;
    std::string profile;
    std::string other_profile;
    std::string role;
    std::string server;
    std::uint16_t server_port = 0;
    std::vector<std::string> servers;
    std::string servers_out = "results";
    std::function<ExitCode()> chosen;

    CommandLine() {
        app.footer(examples);
        app.set_version_flag("--version", "twofifty " TWOFIFTY_VERSION);
        app.require_subcommand(1);
        add_run();
        add_sweep();
        add_proxy();
        add_replay();
        add_check();
        add_report();
        add_diagnose();
        add_compare();
        add_profiles();
        add_servers();
        add_clean();
        add_init();
    }

    void add_run() {
        CLI::App* const command = app.add_subcommand("run", "Carry out scenarios and judge them");
        command->add_option("scenario", run.scenarios, "Scenario files")->required();
        command->add_flag("--virtual", run.is_virtual, "In virtual time, repeatable byte for byte");
        command->add_option("--seed", run.seed, "In place of the scenario's seed");
        command->add_option("--set", run.overrides, "Override a key: fleet.messages=100")
            ->allow_extra_args(false);
        command->add_option("--target", run.target, "A server that runs already: host:port");
        command->add_option("--maildir", run.maildir,
                            "Where its copies appear; {user}, {recipient} stand for the address");
        command->add_option("--out", run.out, "The folder for run folders")->capture_default_str();
        command->add_option("--junit", run.junit, "Write JUnit XML there");
        command
            ->add_option("--i-may-send-to", run.may_send_to,
                         "Allow a host that is neither loopback nor private")
            ->allow_extra_args(false);
        command->add_flag("--quiet", run.quiet, "Print nothing but errors");
        command->callback([this] { chosen = [this] { return harness::run_command(run); }; });
    }

    void add_sweep() {
        CLI::App* const command = app.add_subcommand(
            "sweep", "Run a scenario for every combination of the values in its [sweep]");
        command->add_option("scenario", sweep.scenario, "A scenario file with [sweep]")->required();
        command->add_option("--set", sweep.overrides, "Override a key of all cells")
            ->allow_extra_args(false);
        command->add_option("--seed", sweep.seed, "In place of the scenario's seed");
        command->add_option("--jobs", sweep.jobs, "Cells at once (else as many as cores)")
            ->check(CLI::Range(1, 1024));
        command->add_flag("--real", sweep.real, "On real sockets, one run after the other");
        command->add_flag("--yes", sweep.yes, "Start it however long it takes");
        command->add_option("--out", sweep.out, "The folder for result folders")
            ->capture_default_str();
        command
            ->add_option("--i-may-send-to", sweep.may_send_to,
                         "Allow a host that is neither loopback nor private (with --real)")
            ->allow_extra_args(false);
        command->add_flag("--quiet", sweep.quiet, "Print nothing but errors");
        command->callback([this] { chosen = [this] { return harness::sweep_command(sweep); }; });
    }

    void add_proxy() {
        CLI::App* const command = app.add_subcommand(
            "proxy", "Stand between a client and a server that are not ours, and impair replies");
        const auto repeatable = [&](const char* name, std::vector<std::string>& values,
                                    const char* help) {
            return command->add_option(name, values, help)->allow_extra_args(false);
        };
        repeatable("--listen", proxy.listen, "Where clients connect: host:port");
        repeatable("--upstream", proxy.upstream, "The server behind it: host:port");
        command->add_option("--api", proxy.api, "Serve the HTTP API there: host:port");
        command->add_option("--token", proxy.token, "What requests to the API must bring");
        command->add_option("--rules", proxy.rules, "A file of [[impair]] rules");
        command->add_option(
            "--out", proxy.out,
            "Account for every message in a run folder there, and judge at the end");
        repeatable(
            "--expect", proxy.expect,
            "A bound that decides the exit code: 'duplicated == 0' (into results without --out)");
        command->add_option("--record", proxy.record, "Write every dialogue there, as JSON lines");
        command
            ->add_option("--tls", proxy.tls,
                         "terminate: see through STARTTLS; implicit: TLS from the first byte; "
                         "pass: leave it alone")
            ->capture_default_str()
            ->check(CLI::IsMember({"terminate", "implicit", "pass"}));
        command->add_option("--certificate", proxy.certificate,
                            "A PEM file that clients are shown (else one is made)");
        command->add_option("--key", proxy.key, "Its key, where it stands in another file");
        command->add_option("--verify", proxy.verify,
                            "A PEM file of authorities to believe servers by (else any is)");
        command->add_flag("--lmtp", proxy.lmtp, "The server speaks LMTP");
        command->add_option("--seed", proxy.seed, "What chance is drawn from")
            ->capture_default_str();
        command->add_option("--for", proxy.lasting, "End after so long: 30s, 5m");
        repeatable("--i-may-send-to", proxy.may_send_to,
                   "Allow a server that is neither loopback nor private");
        command->add_flag("--quiet", proxy.quiet, "Print nothing but errors");
        command->callback([this] { chosen = [this] { return harness::proxy_command(proxy); }; });
    }

    void add_replay() {
        CLI::App* const command = app.add_subcommand(
            "replay", "Send what clients said in a recording of a proxy to a server");
        command->add_option("recording", replay.recording, "What proxy --record wrote")->required();
        command->add_option("--target", replay.target, "The server: host:port")->required();
        command->add_option("--connection", replay.connection, "Only the one of this number");
        command
            ->add_option("--speed", replay.speed,
                         "1: at the recorded times; 0: as fast as the server answers")
            ->capture_default_str();
        command
            ->add_option("--i-may-send-to", replay.may_send_to,
                         "Allow a server that is neither loopback nor private")
            ->allow_extra_args(false);
        command->add_flag("--quiet", replay.quiet, "Print nothing but errors");
        command->callback([this] { chosen = [this] { return harness::replay_command(replay); }; });
    }

    void add_check() {
        CLI::App* const command =
            app.add_subcommand("check", "Read scenarios without running them");
        command->add_option("scenario", check_scenarios, "Scenario files")->required();
        command->add_option("--set", check_overrides, "Override a key")->allow_extra_args(false);
        command->callback([this] {
            chosen = [this] { return harness::check_command(check_scenarios, check_overrides); };
        });
    }

    void add_report() {
        CLI::App* const command =
            app.add_subcommand("report", "Judge a run folder again and write its reports");
        command->add_option("run", report_run, "A run folder")->required();
        command->add_option("--junit", report_junit, "Write JUnit XML there");
        command->add_flag("--quiet", report_quiet, "Print nothing but errors");
        command->callback([this] {
            chosen = [this] {
                return harness::report_command(report_run, report_junit, report_quiet);
            };
        });
    }

    void add_diagnose() {
        CLI::App* const command = app.add_subcommand(
            "diagnose", "Say why messages exist more than once, and what would have prevented it");
        command->add_option("run", diagnose_run, "A run folder")->required();
        command->add_flag("--json", diagnose_as_json, "For machines");
        command->callback([this] {
            chosen = [this] { return harness::diagnose_command(diagnose_run, diagnose_as_json); };
        });
    }

    void add_compare() {
        CLI::App* const command =
            app.add_subcommand("compare", "Two runs, or two sweeps, side by side");
        command->add_option("first", compare.first, "A run's or a sweep's folder, or its JSON file")
            ->required();
        command->add_option("second", compare.second, "Another")->required();
        command
            ->add_option("--bound", compare.bounds,
                         "How much a figure may change: 'duplicated <= +0.5%'")
            ->allow_extra_args(false);
        command->add_flag("--significant", compare.significant,
                          "A bound is exceeded only by what is significant at 5 %");
        command->add_flag("--json", compare.json, "Print JSON");
        command->callback(
            [this] { chosen = [this] { return harness::compare_command(compare); }; });
    }

    void add_profiles() {
        CLI::App* const command =
            app.add_subcommand("profiles", "What real servers do, each figure with its source");
        command->require_subcommand(0, 1);
        command->callback([this, command] {
            if (command->get_subcommands().empty()) chosen = harness::profiles_list_command;
        });
        command->add_subcommand("list", "All of them")->callback([this] {
            chosen = harness::profiles_list_command;
        });
        const auto with_role = [this](CLI::App* subcommand) {
            subcommand->add_option("--role", role, "sender or receiver; else both")
                ->check(CLI::IsMember({"sender", "receiver"}));
        };
        CLI::App* const show = command->add_subcommand("show", "Explain one");
        show->add_option("name", profile, "Such as postfix")->required();
        with_role(show);
        show->callback(
            [this] { chosen = [this] { return harness::profiles_show_command(profile, role); }; });
        CLI::App* const diff = command->add_subcommand("diff", "In what two differ");
        diff->add_option("first", profile, "Such as postfix")->required();
        diff->add_option("second", other_profile, "Such as exim")->required();
        with_role(diff);
        diff->callback([this] {
            chosen = [this] {
                return harness::profiles_diff_command(profile, other_profile, role);
            };
        });
    }

    void add_servers() {
        CLI::App* const command =
            app.add_subcommand("servers", "The real servers that a run can start");
        command->require_subcommand(0, 1);
        command->callback([this, command] {
            if (command->get_subcommands().empty()) chosen = harness::servers_list_command;
        });
        command->add_subcommand("list", "All of them, and which are installed")->callback([this] {
            chosen = harness::servers_list_command;
        });
        CLI::App* const keep = command->add_subcommand(
            "run", "Start one, say where it listens, and keep it until interrupted");
        keep->add_option("name", server, "Such as postfix")->required();
        keep->add_option("--port", server_port, "On loopback (else any free one)")
            ->check(CLI::Range(1024, 65535));
        keep->add_option("--out", servers_out, "The folder for its private directory")
            ->capture_default_str();
        keep->callback([this] {
            chosen = [this] {
                return harness::servers_run_command(server, server_port, servers_out);
            };
        });
        CLI::App* const check = command->add_subcommand("check", "Start each once, and stop it");
        check->add_option("name", servers, "Such as postfix")->required();
        check->add_option("--out", servers_out, "The folder for their private directories")
            ->capture_default_str();
        check->callback([this] {
            chosen = [this] { return harness::servers_check_command(servers, servers_out); };
        });
    }

    void add_clean() {
        CLI::App* const command = app.add_subcommand(
            "clean", "End real servers that a killed run has left behind, if any");
        command->add_option("results", servers_out, "The folder of run folders")
            ->capture_default_str();
        command->callback(
            [this] { chosen = [this] { return harness::clean_command(servers_out); }; });
    }

    void add_init() {
        CLI::App* const command =
            app.add_subcommand("init", "Write a commented scenario to start from");
        command->add_option("file", init_path, "The file to write")->required();
        command->callback([this] { chosen = [this] { return harness::init_command(init_path); }; });
    }
};

int fail(ExitCode code, const char* message) {
    fmt::print(stderr, "twofifty: {}\n", message);
    return static_cast<int>(code);
}

}  // namespace

int main(int argc, char** argv) {
    CommandLine line;
    try {
        line.app.parse(argc, argv);
    } catch (const CLI::Success& success) {
        return line.app.exit(success);
    } catch (const CLI::ParseError& error) {
        return fail(ExitCode::bad_input,
                    (std::string(error.what()) + "; see twofifty --help").c_str());
    }
    try {
        return static_cast<int>(line.chosen());
    } catch (const harness::CommandError& error) {
        return fail(error.code, error.what());
    } catch (const settings::Error& error) {
        return fail(ExitCode::bad_input, error.what());
    } catch (const std::exception& error) {
        return fail(ExitCode::environment, error.what());
    }
}
