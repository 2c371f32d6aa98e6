// The control API of a set of proxies: Toxiproxy's calls, and our own beside them. docs/api.md has
// them all.
#pragma once

#include "netem/api/server.hpp"
#include "netem/proxy_set.hpp"

#include <functional>
#include <optional>
#include <string>

namespace twofifty::netem::api {

struct ApiOptions {
    /// Toxiproxy's port; 0 takes a free one.
    world::Endpoint listen{"127.0.0.1", 8474};
    /// Where not empty, every request must bring it: `Authorization: Bearer TOKEN`.
    std::string token{};
    /// The verdict of what has happened so far, as JSON; an error's text where there is none. It
    /// is called on the world's thread. None: no ledger is kept.
    std::function<std::string()> verdict{};
};

class Api {
public:
    /// All must outlive it. Observes the set from now on.
    Api(world::Clock& clock, world::Network& network, ProxySet& proxies, ApiOptions options = {});
    ~Api();

    /// Listens and serves from now on. Yields where it listens. Errors: those of Network::listen.
    world::Result<world::Endpoint> start();
    /// Accepts no more, and closes every connection.
    void stop();

private:
    Answer answer(const Request& request);

    ProxySet& proxies_;
    ApiOptions options_;
    Server server_;
};

}  // namespace twofifty::netem::api
