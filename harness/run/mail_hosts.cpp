#include "harness/run/mail_hosts.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace twofifty::harness {

Routes routes_to(const TargetSettings& target, std::span<const world::Endpoint> endpoints) {
    Routes routes;
    const std::span<const ReceiverSettings> receivers = target.receivers();
    if (receivers.empty()) {
        routes.add("", {.receiver = 1, .preference = 0, .endpoint = endpoints.front()});
        return routes;
    }
    // A receiver of every domain takes also the mail of those that others name.
    std::set<std::string> domains{""};
    std::vector<MailHost> hosts;
    for (std::size_t i = 0; i < receivers.size(); ++i) {
        if (receivers[i].inner) continue;
        domains.insert(receivers[i].domains.begin(), receivers[i].domains.end());
        hosts.push_back({.receiver = static_cast<std::uint16_t>(i + 1),
                         .preference = receivers[i].preference,
                         .endpoint = endpoints[i]});
    }
    std::ranges::stable_sort(hosts, {}, &MailHost::preference);
    for (const std::string& domain : domains) {
        for (const MailHost& host : hosts) {
            const std::vector<std::string>& own = receivers[host.receiver - 1].domains;
            if (own.empty() || std::ranges::find(own, domain) != own.end())
                routes.add(domain, host);
        }
    }
    return routes;
}

}  // namespace twofifty::harness
