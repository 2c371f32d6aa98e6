// Proxies and their control API, a client of that API which a test plays, and both ends of a
// connection through a proxy. The network has no latency.
#pragma once

#include "netem/api/api.hpp"
#include "tests/support/memory_recorder.hpp"
#include "tests/support/scripted_peer.hpp"
#include "world/virtual/virtual_world.hpp"

#include <memory>
#include <ostream>
#include <string>
#include <string_view>

namespace twofifty::test {

/// A whole response, as far as tests compare it.
struct HttpReply {
    int status = 0;
    std::string content_type;
    std::string body;

    bool operator==(const HttpReply&) const = default;
};

std::ostream& operator<<(std::ostream& out, const HttpReply& reply);

inline HttpReply json(int status, std::string body) {
    return {status, "application/json", std::move(body)};
}
/// As Toxiproxy sends its errors: {"error":..,"status":..}, a line end, and plain text.
HttpReply error(int status, std::string_view message);
inline const HttpReply no_content{204, "", ""};

struct ApiBenchOptions {
    std::string token{};
    netem::ProxySetOptions proxies{};
    netem::api::AskVerdict verdict{};
};

class ApiBench {
public:
    explicit ApiBench(ApiBenchOptions options = {});

    /// One request on a connection of its own. `headers` are whole lines with their CRLF.
    HttpReply call(std::string_view method, std::string_view target, std::string_view body = "",
                   std::string_view headers = "");
    HttpReply get(std::string_view target) { return call("GET", target); }
    HttpReply post(std::string_view target, std::string_view body = "") {
        return call("POST", target, body);
    }

    /// A client connects to the API, and says nothing yet.
    std::unique_ptr<ScriptedPeer> open();
    /// A client connects to a proxy.
    std::unique_ptr<ScriptedPeer> open(std::string_view proxy);
    std::unique_ptr<ScriptedPeer> open(const world::Endpoint& endpoint);

    /// A proxy named smtp at 127.0.0.1:2525 for the server at 127.0.0.1:25, client and server
    /// connected through it. Nothing has been said.
    void connect();
    /// Whether somebody listens there.
    bool listens(const std::string& endpoint);
    void pass(Duration duration);

    world::virtual_world::VirtualWorld world;
    MemoryRecorder recorder;

private:
    AddressBook recipients_;
    netem::FleetIdentities identities_;
    netem::ConnectionCounter connections_;

public:
    netem::ProxySet proxies;
    netem::api::Api api;
    ScriptedPeer server;
    std::unique_ptr<ScriptedPeer> client;

private:
    world::Task<> accept();
    world::Task<> connect_to(world::Endpoint endpoint, ScriptedPeer& peer);

    std::unique_ptr<world::Listener> listener_;
    world::Endpoint endpoint_;
    world::TaskScope tasks_;
};

/// The first response in what a client has heard, and how many bytes it took.
std::pair<HttpReply, std::size_t> parse_reply(std::string_view bytes);

/// What the proxy of connect() looks like, with these toxics.
std::string smtp_proxy(std::string_view toxics = "");

inline constexpr std::string_view create_smtp =
    R"({"name":"smtp","listen":"127.0.0.1:2525","upstream":"127.0.0.1:25"})";

}  // namespace twofifty::test
