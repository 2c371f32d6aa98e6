// One domain as one sender sees it: its mail hosts, what is ready to go there, how many
// connections it may have, and which hosts are left alone because they failed.
#pragma once

#include "harness/fleet/job.hpp"
#include "harness/fleet/routes.hpp"
#include "harness/scenario/sender_settings.hpp"
#include "world/notifier.hpp"
#include "world/random.hpp"

#include <boost/container/small_vector.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace twofifty::harness {

class Destination {
public:
    /// Most domains have few hosts.
    using Hosts = boost::container::small_vector<const MailHost*, 4>;

    /// `settings` and the hosts must outlive it.
    Destination(std::string domain, std::span<const MailHost> hosts, const SenderSettings& settings,
                world::ReadyQueue& ready_queue);

    const std::string& domain() const { return domain_; }

    /// The hosts to be tried now, the best first: by preference, those of equal preference shuffled
    /// (RFC 5321 5.1), without those that are left alone. Empty: all of them are.
    Hosts hosts_in_order(TimePoint now, world::Random random) const;
    /// When the first of the hosts that are left alone may be tried again. REQUIRES: all are.
    TimePoint first_back() const;

    void host_failed(const MailHost& host, TimePoint now);
    void host_served(const MailHost& host);

    /// How many connections it may have at the moment.
    std::uint32_t limit() const;

    std::deque<Job> ready;
    std::uint32_t connections = 0;  ///< Running, idle ones included.
    world::Notifier work_arrived;   ///< An idle connection waits for it.

private:
    struct Standing {
        std::uint32_t failures = 0;  ///< In a row.
        TimePoint back_at{};
    };

    Standing& standing_of(const MailHost& host);

    std::string domain_;
    std::span<const MailHost> hosts_;
    const SenderSettings& settings_;
    std::vector<Standing> standings_;
    double window_;
};

}  // namespace twofifty::harness
