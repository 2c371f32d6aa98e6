// The impairment layer alone, between a client and a server that a test plays. The network has no
// latency, so that every moment at which something arrives is the layer's own doing.
#pragma once

#include "netem/proxy.hpp"
#include "tests/support/memory_recorder.hpp"
#include "tests/support/scripted_peer.hpp"
#include "world/virtual/virtual_world.hpp"

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::test {

struct ProxyBenchOptions {
    bool lmtp = false;
    bool upstream_listens = true;
    std::size_t most_connections = 9000;
    world::virtual_world::NetworkOptions network{};
};

/// A rule in a scenario's words. The rules of a bench are named r1, r2, ...
struct RuleText {
    std::string when;
    std::string effect;
    std::string more{};  ///< Further lines: a budget, continue.
};

class ProxyBench {
public:
    explicit ProxyBench(std::initializer_list<RuleText> rules = {},
                        const ProxyBenchOptions& options = {});

    /// Client and server are connected through the layer; nothing has been said.
    void connect();
    /// Another client begins to connect, and another server waits for its turn to accept.
    void connect_also(ScriptedPeer& another_client, ScriptedPeer& another_server);
    /// A client that connects without a server that accepts; refused where it is not connected.
    void knock(ScriptedPeer& another_client);
    /// Puts other rules in the place of all there are.
    void change_rules(std::initializer_list<RuleText> rules);
    /// Greeting and EHLO are through.
    void greet();
    /// A whole envelope of message `ordinal`, up to the 354.
    void begin_message(std::uint32_t ordinal = 1,
                       const std::vector<std::string>& recipients = {"r1@recipient.test"});
    /// The same, and the content with its final dot was given to the layer.
    void send_message(std::uint32_t ordinal = 1,
                      const std::vector<std::string>& recipients = {"r1@recipient.test"});
    /// Forgets what both ends have heard, and what was recorded.
    void forget();

    /// Lets so much time pass.
    void pass(Duration duration);
    /// The client's command, the server's reply to it.
    void exchange(std::string_view command, std::string_view reply);

    const netem::Proxy& proxy() const { return proxy_; }

    world::virtual_world::VirtualWorld world;
    MemoryRecorder recorder;
    AddressBook recipients;
    netem::RuleBook rules;
    ScriptedPeer client;
    ScriptedPeer server;

private:
    world::Task<> accept(ScriptedPeer& peer);
    world::Task<> open(ScriptedPeer& peer);

    std::unique_ptr<world::Listener> listener_;
    netem::FleetIdentities identities_;
    netem::ConnectionCounter connections_;
    netem::Proxy proxy_;
    world::Endpoint endpoint_;
    world::TaskScope tasks_;
};

/// The run id in the tokens of begin_message().
inline constexpr const char* bench_run_id = "bench";
inline constexpr std::string_view queued = "250 2.0.0 Ok: queued as A1\r\n";

}  // namespace twofifty::test
