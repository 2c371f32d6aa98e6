#include "netem/proxy.hpp"

#include "netem/proxy_session.hpp"
#include "world/deadline.hpp"

#include <algorithm>
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
      door_({context.clock, context.rules, context.recorder}, options_.most_connections,
            options_.receiver),
      sessions_(context.clock.ready()),
      accepting_(context.clock.ready()),
      tending_(context.clock.ready()) {}

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
    tending_.spawn(tend_door());
}

void Proxy::stop_accepting() {
    tending_.cancel();
    accepting_.cancel();
    if (listener_) listener_->close();
}

void Proxy::stop() {
    stop_accepting();
    stop_and_keep_listener().reset();
}

std::unique_ptr<world::Listener> Proxy::stop_and_keep_listener() {
    tending_.cancel();
    accepting_.cancel();
    sessions_.cancel();
    return std::move(listener_);
}

/// Listens and accepts, or does not, as the door stands.
world::Task<> Proxy::tend_door() {
    while (true) {
        const Door::Look look = door_.look();
        if (look.state != Door::State::open) accepting_.cancel();
        if (look.state == Door::State::refusing)
            listener_.reset();
        else if (!listener_)
            listen_again();
        if (look.state == Door::State::open && listener_ && accepting_.size() == 0)
            accepting_.spawn(accept_sessions());
        const TimePoint due = std::min(look.changes_at, listens_again_at_);
        co_await world::within(context_.clock, due, door_.changed().wait());
    }
}

/// On the same port: what the system gave to somebody else meanwhile it gives back some time.
void Proxy::listen_again() {
    world::Result<std::unique_ptr<world::Listener>> listener =
        context_.network.listen(options_.listen);
    listens_again_at_ = listener ? never : context_.clock.now() + accept_pause;
    if (listener) listener_ = std::move(*listener);
}

/// Accepts until the door is no longer open.
world::Task<> Proxy::accept_sessions() {
    while (true) {
        world::Result<std::unique_ptr<world::Stream>> client = co_await listener_->accept();
        if (client) {
            sessions_.spawn(serve_session(context_, options_, door_, std::move(*client),
                                          ++counter_.last, scratch_, unanswered_));
            if (door_.look().state == Door::State::open) continue;
            door_.changed().notify_all();
            co_return;
        }
        if (client.error() == world::Error::closed) co_return;
        co_await world::sleep_for(context_.clock, accept_pause);
    }
}

}  // namespace twofifty::netem
