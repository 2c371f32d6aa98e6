#include "harness/app/proxy_service.hpp"

#include "harness/app/exit_code.hpp"

#include <fmt/format.h>

#include <algorithm>

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

ProxyService::ProxyService(const ProxyPlan& plan, EventWriter* events, netem::Tap* tap,
                           std::function<std::string()> verdict)
    : plan_(plan),
      world_(std::chrono::steady_clock::now()),
      book_(events),
      told_to_stop_(world_.clock().ready()) {
    if (events == nullptr && plan.rules.empty() && !plan.api)
        identities_ = std::make_unique<NoIdentities>();
    else
        identities_ = std::make_unique<netem::ForeignIdentities>(book_);
    for (const netem::Rule& rule : plan.rules) book_.rule(rule);
    const netem::ProxySetContext context{.clock = world_.clock(),
                                         .network = world_.network(),
                                         .identities = *identities_,
                                         .recorder = book_,
                                         .connections = connections_,
                                         .tap = tap};
    netem::ProxySetOptions options{.seed = plan.seed, .resolve = world::real_world::resolve};
    options.proxy.tls = plan.tls;
    options.may_send_to = [this](const std::string& host) {
        return std::ranges::find(plan_.may_send_to, host) != plan_.may_send_to.end();
    };
    options.recorder_for = [this](const netem::RuleBook& rules) {
        return std::make_unique<ProxyRecorder>(book_, rules);
    };
    proxies_ = std::make_unique<netem::ProxySet>(context, std::move(options));
    if (!plan.api) return;
    netem::api::ApiOptions api{.listen = *plan.api, .token = plan.token};
    if (verdict) api.verdict = std::move(verdict);
    api_ = std::make_unique<netem::api::Api>(world_.clock(), world_.network(), *proxies_,
                                             std::move(api));
}

ProxyService::~ProxyService() {
    if (thread_.joinable()) stop();
}

std::vector<std::string> ProxyService::start() {
    std::vector<std::string> places;
    const auto fail = [](const std::string& listen, const std::string& why) {
        throw CommandError(ExitCode::environment,
                           fmt::format("cannot listen on {}: {}", listen, why));
    };
    for (const netem::ProxyDescription& description : plan_.proxies) {
        const netem::Changed<netem::NamedProxy*> proxy = proxies_->create(description);
        if (!proxy) fail(description.listen, proxy.error().message);
        // Nobody is accepted before the world turns.
        const netem::Changed<void> ruled = proxies_->add_rules(**proxy, plan_.rules);
        if (!ruled) throw CommandError(ExitCode::bad_input, ruled.error().message);
        places.push_back((*proxy)->listen());
    }
    if (api_) {
        const world::Result<world::Endpoint> endpoint = api_->start();
        if (!endpoint) fail(to_string(*plan_.api), endpoint.error().message());
        places.push_back(to_string(*endpoint));
    }
    thread_ = std::thread([this] { world_.run(until_told(told_to_stop_)); });
    return places;
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
    if (api_) api_->stop();
    const TimePoint now = world_.clock().now();
    for (netem::NamedProxy* const proxy : proxies_->list()) {
        book_.record_matched(proxy->rules(), now);
        // Closes its connections.
        proxies_->update({.name = proxy->name(),
                          .listen = proxy->listen(),
                          .upstream = proxy->upstream(),
                          .enabled = false,
                          .lmtp = proxy->lmtp()});
    }
    book_.record({.at = now,
                  .kind = EventKind::load_ended,
                  .quantity = book_.messages(),
                  .text = "planned"});
    book_.record({.at = now, .kind = EventKind::queues_seen_empty});
    book_.record({.at = now, .kind = EventKind::drain_ended, .text = "quiet"});
}

}  // namespace twofifty::harness
