#include "netem/proxy_set.hpp"

#include "world/random.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace twofifty::netem {
namespace {

using world::Endpoint;
using world::Error;
using world::Listener;

Problem problem(Problem::Kind kind, std::string message) {
    return {kind, std::move(message)};
}

/// The words that Toxiproxy's clients know, as Go has them.
std::string_view why_not_listening(const boost::system::error_code& error) {
    if (error == Error::address_in_use) return "address already in use";
    if (error == Error::access_denied) return "permission denied";
    if (error == Error::unreachable) return "cannot assign requested address";
    return "";
}

bool is_literal(std::string_view host) {
    if (host.find(':') != std::string_view::npos) return true;
    return std::ranges::all_of(host, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

Problem not_found() {
    return problem(Problem::Kind::not_found, "proxy not found");
}

}  // namespace

/// Where a description leads, its names resolved.
struct ProxySet::Places {
    Endpoint listen;
    Endpoint upstream;
};

/// A change to one proxy, with all that it needs, so that it cannot fail any more.
struct ProxySet::Plan {
    ProxyDescription description;
    Places places;
    NamedProxy* existing = nullptr;
    bool replaces = false;  ///< A new proxy comes in the place of the existing one.
    bool moves = false;     ///< Its places differ from those of the existing one.
    bool enables = false;
    /// Where it will listen; null where the place is taken over from `predecessor`.
    std::unique_ptr<Listener> listener;
    NamedProxy* predecessor = nullptr;
};

const Toxic* NamedProxy::toxic(std::string_view name) const {
    const auto found = std::ranges::find(toxics_, name, &Toxic::name);
    return found == toxics_.end() ? nullptr : &*found;
}

ProxySet::ProxySet(const ProxySetContext& context, ProxySetOptions options)
    : context_(context), options_(std::move(options)) {}

ProxySet::~ProxySet() = default;

NamedProxy* ProxySet::find(std::string_view name) {
    const auto found = proxies_.find(name);
    return found == proxies_.end() ? nullptr : found->second.get();
}

std::vector<NamedProxy*> ProxySet::list() const {
    std::vector<NamedProxy*> result;
    for (const auto& [name, proxy] : proxies_) result.push_back(proxy.get());
    return result;
}

Changed<std::vector<std::string>> ProxySet::addresses_of(const Endpoint& endpoint,
                                                         const char* what) const {
    if (endpoint.host == "localhost") return std::vector<std::string>{"127.0.0.1"};
    world::Result<std::vector<std::string>> addresses = Error::name_not_found;
    if (is_literal(endpoint.host))
        addresses = std::vector<std::string>{endpoint.host};
    else if (options_.resolve)
        addresses = options_.resolve(endpoint.host);
    if (!addresses || addresses->empty())
        return problem(Problem::Kind::invalid, fmt::format("{}: {}: the host name does not resolve",
                                                           what, to_string(endpoint)));
    return *addresses;
}

Changed<ProxySet::Places> ProxySet::places_of(const ProxyDescription& description) const {
    const std::string& listen = description.listen;
    const std::optional<Endpoint> at = world::parse_endpoint(listen.empty() ? ":0" : listen);
    if (!at)
        return problem(Problem::Kind::failed,
                       fmt::format("listen tcp: address {}: {}", listen,
                                   listen.find(':') == std::string::npos
                                       ? "missing port in address"
                                       : "expected host:port, such as 127.0.0.1:2525"));
    const std::optional<Endpoint> to = world::parse_endpoint(description.upstream);
    if (!to || to->port == 0)
        return problem(Problem::Kind::invalid,
                       fmt::format("upstream: expected host:port, such as 127.0.0.1:25, found {}",
                                   settings::toml_text(description.upstream)));
    const auto local = addresses_of(*at, "listen");
    if (!local) return local.error();
    const auto remote = addresses_of(*to, "upstream");
    if (!remote) return remote.error();
    const bool allowed = options_.may_send_to && options_.may_send_to(to->host);
    for (const std::string& literal : *remote) {
        if (allowed || world::is_private_address(literal)) continue;
        return problem(Problem::Kind::refused,
                       fmt::format("upstream {}: {} is neither loopback nor private; if the server "
                                   "is yours to load, start the proxy with --i-may-send-to {}",
                                   description.upstream, literal, to->host));
    }
    return Places{{local->front(), at->port}, {remote->front(), to->port}};
}

Changed<std::unique_ptr<Listener>> ProxySet::open(const Endpoint& endpoint) {
    world::Result<std::unique_ptr<Listener>> listener = context_.network.listen(endpoint);
    if (listener) return std::move(*listener);
    const std::string_view known = why_not_listening(listener.error());
    return problem(Problem::Kind::failed,
                   fmt::format("listen tcp {}: bind: {}", to_string(endpoint),
                               known.empty() ? listener.error().message() : std::string(known)));
}

/// What a description changes; opens nothing yet.
Changed<ProxySet::Plan> ProxySet::plan_for(const ProxyDescription& description) {
    const Changed<Places> places = places_of(description);
    if (!places) return places.error();
    Plan plan;
    plan.description = description;
    plan.places = *places;
    plan.existing = find(description.name);
    if (plan.existing) {
        const bool same_listen = plan.existing->listen_ == to_string(places->listen) ||
                                 plan.existing->listen_ == description.listen;
        plan.moves = !same_listen || plan.existing->upstream_ != description.upstream;
    }
    plan.enables = description.enabled && (!plan.existing || plan.moves || !plan.existing->proxy_);
    return plan;
}

/// Makes sure that everyone has where to listen, or opens nothing at all.
Changed<void> ProxySet::open_for(std::span<Plan> plans) {
    std::vector<NamedProxy*> taken;
    for (Plan& plan : plans) {
        if (!plan.enables) continue;
        for (const Plan& other : plans) {
            NamedProxy* const old = other.existing;
            const bool leaves = old && other.moves && old->proxy_;
            if (!leaves || std::ranges::find(taken, old) != taken.end()) continue;
            if (old->proxy_->listens() && old->proxy_->options().listen == plan.places.listen)
                plan.predecessor = old;
        }
        if (plan.predecessor) {
            taken.push_back(plan.predecessor);
            continue;
        }
        Changed<std::unique_ptr<Listener>> listener = open(plan.places.listen);
        if (!listener) return listener.error();
        plan.listener = std::move(*listener);
    }
    // From here on nothing can fail: those who leave their places for others do so now.
    for (Plan& plan : plans)
        if (plan.predecessor) plan.listener = plan.predecessor->proxy_->stop_and_keep_listener();
    return {};
}

NamedProxy* ProxySet::carry_out(Plan& plan) {
    const ProxyDescription& description = plan.description;
    NamedProxy* proxy = plan.existing;
    if (!proxy || (plan.replaces && plan.moves)) {
        if (proxy) erase(*proxy);
        std::unique_ptr<NamedProxy> made = make(description);
        proxy = made.get();
        proxies_.emplace(description.name, std::move(made));
        plan.moves = true;
    } else if (plan.moves || (!plan.replaces && !description.enabled)) {
        stop(*proxy);
    }
    if (plan.moves) {
        proxy->listen_ =
            description.listen.empty() ? to_string(plan.places.listen) : description.listen;
        proxy->upstream_ = description.upstream;
    }
    if (plan.moves || plan.enables) proxy->target_ = plan.places.upstream;
    if (plan.enables && plan.listener) start(*proxy, std::move(plan.listener));
    return proxy;
}

std::unique_ptr<NamedProxy> ProxySet::make(const ProxyDescription& description) {
    const std::uint64_t seed = world::fold(options_.seed, "proxy");
    std::unique_ptr<NamedProxy> proxy(new NamedProxy(description.name, seed));
    proxy->lmtp_ = description.lmtp;
    proxy->sees_through_tls_ = options_.proxy.tls.has_value();
    if (options_.recorder_for) proxy->recorder_ = options_.recorder_for(proxy->rules_);
    Recorder& recorder = proxy->recorder_ ? *proxy->recorder_ : context_.recorder;
    proxy->ears_ = std::make_unique<ProxyEars>(*proxy, recorder, context_.tap, observer_);
    return proxy;
}

void ProxySet::start(NamedProxy& proxy, std::unique_ptr<Listener> listener) {
    proxy.listen_ = to_string(listener->endpoint());
    const ProxyContext context{context_.clock,      context_.network, proxy.rules_,
                               context_.identities, *proxy.ears_,     proxy.ears_.get()};
    ProxyOptions options = options_.proxy;
    options.listen = listener->endpoint();
    options.upstream = proxy.target_;
    options.lmtp = proxy.lmtp_;
    proxy.proxy_ = std::make_unique<Proxy>(context, std::move(options), context_.connections);
    proxy.proxy_->start(std::move(listener));
}

void ProxySet::stop(NamedProxy& proxy) {
    if (proxy.proxy_) proxy.proxy_->stop();
    proxy.proxy_.reset();
}

Changed<NamedProxy*> ProxySet::create(const ProxyDescription& description) {
    if (find(description.name)) return problem(Problem::Kind::exists, "proxy already exists");
    Changed<Plan> plan = plan_for(description);
    if (!plan) return plan.error();
    const Changed<void> opened = open_for({&*plan, 1});
    if (!opened) return opened.error();
    return carry_out(*plan);
}

Changed<NamedProxy*> ProxySet::update(const ProxyDescription& description) {
    if (!find(description.name)) return not_found();
    Changed<Plan> plan = plan_for(description);
    if (!plan) return plan.error();
    const Changed<void> opened = open_for({&*plan, 1});
    if (!opened) return opened.error();
    return carry_out(*plan);
}

Changed<void> ProxySet::remove(std::string_view name) {
    const auto found = proxies_.find(name);
    if (found == proxies_.end()) return not_found();
    erase(*found->second);
    return {};
}

void ProxySet::erase(NamedProxy& proxy) {
    stop(proxy);
    if (observer_) observer_->removed(proxy);
    proxies_.erase(proxies_.find(proxy.name_));
}

Changed<std::vector<NamedProxy*>> ProxySet::populate(
    std::span<const ProxyDescription> descriptions) {
    std::vector<Plan> plans;
    for (const ProxyDescription& description : descriptions) {
        const auto same_name = [&](const Plan& plan) {
            return plan.description.name == description.name;
        };
        if (std::ranges::any_of(plans, same_name))
            return problem(Problem::Kind::invalid,
                           fmt::format("the proxy {} stands in the list twice",
                                       settings::toml_text(description.name)));
        Changed<Plan> plan = plan_for(description);
        if (!plan) return plan.error();
        plan->replaces = true;
        // One that stays where it is stays as it is.
        if (plan->existing && !plan->moves) plan->enables = false;
        plans.push_back(std::move(*plan));
    }
    const Changed<void> opened = open_for(plans);
    if (!opened) return opened.error();
    std::vector<NamedProxy*> proxies;
    for (Plan& plan : plans) proxies.push_back(carry_out(plan));
    return proxies;
}

Changed<void> ProxySet::reset() {
    std::vector<Plan> plans;
    for (const auto& [name, proxy] : proxies_) {
        if (proxy->enabled()) continue;
        Changed<Plan> plan = plan_for({.name = name,
                                       .listen = proxy->listen_,
                                       .upstream = proxy->upstream_,
                                       .lmtp = proxy->lmtp_});
        if (!plan) return plan.error();
        plans.push_back(std::move(*plan));
    }
    const Changed<void> opened = open_for(plans);
    if (!opened) return opened.error();
    for (Plan& plan : plans) carry_out(plan);
    for (const auto& [name, proxy] : proxies_) {
        proxy->toxics_.clear();
        use_toxics(*proxy);
    }
    return {};
}

void ProxySet::use_toxics(NamedProxy& proxy) {
    std::vector<Rule> rules;
    for (const Toxic& toxic : proxy.toxics_)
        if (toxic.rule) rules.push_back(*toxic.rule);
    proxy.rules_.replace(std::move(rules));
}

Changed<void> ProxySet::add_toxic(NamedProxy& proxy, Toxic toxic) {
    if (proxy.toxic(toxic.name)) return problem(Problem::Kind::exists, "toxic already exists");
    proxy.toxics_.push_back(std::move(toxic));
    use_toxics(proxy);
    return {};
}

Changed<void> ProxySet::update_toxic(NamedProxy& proxy, Toxic toxic) {
    const auto found = std::ranges::find(proxy.toxics_, toxic.name, &Toxic::name);
    if (found == proxy.toxics_.end()) return problem(Problem::Kind::not_found, "toxic not found");
    const bool on_stream = toxic.rule && kind_of(toxic.rule->effect) == EffectKind::stream;
    if (on_stream && toxic.toxicity != found->toxicity) {
        // Connections draw once whether a rule acts on them. Under another chance they draw again.
        found->rule.reset();
        use_toxics(proxy);
    }
    *found = std::move(toxic);
    use_toxics(proxy);
    return {};
}

Changed<void> ProxySet::remove_toxic(NamedProxy& proxy, std::string_view name) {
    const auto found = std::ranges::find(proxy.toxics_, name, &Toxic::name);
    if (found == proxy.toxics_.end()) return problem(Problem::Kind::not_found, "toxic not found");
    proxy.toxics_.erase(found);
    use_toxics(proxy);
    return {};
}

Changed<void> ProxySet::add_rules(NamedProxy& proxy, std::span<const Rule> rules) {
    std::vector<Toxic> toxics = proxy.toxics_;
    for (const Rule& rule : rules) {
        if (std::ranges::find(toxics, rule.name, &Toxic::name) != toxics.end())
            return problem(Problem::Kind::exists, fmt::format("another toxic is named {}",
                                                              settings::toml_text(rule.name)));
        toxics.push_back(as_toxic(rule));
    }
    proxy.toxics_ = std::move(toxics);
    use_toxics(proxy);
    return {};
}

void ProxySet::stop_accepting() {
    for (const auto& [name, proxy] : proxies_)
        if (proxy->proxy_) proxy->proxy_->stop_accepting();
}

}  // namespace twofifty::netem
