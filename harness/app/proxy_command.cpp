// twofifty proxy: the impairment layer between a client and a server that are not ours. Everything
// is checked before the first listener opens; when it is told to end, it says what became of the
// mail.
#include "harness/app/commands.hpp"
#include "harness/app/dialogue_recorder.hpp"
#include "harness/app/interrupts.hpp"
#include "harness/app/judge_run.hpp"
#include "harness/app/proxy_service.hpp"
#include "harness/app/proxy_settings.hpp"
#include "harness/app/run_folder.hpp"
#include "harness/app/target_safety.hpp"
#include "harness/app/verdict_keeper.hpp"
#include "harness/ledger/ledger.hpp"
#include "harness/report/format.hpp"
#include "settings/units.hpp"

#include <fmt/format.h>

#include <unistd.h>
#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace twofifty::harness {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds look_interval{50};

/// The host of --listen may be a name; a listener needs an address.
world::Endpoint listen_endpoint(const char* option, const std::string& address) {
    std::optional<world::Endpoint> endpoint = world::parse_endpoint(address);
    if (!endpoint)
        throw CommandError(
            ExitCode::bad_input,
            fmt::format("{} {}: not host:port, such as 127.0.0.1:2525", option, address));
    const world::Result<std::vector<std::string>> addresses =
        world::real_world::resolve(endpoint->host);
    if (!addresses)
        throw CommandError(ExitCode::environment,
                           fmt::format("{} {}: {}", option, address, addresses.error().message()));
    endpoint->host = addresses->front();
    return *endpoint;
}

/// Who can reach the API can make the proxy connect elsewhere; beyond this machine that takes a
/// token.
world::Endpoint api_endpoint(const ProxyCommandOptions& options) {
    world::Endpoint endpoint = listen_endpoint("--api", options.api);
    const bool loopback = endpoint.host.starts_with("127.") || endpoint.host == "::1";
    if (loopback || !options.token.empty()) return endpoint;
    throw CommandError(
        ExitCode::bad_input,
        fmt::format("--api {}: others can reach that address; add --token TOKEN", options.api));
}

/// A certificate of its own making is for this machine's names; clients that verify need another.
std::optional<netem::ProxyTls> tls_of(const ProxyCommandOptions& options) {
    if (options.tls == "pass") {
        if (options.certificate.empty() && options.key.empty() && options.verify.empty())
            return std::nullopt;
        throw CommandError(ExitCode::bad_input,
                           "--tls pass leaves TLS alone, so that --certificate, --key and --verify "
                           "say nothing; leave them out");
    }
    if (options.certificate.empty() && !options.key.empty())
        throw CommandError(ExitCode::bad_input,
                           "--key needs the certificate it belongs to; add --certificate");
    const std::array<std::string, 2> names{"localhost", "127.0.0.1"};
    const std::string& key = options.key.empty() ? options.certificate : options.key;
    try {
        const tls::Identity shown = options.certificate.empty()
                                        ? tls::make_identity(names)
                                        : tls::load_identity(options.certificate, key);
        return netem::ProxyTls{.to_client = tls::Context::for_server(shown),
                               .to_server = tls::Context::for_client(options.verify),
                               .server_name = {},
                               .implicit = options.tls == "implicit"};
    } catch (const tls::BadCredentials& error) {
        throw CommandError(ExitCode::bad_input, error.what());
    }
}

ProxyPlan plan_of(const ProxySettings& settings, const ProxyCommandOptions& options) {
    ProxyPlan plan{.rules = settings.rules,
                   .seed = settings.seed,
                   .may_send_to = options.may_send_to,
                   .token = options.token,
                   .tls = tls_of(options)};
    const std::size_t count = settings.listen.size();
    for (std::size_t i = 0; i < count; ++i)
        plan.proxies.push_back(
            {.name = count == 1 ? settings.name : fmt::format("{}{}", settings.name, i + 1),
             .listen = to_string(listen_endpoint("--listen", settings.listen[i])),
             .upstream = safe_address(settings.upstream[i], options.may_send_to),
             .lmtp = settings.lmtp});
    if (!options.api.empty()) plan.api = api_endpoint(options);
    return plan;
}

std::optional<Duration> lasting_of(const ProxyCommandOptions& options) {
    if (options.lasting.empty()) return std::nullopt;
    const std::optional<Duration> lasting = settings::parse_duration(options.lasting);
    if (!lasting)
        throw CommandError(
            ExitCode::bad_input,
            fmt::format("--for {}: expected a duration such as 30s or 5m", options.lasting));
    return lasting;
}

/// Where the mail is accounted for: a run folder, and its ledger, open.
struct Account {
    Account(fs::path where, Ledger kept) : folder(std::move(where)), ledger(std::move(kept)) {}

    fs::path folder;
    Ledger ledger;
    EventWriter events{ledger};
};

std::unique_ptr<Account> open_account(const ProxyCommandOptions& options,
                                      const ProxySettings& settings) {
    if (options.out.empty() && options.expect.empty()) return nullptr;
    const std::string out = options.out.empty() ? "results" : options.out;
    const fs::path folder = make_run_folder(out, settings.name);
    write_file(folder / proxy_settings_file, to_toml(settings));
    Ledger ledger = Ledger::create((folder / "ledger.sqlite").string());
    ledger.set_run("scenario", settings.name);
    ledger.set_run("mail", "foreign");
    ledger.set_run("world", "real");
    ledger.set_run("seed", std::to_string(settings.seed));
    ledger.set_run("version", TWOFIFTY_VERSION);
    ledger.set_run("started_at", utc_now());
    ledger.set_run("observed_at", "accepted transactions");
    ledger.set_run("state", "running");
    return std::make_unique<Account>(folder, std::move(ledger));
}

ExitCode give_verdict(Account& account, bool quiet) {
    account.events.finish();
    account.ledger.set_run("state", "complete");
    const JudgedRun judged = judge_run(account.folder);
    write_reports(account.folder, judged.summary);
    if (!quiet) {
        const std::string text = write_terminal(judged.summary, isatty(STDOUT_FILENO) == 1);
        fmt::print("{}results: {}\n", text, account.folder.string());
    }
    say_why(judged);
    return exit_code_of(judged);
}

void wait_for_the_end(const Interrupts& signals, std::optional<Duration> lasting,
                      const Account* account) {
    const auto started = std::chrono::steady_clock::now();
    while (signals.count() == 0) {
        // Without a ledger there is nothing more to find out.
        if (account != nullptr && account->events.failed()) return;
        if (lasting && std::chrono::steady_clock::now() - started >= *lasting) return;
        std::this_thread::sleep_for(look_interval);
    }
}

void say_where(const ProxyPlan& plan, const std::vector<std::string>& places) {
    for (std::size_t i = 0; i < plan.proxies.size(); ++i)
        fmt::print("listening on {}, upstream {}\n", places[i], plan.proxies[i].upstream);
    if (plan.api) fmt::print("API on http://{}\n", places.back());
    std::fflush(stdout);
}

}  // namespace

ExitCode proxy_command(const ProxyCommandOptions& options) {
    const ProxySettings settings = read_proxy_options(options);
    as_scenario(settings, !options.api.empty());  // That the bounds are some should be known now.
    const std::optional<Duration> lasting = lasting_of(options);
    const ProxyPlan plan = plan_of(settings, options);

    const Interrupts signals;
    std::unique_ptr<DialogueRecorder> recording;
    if (!options.record.empty()) recording = std::make_unique<DialogueRecorder>(options.record);
    std::unique_ptr<Account> account;
    try {
        account = open_account(options, settings);
        std::unique_ptr<VerdictKeeper> verdict;
        std::function<std::string()> ask;
        if (account && plan.api) {
            verdict = std::make_unique<VerdictKeeper>(account->events, account->folder);
            ask = [&verdict] { return verdict->latest(); };
        }
        ProxyService service(plan, account ? &account->events : nullptr, recording.get(), ask);
        const std::vector<std::string> places = service.start();
        if (!options.quiet) say_where(plan, places);
        wait_for_the_end(signals, lasting, account.get());
        service.stop();
        recording.reset();
        verdict.reset();
        return account ? give_verdict(*account, options.quiet) : ExitCode::passed;
    } catch (const LedgerError& error) {
        const std::string where =
            account ? fmt::format(" What was stored is in {}.", account->folder.string()) : "";
        throw CommandError(ExitCode::environment, error.what() + where);
    }
}

}  // namespace twofifty::harness
