// The proxies of one process at work: one world on a thread of its own, as many proxies in it as
// there are listeners.
#pragma once

#include "harness/app/proxy_recorder.hpp"
#include "netem/api/api.hpp"
#include "netem/foreign_identities.hpp"
#include "netem/proxy_set.hpp"
#include "world/notifier.hpp"
#include "world/real/real_world.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace twofifty::harness {

struct ProxyPlan {
    std::vector<netem::ProxyDescription> proxies{};
    std::vector<netem::Rule> rules{};
    std::uint64_t seed = 1;
    std::vector<std::string> may_send_to{};  ///< Also for what comes through the API.
    std::optional<world::Endpoint> api{};
    std::string token{};
    std::optional<netem::ProxyTls> tls{};  ///< Nothing: TLS is passed on unread.
};

class ProxyService {
public:
    /// `events`: null where nothing is stored; `tap`: null where nobody looks on; `verdict`: empty
    /// where there is none. All must outlive it.
    ProxyService(const ProxyPlan& plan, EventWriter* events, netem::Tap* tap,
                 std::function<std::string()> verdict);
    /// Ends what is left.
    ~ProxyService();

    /// Opens every listener, and serves from then on. Yields where they are, in the order of the
    /// plan, and the API behind them. Throws CommandError (environment) that names the one that
    /// cannot be opened.
    std::vector<std::string> start();

    /// Ends every connection, and records how it all came out. Once.
    void stop();

private:
    void finish_in_world();

    ProxyPlan plan_;
    world::real_world::RealWorld world_;
    ProxyBook book_;
    std::unique_ptr<netem::Identities> identities_;
    netem::ConnectionCounter connections_;
    std::unique_ptr<netem::ProxySet> proxies_;
    std::unique_ptr<netem::api::Api> api_;
    world::Notifier told_to_stop_;
    std::thread thread_;
};

}  // namespace twofifty::harness
