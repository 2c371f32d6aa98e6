#include "netem/proxy.hpp"

#include "netem/proxy_session.hpp"
#include "world/deadline.hpp"

#include <utility>

namespace twofifty::netem {
namespace {

/// After the system refused a connection for want of descriptors: try again so much later.
constexpr Duration accept_pause = std::chrono::milliseconds{100};

}  // namespace

Proxy::Proxy(const ProxyContext& context, ProxyOptions options, ConnectionCounter& counter)
    : context_(context),
      options_(std::move(options)),
      counter_(counter),
      accepting_(context.clock.ready()),
      sessions_(context.clock.ready()) {}

world::Result<world::Endpoint> Proxy::start() {
    world::Result<std::unique_ptr<world::Listener>> listener =
        context_.network.listen(options_.listen);
    if (!listener) return listener.error();
    start(std::move(*listener));
    return options_.listen;
}

void Proxy::start(std::unique_ptr<world::Listener> listener) {
    listener_ = std::move(listener);
    // Where the port was left to the system, it stays the one that was found.
    options_.listen = listener_->endpoint();
    accepting_.spawn(accept_sessions());
}

void Proxy::stop_accepting() {
    if (listener_) listener_->close();
}

void Proxy::stop() {
    stop_accepting();
    stop_and_keep_listener().reset();
}

std::unique_ptr<world::Listener> Proxy::stop_and_keep_listener() {
    accepting_.cancel();
    sessions_.cancel();
    return std::move(listener_);
}

world::Task<> Proxy::accept_sessions() {
    while (true) {
        world::Result<std::unique_ptr<world::Stream>> client = co_await listener_->accept();
        if (client) {
            sessions_.spawn(
                serve_session(context_, options_, std::move(*client), ++counter_.last, scratch_));
        } else if (client.error() == world::Error::closed) {
            co_return;
        } else {
            co_await world::sleep_for(context_.clock, accept_pause);
        }
    }
}

}  // namespace twofifty::netem
