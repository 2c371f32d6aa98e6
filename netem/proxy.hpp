// The impairment layer's body: accepts a connection, opens one to the server, follows the dialogue
// in both directions and does to each reply what the rules say.
#pragma once

#include "netem/rule_book.hpp"
#include "record/address_book.hpp"
#include "record/recorder.hpp"
#include "world/network.hpp"
#include "world/task_scope.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace twofifty::netem {

struct ProxyOptions {
    world::Endpoint listen;
    world::Endpoint upstream;
    bool lmtp = false;
    std::string run_id;  ///< Only tokens of this run count as messages of the fleet.
    Duration connect_timeout = std::chrono::seconds{30};
};

/// What every session of a proxy shares. All of it must outlive the proxy.
struct ProxyContext {
    world::Clock& clock;
    world::Network& network;
    RuleBook& rules;
    const AddressBook& recipients;
    Recorder& recorder;
};

class Proxy {
public:
    Proxy(const ProxyContext& context, ProxyOptions options);

    /// Listens and serves from now on. Yields where it listens. Errors: those of Network::listen.
    world::Result<world::Endpoint> start();

    /// Accepts no more. Sessions go on.
    void stop_accepting();

private:
    world::Task<> accept_sessions();

    ProxyContext context_;
    ProxyOptions options_;
    std::unique_ptr<world::Listener> listener_;
    std::uint32_t last_connection_ = 0;
    world::TaskScope sessions_;
};

}  // namespace twofifty::netem
