#include "harness/app/proxy_service.hpp"

#include "harness/app/exit_code.hpp"

#include <fmt/format.h>

namespace twofifty::harness {
namespace {

/// Nobody's mail. Where nothing is stored and no rule can ask, to know a message is work for
/// nothing.
class NoIdentities final : public netem::Identities {
public:
    std::uint32_t message_of_sender(std::string_view) override { return 0; }
    std::uint32_t recipient(std::string_view) override { return 0; }
};

world::Task<> until_told(world::Notifier& told) {
    co_await told.wait();
}

}  // namespace

ProxyService::ProxyService(const ProxyPlan& plan, EventWriter* events, netem::Tap* tap)
    : world_(std::chrono::steady_clock::now()),
      book_(events),
      told_to_stop_(world_.clock().ready()) {
    if (events == nullptr && plan.rules.empty())
        identities_ = std::make_unique<NoIdentities>();
    else
        identities_ = std::make_unique<netem::ForeignIdentities>(book_);
    for (const netem::Rule& rule : plan.rules) book_.rule(rule);
    for (const netem::ProxyOptions& options : plan.proxies) {
        Served& served =
            *served_.emplace_back(std::make_unique<Served>(plan.rules, plan.seed, book_));
        const netem::ProxyContext context{.clock = world_.clock(),
                                          .network = world_.network(),
                                          .rules = served.rules,
                                          .identities = *identities_,
                                          .recorder = served.recorder,
                                          .tap = tap};
        served.proxy = std::make_unique<netem::Proxy>(context, options, connections_);
    }
}

ProxyService::~ProxyService() {
    if (thread_.joinable()) stop();
}

std::vector<world::Endpoint> ProxyService::start() {
    std::vector<world::Endpoint> endpoints;
    for (const std::unique_ptr<Served>& served : served_) {
        const world::Result<world::Endpoint> endpoint = served->proxy->start();
        if (!endpoint)
            throw CommandError(
                ExitCode::environment,
                fmt::format("cannot listen on {}: {}", to_string(served->proxy->options().listen),
                            endpoint.error().message()));
        endpoints.push_back(*endpoint);
    }
    thread_ = std::thread([this] { world_.run(until_told(told_to_stop_)); });
    return endpoints;
}

void ProxyService::stop() {
    world_.post([this] {
        finish_in_world();
        told_to_stop_.notify_all();
    });
    thread_.join();
}

/// What a run of the fleet records when it has ended. What a client was told, and the server never
/// accepted, is lost: nothing waits anywhere that could still bring it.
void ProxyService::finish_in_world() {
    for (const std::unique_ptr<Served>& served : served_) served->proxy->stop();
    const TimePoint now = world_.clock().now();
    for (const std::unique_ptr<Served>& served : served_) served->recorder.record_matched(now);
    book_.record({.at = now,
                  .kind = EventKind::load_ended,
                  .quantity = book_.messages(),
                  .text = "planned"});
    book_.record({.at = now, .kind = EventKind::queues_seen_empty});
    book_.record({.at = now, .kind = EventKind::drain_ended, .text = "quiet"});
}

}  // namespace twofifty::harness
