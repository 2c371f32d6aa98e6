// The HTTP server of the control API: one coroutine for each connection, over the streams of
// whichever world it is in. It knows requests and who may make them, and no path.
#pragma once

#include "netem/api/http.hpp"
#include "world/clock.hpp"
#include "world/network.hpp"
#include "world/notifier.hpp"
#include "world/task_scope.hpp"

#include <functional>
#include <memory>
#include <string>

namespace twofifty::netem::api {

/// A body without an end: what waits to be sent, for one client.
class EventSource {
public:
    virtual ~EventSource() = default;
    /// Takes all that waits; empty: nothing does.
    virtual std::string take() = 0;
    /// Notified when something waits.
    virtual world::Notifier& changed() = 0;
};

/// What is said to a request: a response, and, where there is one, a source that its body goes on
/// with until the client leaves.
struct Answer {
    Response response;
    std::unique_ptr<EventSource> events{};
};

struct ServerOptions {
    world::Endpoint listen;
    /// Where not empty, every request must bring it: `Authorization: Bearer TOKEN`.
    std::string token{};
};

/// Connections served at a time; one more is answered 503.
inline constexpr std::size_t connections_most = 64;
/// From the first byte of a request to its last; then 408. Also for a client to take a response.
inline constexpr Duration request_time = std::chrono::seconds{10};
/// Between two requests, and before the first; then the connection is closed.
inline constexpr Duration idle_time = std::chrono::seconds{60};
/// An event stream in which nothing happens says so, with a comment; a client that takes nothing
/// for twice as long is given up.
inline constexpr Duration heartbeat_time = std::chrono::seconds{15};

class Server {
public:
    using Handler = std::function<Answer(const Request& request)>;

    /// Clock and network must outlive it. `handler` is called for every request that may be made;
    /// it must not wait.
    Server(world::Clock& clock, world::Network& network, ServerOptions options, Handler handler);

    /// Listens and serves from now on. Yields where it listens. Errors: those of Network::listen.
    world::Result<world::Endpoint> start();
    /// Accepts no more, and closes every connection.
    void stop();

private:
    enum class Received : std::uint8_t { request, malformed, too_late, nothing };

    world::Task<> accept_connections();
    world::Task<> serve(std::unique_ptr<world::Stream> stream);
    world::Task<> refuse(std::unique_ptr<world::Stream> stream);
    world::Task<Received> receive(world::Stream& stream, RequestReader& reader, std::string& bytes);
    world::Task<bool> write(world::Stream& stream, std::string_view bytes);
    world::Task<> linger(world::Stream& stream);
    world::Task<> send_events(world::Stream& stream, EventSource& events);
    Answer answer(const Request& request);

    world::Clock& clock_;
    world::Network& network_;
    ServerOptions options_;
    Handler handler_;
    std::uint64_t requests_ = 0;
    std::unique_ptr<world::Listener> listener_;
    world::TaskScope accepting_;
    world::TaskScope connections_;
    world::TaskScope refusals_;
};

}  // namespace twofifty::netem::api
