// twofifty proxy: the impairment layer between a client and a server that are not ours. Everything
// is checked before the first listener opens.
#include "harness/app/commands.hpp"
#include "harness/app/interrupts.hpp"
#include "harness/app/target_safety.hpp"
#include "netem/identities.hpp"
#include "netem/proxy.hpp"
#include "netem/rule_settings.hpp"
#include "settings/units.hpp"
#include "world/notifier.hpp"
#include "world/real/real_world.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace twofifty::harness {
namespace {

using world::real_world::RealWorld;

constexpr std::chrono::milliseconds look_interval{50};

/// Where nothing is asked for, nothing is kept.
class NoRecord final : public Recorder {
public:
    void record(Event) override {}
};

/// Nobody's mail: every message is the first.
class NoIdentities final : public netem::Identities {
public:
    std::uint32_t message_of_sender(std::string_view) override { return 0; }
    std::uint32_t recipient(std::string_view) override { return 0; }
};

world::Task<> until_told(world::Notifier& told) {
    co_await told.wait();
}

/// The host of --listen may be a name; a listener needs an address.
world::Endpoint listen_endpoint(const std::string& address) {
    std::optional<world::Endpoint> endpoint = world::parse_endpoint(address);
    if (!endpoint)
        throw CommandError(ExitCode::bad_input, fmt::format("--listen {}: not host:port", address));
    const world::Result<std::vector<std::string>> addresses =
        world::real_world::resolve(endpoint->host);
    if (!addresses)
        throw CommandError(ExitCode::environment,
                           fmt::format("--listen {}: {}", address, addresses.error().message()));
    endpoint->host = addresses->front();
    return *endpoint;
}

std::vector<netem::ProxyOptions> proxies_of(const ProxyCommandOptions& options) {
    if (options.listen.size() != options.upstream.size())
        throw CommandError(
            ExitCode::bad_input,
            fmt::format("{} --listen and {} --upstream; expected as many of the one as of the "
                        "other, each listener with its server",
                        options.listen.size(), options.upstream.size()));
    std::vector<netem::ProxyOptions> proxies;
    for (std::size_t i = 0; i < options.listen.size(); ++i) {
        const std::string upstream = safe_address(options.upstream[i], options.may_send_to);
        proxies.push_back({.listen = listen_endpoint(options.listen[i]),
                           .upstream = *world::parse_endpoint(upstream),
                           .lmtp = options.lmtp});
    }
    return proxies;
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

/// One proxy with the rules that are its own.
struct Served {
    netem::RuleBook rules;
    std::unique_ptr<netem::Proxy> proxy;
};

}  // namespace

ExitCode proxy_command(const ProxyCommandOptions& options) {
    const std::vector<netem::ProxyOptions> proxies = proxies_of(options);
    const std::optional<Duration> lasting = lasting_of(options);
    std::vector<netem::Rule> rules;
    if (!options.rules.empty()) rules = netem::load_rules(options.rules);

    const Interrupts signals;
    RealWorld world(std::chrono::steady_clock::now());
    NoRecord recorder;
    NoIdentities identities;
    netem::ConnectionCounter connections;
    std::vector<std::unique_ptr<Served>> served;
    for (const netem::ProxyOptions& wanted : proxies) {
        Served& one =
            *served.emplace_back(std::make_unique<Served>(netem::RuleBook{rules, options.seed}));
        const netem::ProxyContext context{world.clock(), world.network(), one.rules, identities,
                                          recorder};
        one.proxy = std::make_unique<netem::Proxy>(context, wanted, connections);
        const world::Result<world::Endpoint> endpoint = one.proxy->start();
        if (!endpoint)
            throw CommandError(ExitCode::environment,
                               fmt::format("cannot listen on {}: {}", to_string(wanted.listen),
                                           endpoint.error().message()));
        fmt::print("listening on {}, upstream {}\n", to_string(*endpoint),
                   to_string(wanted.upstream));
    }
    std::fflush(stdout);

    world::Notifier told_to_stop(world.clock().ready());
    std::thread thread([&] { world.run(until_told(told_to_stop)); });
    const auto started = std::chrono::steady_clock::now();
    while (signals.count() == 0 &&
           (!lasting || std::chrono::steady_clock::now() - started < *lasting))
        std::this_thread::sleep_for(look_interval);
    world.post([&] {
        for (const std::unique_ptr<Served>& one : served) one->proxy->stop();
        told_to_stop.notify_all();
    });
    thread.join();
    return ExitCode::passed;
}

}  // namespace twofifty::harness
