// The impairment layer's body: accepts a connection, opens one to the server, follows the dialogue
// in both directions and does to each reply what the rules say.
#pragma once

#include "netem/door.hpp"
#include "netem/identities.hpp"
#include "netem/rule_book.hpp"
#include "netem/tap.hpp"
#include "record/recorder.hpp"
#include "tls/context.hpp"
#include "world/network.hpp"
#include "world/task_scope.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace twofifty::netem {

/// TLS ends at the layer and begins anew behind it, so that replies are seen in between.
struct ProxyTls {
    tls::Context to_client;   ///< For the accepting side.
    tls::Context to_server;   ///< For the connecting side.
    std::string server_name;  ///< Whom the server's certificate must be for; may be empty.
    bool implicit = false;    ///< From the first byte, instead of by STARTTLS.
};

struct ProxyOptions {
    world::Endpoint listen;
    world::Endpoint upstream;
    std::string receiver{};  ///< What rules call the server there.
    bool lmtp = false;
    Duration connect_timeout = std::chrono::seconds{30};
    /// Absent: a dialogue that turns to TLS is passed on unread from there.
    std::optional<ProxyTls> tls{};
    Duration tls_timeout = std::chrono::seconds{30};  ///< For each handshake.
    /// So long after its client's connection has ended, a server's is torn down.
    Duration longest_afterlife = std::chrono::milliseconds{924'600};
    /// Connections at once; the others wait in the backlog. Each takes two descriptors, of which a
    /// process rarely gets more than 20,000.
    std::size_t most_connections = 9000;
};

/// What every session of a proxy shares. All of it must outlive the proxy.
struct ProxyContext {
    world::Clock& clock;
    world::Network& network;
    RuleBook& rules;
    Identities& identities;
    Recorder& recorder;
    Tap* tap = nullptr;
};

/// Numbers connections; several proxies of one process share one, so that a number names one.
struct ConnectionCounter {
    std::uint32_t last = 0;
};

class Proxy {
public:
    /// `counter` must outlive the proxy.
    Proxy(const ProxyContext& context, ProxyOptions options, ConnectionCounter& counter);

    /// Listens and serves from now on. Yields where it listens. Errors: those of Network::listen.
    world::Result<world::Endpoint> start();
    /// Serves those who come to a listener that is there already.
    void start(std::unique_ptr<world::Listener> listener);

    /// Accepts no more. Sessions go on.
    void stop_accepting();
    /// Accepts no more, and tears down every connection there is.
    void stop();
    /// The same, but the place where it listens goes on, for another proxy; null where there is
    /// none.
    std::unique_ptr<world::Listener> stop_and_keep_listener();

    const ProxyOptions& options() const { return options_; }
    /// False while a rule refuses connections, too.
    bool listens() const { return listener_ != nullptr; }
    std::size_t sessions() const { return sessions_.size(); }
    /// Sessions whose server owes a reply to an end of data, their clients gone or not.
    std::size_t unanswered() const { return unanswered_; }

private:
    world::Task<> tend_door();
    world::Task<> accept_sessions();
    void listen_again();

    ProxyContext context_;
    ProxyOptions options_;
    ConnectionCounter& counter_;
    Door door_;
    std::unique_ptr<world::Listener> listener_;  ///< None while a rule refuses connections.
    TimePoint listens_again_at_ = never;         ///< After the port was not to be had.
    /// Where sessions read into; what lies there is taken away before anybody waits again.
    std::array<char, 65536> scratch_;
    std::size_t unanswered_ = 0;
    world::TaskScope sessions_;
    world::TaskScope accepting_;
    world::TaskScope tending_;
};

}  // namespace twofifty::netem
