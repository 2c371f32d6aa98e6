#include "harness/fleet/fleet.hpp"

#include "world/deadline.hpp"
#include "world/distribution.hpp"

#include <algorithm>
#include <cmath>

namespace twofifty::harness {
namespace {

/// Messages are numbered with 32 bits.
constexpr std::uint64_t messages_limit = 4'000'000'000;

smtp::ClientOptions client_options(const Scenario& scenario) {
    const FleetSettings& fleet = scenario.fleet;
    smtp::ClientOptions options{.helo = fleet.helo,
                                .quits_after_timeout = fleet.quits_after_timeout,
                                .lmtp = scenario.target.protocol == Protocol::lmtp,
                                .pipelining = fleet.pipelining,
                                .chunking = fleet.chunking,
                                .chunk_size = fleet.chunk_size,
                                .timeouts = fleet.timeouts};
    if (fleet.auth) {
        options.credentials = smtp::ClientCredentials{.user = fleet.auth->user,
                                                      .password = fleet.auth->password,
                                                      .login = fleet.auth->mechanism == "login"};
    }
    if (fleet.tls.use != smtp::TlsUse::none) {
        options.tls = smtp::ClientTls{
            .use = fleet.tls.use,
            .context = tls::Context::for_client(fleet.tls.verify, fleet.tls.versions),
            .server_name = fleet.tls.server_name};
    }
    return options;
}

}  // namespace

Fleet::Fleet(const FleetParts& parts, const Scenario& scenario, const Routes& routes)
    : settings_(scenario.fleet),
      clock_(parts.clock),
      client_(client_options(scenario)),
      context_{.clock = parts.clock,
               .network = parts.network,
               .recorder = parts.recorder,
               .settings = scenario.fleet,
               .message_settings = scenario.message,
               .recipients = parts.recipients,
               .messages = parts.messages,
               .client = client_,
               .routes = routes,
               .last_connection = last_connection_,
               .next_planned =
                   [this] { return settings_.arrivals == Arrivals::closed ? next_ordinal() : 0; },
               .finished =
                   [this] {
                       ++finished_;
                       if (in_queues() == 0) progress_.notify_all();
                   }},
      arrivals_(scenario.seed, "arrivals"),
      progress_(parts.clock.ready()) {
    for (std::uint32_t i = 1; i <= settings_.senders; ++i)
        senders_.emplace_back(context_, static_cast<std::uint16_t>(i));
}

world::Task<> Fleet::load() {
    if (settings_.arrivals == Arrivals::closed) {
        co_await closed_load();
    } else {
        co_await open_load();
    }
}

/// Arrivals keep to the plan, whatever the senders are doing: a stalled target does not slow them
/// down.
world::Task<> Fleet::open_load() {
    const TimePoint start = clock_.now();
    double planned_ns = 0;
    for (std::uint32_t ordinal = 1; !stopped_; ++ordinal) {
        const TimePoint planned =
            start + Duration{static_cast<std::int64_t>(std::llround(planned_ns))};
        const bool planned_in_time = !settings_.duration || planned - start < *settings_.duration;
        if (!plan_has_more() || !planned_in_time) break;
        while (!stopped_ && clock_.now() < planned)
            co_await world::within(clock_, planned, progress_.wait());
        if (stopped_) break;
        ++submitted_;
        senders_[(ordinal - 1) % senders_.size()].submit(ordinal, planned);
        world::Distribution gap{.shape = world::Shape::exponential, .a = 1e9 / settings_.rate};
        if (settings_.arrivals == Arrivals::constant) gap.shape = world::Shape::fixed;
        planned_ns += gap.draw(arrivals_);
    }
}

/// Every connection takes the next message as soon as it is free.
world::Task<> Fleet::closed_load() {
    const TimePoint end = settings_.duration ? clock_.now() + *settings_.duration : never;
    for (Sender& sender : senders_) sender.start_all_connections();
    while (!stopped_ && plan_has_more()) {
        const bool woken = co_await world::within(clock_, end, progress_.wait());
        if (!woken) break;
    }
    stopped_ = stopped_ || clock_.now() >= end;
}

std::uint32_t Fleet::next_ordinal() {
    if (stopped_ || !plan_has_more()) return 0;
    const auto ordinal = static_cast<std::uint32_t>(++submitted_);
    if (!plan_has_more()) progress_.notify_all();
    return ordinal;
}

bool Fleet::plan_has_more() const {
    return submitted_ < std::min(settings_.messages.value_or(messages_limit), messages_limit);
}

void Fleet::stop_load() {
    stopped_ = true;
    progress_.notify_all();
}

world::Task<bool> Fleet::finish(const TimePoint& deadline) {
    while (in_queues() > 0 && clock_.now() < deadline)
        co_await world::within(clock_, deadline, progress_.wait());
    co_return in_queues() == 0;
}

}  // namespace twofifty::harness
