// The proxies of one process at work: one world on a thread of its own, as many proxies in it as
// there are listeners.
#pragma once

#include "harness/app/proxy_recorder.hpp"
#include "netem/foreign_identities.hpp"
#include "netem/proxy.hpp"
#include "world/notifier.hpp"
#include "world/real/real_world.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace twofifty::harness {

struct ProxyPlan {
    std::vector<netem::ProxyOptions> proxies{};
    std::vector<netem::Rule> rules{};
    std::uint64_t seed = 1;
};

class ProxyService {
public:
    /// `events`: null where nothing is stored; `tap`: null where nobody looks on. Both must outlive
    /// it.
    ProxyService(const ProxyPlan& plan, EventWriter* events, netem::Tap* tap);
    /// Ends what is left.
    ~ProxyService();

    /// Opens every listener, and serves from then on. Yields where they are. Throws CommandError
    /// (environment) that names the one that cannot be opened.
    std::vector<world::Endpoint> start();

    /// Ends every connection, and records how it all came out. Once.
    void stop();

private:
    /// One proxy, with the rules and the counts that are its own.
    struct Served {
        Served(std::vector<netem::Rule> rules_, std::uint64_t seed, ProxyBook& book)
            : rules(std::move(rules_), seed), recorder(book, rules) {}
        netem::RuleBook rules;
        ProxyRecorder recorder;
        std::unique_ptr<netem::Proxy> proxy;
    };

    void finish_in_world();

    world::real_world::RealWorld world_;
    ProxyBook book_;
    std::unique_ptr<netem::Identities> identities_;
    netem::ConnectionCounter connections_;
    std::vector<std::unique_ptr<Served>> served_;
    world::Notifier told_to_stop_;
    std::thread thread_;
};

}  // namespace twofifty::harness
