#include "harness/run/run.hpp"

#include "harness/run/hops.hpp"
#include "harness/run/mail_hosts.hpp"
#include "harness/servers/ports.hpp"
#include "world/deadline.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace twofifty::harness {

using world::Task;

namespace {

/// How long a target that already runs may take to accept the first connection.
constexpr Duration first_connect_limit = 10s;
/// A target that works on a message is looked at again no sooner than this.
constexpr Duration shortest_quiet = 1ms;
/// So long the layer waits for what the server says to a client that has gone: a run must see what
/// was accepted, however late.
constexpr Duration longest_service = 24h;
/// After an interruption the drain gets no more than this.
constexpr Duration interrupted_drain_limit = 10s;

}  // namespace

Run::Run(Place place, ProgressRecorder& recorder, const Scenario& scenario,
         const AddressBook& recipients, const RunIdentity& identity, const TargetSide& target,
         RealServer* sender)
    : clock_(place.clock),
      network_(place.network),
      recorder_(recorder),
      scenario_(scenario),
      recipients_(recipients),
      target_(target),
      rules_(scenario.rules, scenario.seed),
      messages_(scenario.message, recipients, scenario.seed, identity.run_id, identity.date),
      interrupted_(place.clock.ready()),
      submissions_(recorder) {
    Recorder* fleet_recorder = &recorder_;
    if (sender != nullptr) {
        identities_ = std::make_unique<SentIdentities>(identity.run_id, recipients_);
        fleet_recorder = &submissions_;
        start_layer_behind(*sender);
        routes_.add("", {.receiver = 1, .preference = 0, .endpoint = sender->endpoint()});
    } else {
        identities_ = std::make_unique<netem::FleetIdentities>(identity.run_id, recipients_);
        std::vector<world::Endpoint> first_hops{target_.endpoints().begin(),
                                                target_.endpoints().end()};
        if (!scenario.target.direct) first_hops = start_layer();
        routes_ = routes_to(scenario.target, first_hops);
    }
    const FleetParts parts{clock_, network_, *fleet_recorder, recipients_, messages_, routes_};
    fleet_ = std::make_unique<Fleet>(parts, scenario_);
}

/// What the layer's listeners have in common. It listens on loopback.
netem::ProxyOptions Run::layer_options() const {
    netem::ProxyOptions options;
    options.longest_afterlife = longest_service;
    options.lmtp = scenario_.target.protocol == Protocol::lmtp;
    const FleetTls& fleet = scenario_.fleet.tls;
    const LayerSettings& layer = scenario_.layer;
    if (fleet.use == smtp::TlsUse::none || !layer.terminates_tls) return options;
    const std::array<std::string, 1> names{fleet.server_name};
    const tls::Identity shown = layer.certificate.empty()
                                    ? tls::make_identity(names)
                                    : tls::load_identity(layer.certificate, layer.key);
    options.tls = netem::ProxyTls{.to_client = tls::Context::for_server(shown),
                                  .to_server = tls::Context::for_client(layer.verify),
                                  .server_name = fleet.server_name,
                                  .implicit = fleet.use == smtp::TlsUse::implicit};
    return options;
}

/// One listener in front of each receiver, in its address family; they share rules and counts.
std::vector<world::Endpoint> Run::start_layer() {
    const std::span<const ReceiverSettings> receivers = scenario_.target.receivers();
    const netem::ProxyOptions common = layer_options();
    std::vector<world::Endpoint> listening;
    for (const world::Endpoint& upstream : target_.endpoints()) {
        netem::ProxyOptions options = common;
        const bool v6 = upstream.host.find(':') != std::string::npos;
        options.listen = {v6 ? "::1" : "127.0.0.1", 0};
        options.upstream = upstream;
        const ReceiverSettings* const receiver =
            receivers.empty() ? nullptr : &receivers[listening.size()];
        if (receiver) options.receiver = receiver->name;
        listening.push_back(start_proxy(std::move(options), recorder_, receiver));
    }
    return listening;
}

/// `receiver`: the one behind it; null where that is a server that runs already.
world::Endpoint Run::start_proxy(netem::ProxyOptions options, Recorder& recorder,
                                 const ReceiverSettings* receiver) {
    const netem::ProxyContext context{clock_, network_, rules_, *identities_, recorder};
    proxies_.push_back(std::make_unique<netem::Proxy>(context, std::move(options), connections_));
    if (receiver == nullptr || receiver->is_real())
        before_servers_.push_back(proxies_.back().get());
    const world::Result<world::Endpoint> endpoint = proxies_.back()->start();
    if (!endpoint)
        throw std::runtime_error("the impairment layer cannot listen: " +
                                 endpoint.error().message());
    return *endpoint;
}

/// With [sender]: one listener in front of each receiver that takes mail from outside, the
/// preferred ones first, each at a host of its own, as MX records would name them.
void Run::start_layer_behind(RealServer& sender) {
    const std::span<const ReceiverSettings> receivers = scenario_.target.receivers();
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < target_.endpoints().size(); ++i)
        if (receivers.empty() || !receivers[i].inner) order.push_back(i);
    if (!receivers.empty())
        std::ranges::stable_sort(order, {}, [&](std::size_t i) { return receivers[i].preference; });
    NextHops next{.port = free_port(), .lmtp = scenario_.target.protocol == Protocol::lmtp};
    for (const std::size_t i : order) {
        netem::ProxyOptions options = layer_options();
        options.listen = {loopback_host(next.hosts.size()), next.port};
        options.upstream = target_.endpoints()[i];
        const ReceiverSettings* const receiver = receivers.empty() ? nullptr : &receivers[i];
        if (receiver) options.receiver = receiver->name;
        SentRecorder& recorder = sent_.emplace_back(recorder_, static_cast<std::uint16_t>(i + 1));
        next.hosts.push_back(start_proxy(std::move(options), recorder, receiver).host);
    }
    sender.relay_to(std::move(next));
}

Task<> Run::main() {
    const bool answers = co_await target_answers();
    if (!answers) co_return;
    co_await fleet_->load();
    note(EventKind::load_ended, interrupts_ > 0 ? "interrupted" : "planned", fleet_->submitted());
    if (scenario_.drain.heal_after_load) rules_.heal();

    const Duration budget = scenario_.drain.budget;
    drain_deadline_ =
        clock_.now() + (interrupts_ > 0 ? std::min(budget, interrupted_drain_limit) : budget);
    bool quiet = co_await fleet_->finish(drain_deadline_);
    if (quiet) quiet = co_await until_quiet();
    for (const netem::RuleBook::Entry& entry : rules_.entries()) {
        recorder_.record(Event{.at = clock_.now(),
                               .kind = EventKind::rule_matched,
                               .rule = entry.number,
                               .quantity = static_cast<std::int64_t>(entry.matched)});
    }
    note(EventKind::drain_ended, quiet ? "quiet" : interrupts_ > 0 ? "interrupted" : "budget");
}

/// A server that already runs must take a connection before anything is sent to it; the reference
/// receiver is ours.
Task<bool> Run::target_answers() {
    if (!scenario_.target.server.empty()) co_return true;
    const TimePoint deadline = clock_.now() + first_connect_limit;
    const world::Result<std::unique_ptr<world::Stream>> stream =
        co_await world::within(clock_, deadline, network_.connect(target_.endpoints().front()));
    if (stream) co_return true;
    const std::string why =
        to_string(target_.endpoints().front()) + ": " + stream.error().message();
    note(EventKind::target_failed, why.c_str());
    co_return false;
}

/// Waits until no copy has appeared, and the target has worked on none, for as long as the scenario
/// asks. False when the drain's time ended before.
Task<bool> Run::until_quiet() {
    TimePoint last_busy = clock_.now();
    while (true) {
        const TimePoint now = clock_.now();
        if (is_target_busy()) last_busy = now;
        const TimePoint quiet_since = std::max(last_busy, recorder_.last_copy_at());
        const TimePoint due = quiet_since + std::max(scenario_.drain.quiet_for, shortest_quiet);
        if (now >= due) co_return true;
        if (now >= drain_deadline_) co_return false;
        co_await world::within(clock_, std::min(due, drain_deadline_), interrupted_.wait());
    }
}

/// A reference receiver tells what it works on; a real server may still store a message that it was
/// given whole and has not answered, although its client has gone.
bool Run::is_target_busy() const {
    const auto owes = [](const netem::Proxy* proxy) { return proxy->unanswered() > 0; };
    return target_.in_service() > 0 || std::ranges::any_of(before_servers_, owes);
}

void Run::interrupt() {
    ++interrupts_;
    const Duration rest = interrupts_ > 1 ? Duration::zero() : interrupted_drain_limit;
    drain_deadline_ = std::min(drain_deadline_, clock_.now() + rest);
    fleet_->stop_load();
    interrupted_.notify_all();
}

void Run::note(EventKind kind, const char* text, std::uint64_t quantity) {
    recorder_.record(Event{.at = clock_.now(),
                           .kind = kind,
                           .quantity = static_cast<std::int64_t>(quantity),
                           .text = text});
}

}  // namespace twofifty::harness
