// Where the mail of a domain goes: its mail exchangers, as a sender learns them from MX records.
#pragma once

#include "world/endpoint.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace twofifty::harness {

/// One host that takes mail. `receiver` is its number, from 1, under which events name it.
struct MailHost {
    std::uint16_t receiver = 1;
    std::uint32_t preference = 0;  ///< The lower, the sooner tried (RFC 5321 5.1).
    world::Endpoint endpoint{};
};

/// The hosts of every domain that mail is sent to.
class Routes {
public:
    /// A host of a domain; "" is every domain that is not named.
    void add(std::string domain, MailHost host) {
        hosts_of_own(std::move(domain)).push_back(std::move(host));
    }

    /// The hosts of a domain (of lower-case letters), in the order in which they were added; those
    /// of "" where it has none of its own.
    std::span<const MailHost> hosts_of(std::string_view domain) const {
        for (const auto& [name, hosts] : by_domain_)
            if (name == domain) return hosts;
        if (!domain.empty()) return hosts_of("");
        return {};
    }

private:
    std::vector<MailHost>& hosts_of_own(std::string domain) {
        for (auto& [name, hosts] : by_domain_)
            if (name == domain) return hosts;
        return by_domain_.emplace_back(std::move(domain), std::vector<MailHost>{}).second;
    }

    std::vector<std::pair<std::string, std::vector<MailHost>>> by_domain_;
};

}  // namespace twofifty::harness
