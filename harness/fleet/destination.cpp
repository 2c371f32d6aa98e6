#include "harness/fleet/destination.hpp"

#include "harness/fleet/retry_plan.hpp"

#include <algorithm>
#include <utility>

namespace twofifty::harness {

Destination::Destination(std::string domain, std::span<const MailHost> hosts,
                         const SenderSettings& settings, world::ReadyQueue& ready_queue)
    : work_arrived(ready_queue),
      domain_(std::move(domain)),
      hosts_(hosts),
      settings_(settings),
      standings_(hosts.size()),
      window_(settings.initial_connections.value_or(settings.connections)) {}

Destination::Hosts Destination::hosts_in_order(TimePoint now, world::Random random) const {
    struct Candidate {
        std::uint32_t preference;
        std::uint64_t lot;
        const MailHost* host;
    };
    boost::container::small_vector<Candidate, 4> candidates;
    for (std::size_t i = 0; i < hosts_.size(); ++i) {
        const std::uint64_t lot = hosts_.size() > 1 ? random() : 0;
        if (standings_[i].back_at <= now)
            candidates.push_back({hosts_[i].preference, lot, &hosts_[i]});
    }
    std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
        return std::pair(a.preference, a.lot) < std::pair(b.preference, b.lot);
    });
    Hosts order;
    for (const Candidate& candidate : candidates) order.push_back(candidate.host);
    return order;
}

TimePoint Destination::first_back() const {
    return std::min_element(
               standings_.begin(), standings_.end(),
               [](const Standing& a, const Standing& b) { return a.back_at < b.back_at; })
        ->back_at;
}

void Destination::host_failed(const MailHost& host, TimePoint now) {
    if (settings_.initial_connections) {
        // The host is dead when as many tries in a row have failed as were allowed at once.
        window_ -= 1;
        if (window_ >= 1) return;
        window_ = settings_.backoff ? *settings_.initial_connections : 1;
    }
    if (!settings_.backoff) return;
    Standing& standing = standing_of(host);
    // Connections that were under way when the host failed tell nothing new.
    if (standing.back_at > now) return;
    standing.back_at = now + rest_of_host(*settings_.backoff, ++standing.failures);
}

void Destination::host_served(const MailHost& host) {
    window_ = std::min<double>(settings_.connections, window_ + settings_.concurrency_growth);
    standing_of(host) = {};
}

std::uint32_t Destination::limit() const {
    return static_cast<std::uint32_t>(window_);
}

Destination::Standing& Destination::standing_of(const MailHost& host) {
    return standings_[static_cast<std::size_t>(&host - hosts_.data())];
}

}  // namespace twofifty::harness
