#include "world/virtual/virtual_network.hpp"

#include "world/block_pool.hpp"
#include "world/fifo.hpp"
#include "world/virtual/virtual_stream.hpp"

#include <algorithm>

namespace twofifty::world::virtual_world {

class VirtualListener final : public Listener {
public:
    VirtualListener(VirtualNetwork& network, Endpoint endpoint)
        : network_(network), endpoint_(std::move(endpoint)) {
        network_.listeners_.emplace(endpoint_, this);
    }
    ~VirtualListener() override { close(); }

    void close() override {
        if (closed_) return;  // Another may listen there by now.
        network_.listeners_.erase(endpoint_);
        arrived_.clear();
        closed_ = true;
        if (accept_) std::exchange(accept_, nullptr)->complete(ready(), Error::closed);
    }

    const Endpoint& endpoint() const override { return endpoint_; }

    void arrive(std::unique_ptr<Stream> stream) {
        if (!accept_) {
            arrived_.push_back(std::move(stream));
            return;
        }
        accept_->stream = std::move(stream);
        std::exchange(accept_, nullptr)->complete(ready());
    }

private:
    bool start_accept(Accept& accept) override {
        if (closed_) {
            accept.finish(Error::closed, 0);
            return true;
        }
        if (arrived_.empty()) {
            accept_ = &accept;
            return false;
        }
        accept.stream = arrived_.take_front();
        accept.finish({}, 0);
        return true;
    }
    void forget_accept(Accept&) override { accept_ = nullptr; }
    ReadyQueue& ready() override { return network_.clock().ready(); }

    VirtualNetwork& network_;
    Endpoint endpoint_;
    Fifo<std::unique_ptr<Stream>> arrived_;
    Accept* accept_ = nullptr;
    bool closed_ = false;
};

/// A connection being made: one round trip, then it is there, or refused. The operation that waits
/// for it owns it.
class Handshake final : public Timer {
public:
    Handshake(VirtualNetwork& network, Connect& connect) : network_(network), connect_(connect) {
        const Duration round_trip = 2 * network.options().latency;
        network_.clock().timers().add(network_.clock().now() + round_trip, *this);
    }

private:
    void fired() override {
        const auto listener = network_.listeners_.find(connect_.to);
        if (listener == network_.listeners_.end()) {
            connect_.complete(network_.ready(), Error::connection_refused);
            return;
        }
        const Endpoint from{connect_.to.host, network_.next_port()};
        auto [connecting, accepting] = make_connection(network_, from, connect_.to);
        connect_.stream = std::move(connecting);
        listener->second->arrive(std::move(accepting));
        connect_.complete(network_.ready());
    }

    VirtualNetwork& network_;
    Connect& connect_;
};

VirtualNetwork::VirtualNetwork(Clock& clock, std::uint64_t seed, const NetworkOptions& options)
    : clock_(clock), random_(seed, "network"), options_(options) {}

std::size_t VirtualNetwork::portion(std::size_t available) {
    if (options_.short_read_chance <= 0 || available < 2) return available;
    if (random_.uniform() >= options_.short_read_chance) return available;
    return 1 + static_cast<std::size_t>(random_.below(available));
}

Result<std::unique_ptr<Listener>> VirtualNetwork::listen(const Endpoint& at) {
    Endpoint endpoint = at;
    if (endpoint.port == 0) endpoint.port = next_port();
    if (listeners_.contains(endpoint)) return Error::address_in_use;
    return std::make_unique<VirtualListener>(*this, std::move(endpoint));
}

bool VirtualNetwork::start_connect(Connect& connect) {
    const block_pool::Allocator<Handshake> pool;
    connect.backend = std::allocate_shared<Handshake>(pool, *this, connect);
    return false;
}

void VirtualNetwork::forget_connect(Connect& connect) {
    connect.backend.reset();
}

std::uint16_t VirtualNetwork::next_port() {
    // The ephemeral range of Linux, used in turn.
    const auto listens = [this](std::uint16_t port) {
        return std::any_of(listeners_.begin(), listeners_.end(),
                           [port](const auto& entry) { return entry.first.port == port; });
    };
    do {
        last_port_ = last_port_ >= 60999 ? 32768 : static_cast<std::uint16_t>(last_port_ + 1);
    } while (listens(last_port_));
    return last_port_;
}

}  // namespace twofifty::world::virtual_world
