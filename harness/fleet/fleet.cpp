#include "harness/fleet/fleet.hpp"

#include "world/deadline.hpp"
#include "world/distribution.hpp"

#include <algorithm>
#include <cmath>

namespace twofifty::harness {
namespace {

/// Messages are numbered with 32 bits.
constexpr std::uint64_t messages_limit = 4'000'000'000;

smtp::ClientOptions client_options(const Scenario& scenario, const SenderSettings& sender) {
    const FleetSettings& fleet = scenario.fleet;
    smtp::ClientOptions options{
        .helo = sender.helo,
        .quits_after_timeout = sender.quits_after_timeout,
        .lmtp = scenario.target.protocol == Protocol::lmtp && scenario.sender.server.empty(),
        .pipelining = sender.pipelining,
        .chunking = sender.chunking,
        .chunk_size = sender.chunk_size,
        .timeouts = sender.timeouts,
        .timer = sender.timer};
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

Fleet::Fleet(const FleetParts& parts, const Scenario& scenario)
    : scenario_(scenario),
      settings_(scenario.fleet),
      clock_(parts.clock),
      context_{.clock = parts.clock,
               .network = parts.network,
               .recorder = parts.recorder,
               .seed = scenario.seed,
               .message_settings = scenario.message,
               .recipients = parts.recipients,
               .messages = parts.messages,
               .routes = parts.routes,
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
    std::uint16_t node = 0;
    for (const SenderGroup& settings : settings_.groups) {
        Group& group = groups_.emplace_back();
        group.client = client_options(scenario, settings.sender);
        for (std::uint32_t i = 0; i < settings.senders; ++i) {
            const SenderIdentity identity{.node = ++node,
                                          .settings = settings.sender,
                                          .client = group.client,
                                          .run_phase = static_cast<double>(i) / settings.senders};
            group.senders.emplace_back(context_, identity);
        }
    }
}

/// Which sender a message is given to: in turn within a group; between groups by lot, so that
/// nothing in the order of messages tells them apart.
Sender& Fleet::sender_of(std::uint32_t ordinal) {
    std::size_t chosen = 0;
    if (groups_.size() > 1) {
        world::Random random(
            world::fold(world::fold(scenario_.seed, "group"), std::uint64_t{ordinal}));
        double sum = 0;
        for (const SenderGroup& group : settings_.groups) sum += group.weight;
        double lot = random.uniform() * sum;
        while (chosen + 1 < groups_.size() && lot >= settings_.groups[chosen].weight)
            lot -= settings_.groups[chosen++].weight;
    }
    Group& group = groups_[chosen];
    return group.senders[group.submitted++ % group.senders.size()];
}

/// When the next message is due, in nanoseconds since the start. With a load curve the gap is used
/// up faster where the rate is higher, so that every step of the curve gets its share.
double Fleet::next_arrival(double planned_ns) {
    world::Distribution gap{.shape = world::Shape::exponential, .a = 1e9 / settings_.rate};
    if (settings_.arrivals == Arrivals::constant) gap.shape = world::Shape::fixed;
    double rest = gap.draw(arrivals_);
    const LoadCurve& curve = settings_.load_curve;
    if (curve.factors.empty()) return planned_ns + rest;
    const auto step_ns = static_cast<double>(curve.step.count());
    double now = planned_ns;
    while (true) {
        const double step = std::floor(now / step_ns);
        const double factor = curve.factors[static_cast<std::size_t>(step) % curve.factors.size()];
        const double left = (step + 1) * step_ns - now;
        if (factor > 0 && rest <= left * factor) return now + rest / factor;
        rest -= left * factor;
        now = (step + 1) * step_ns;
    }
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
        sender_of(ordinal).submit(ordinal, planned);
        planned_ns = next_arrival(planned_ns);
    }
}

/// Every connection takes the next message as soon as it is free.
world::Task<> Fleet::closed_load() {
    const TimePoint end = settings_.duration ? clock_.now() + *settings_.duration : never;
    for (Group& group : groups_)
        for (Sender& sender : group.senders) sender.start_all_connections();
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
