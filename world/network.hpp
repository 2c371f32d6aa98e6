#pragma once

#include "world/stream.hpp"

#include <memory>
#include <string>
#include <vector>

namespace twofifty::world {

class Connect;
class Accept;

/// A place where connections arrive.
class Listener {
public:
    virtual ~Listener() = default;

    /// `Result<std::unique_ptr<Stream>> stream = co_await listener.accept()`. Errors: closed,
    /// no_resources.
    Accept accept();
    /// Refuses from now on; a waiting accept completes with Error::closed.
    virtual void close() = 0;
    virtual const Endpoint& endpoint() const = 0;

protected:
    friend class Accept;
    virtual bool start_accept(Accept& accept) = 0;
    virtual void forget_accept(Accept& accept) = 0;
    virtual ReadyQueue& ready() = 0;
};

/// Where connections are made.
class Network {
public:
    virtual ~Network() = default;

    /// `Result<std::unique_ptr<Stream>> stream = co_await network.connect(endpoint)`. The
    /// endpoint's host is a literal address. Errors: connection_refused, unreachable,
    /// connection_reset, no_resources.
    Connect connect(const Endpoint& to);

    /// Listens; port 0 takes a free one. Errors: address_in_use, access_denied, unreachable (no
    /// such local address).
    virtual Result<std::unique_ptr<Listener>> listen(const Endpoint& at) = 0;

protected:
    friend class Connect;
    virtual bool start_connect(Connect& connect) = 0;
    virtual void forget_connect(Connect& connect) = 0;
    virtual ReadyQueue& ready() = 0;
};

class [[nodiscard]] Accept final : public PendingOp {
public:
    explicit Accept(Listener& listener) : listener_(listener) {}
    Accept(Accept&& other) noexcept : PendingOp(std::move(other)), listener_(other.listener_) {}
    ~Accept() override {
        if (waiting()) listener_.forget_accept(*this);
    }

    Result<std::unique_ptr<Stream>> await_resume() {
        if (error_) return error_;
        return std::move(stream);
    }
    using PendingOp::finish;

    std::unique_ptr<Stream> stream;

private:
    bool begin() override { return listener_.start_accept(*this); }
    void do_cancel(boost::system::error_code error) override {
        listener_.forget_accept(*this);
        complete(listener_.ready(), error);
    }

    Listener& listener_;
};

class [[nodiscard]] Connect final : public PendingOp {
public:
    Connect(Network& network, const Endpoint& endpoint) : to(endpoint), network_(network) {}
    Connect(Connect&& other) noexcept
        : PendingOp(std::move(other)), to(other.to), network_(other.network_) {}
    ~Connect() override {
        if (waiting()) network_.forget_connect(*this);
    }

    Result<std::unique_ptr<Stream>> await_resume() {
        if (error_) return error_;
        return std::move(stream);
    }
    using PendingOp::finish;

    const Endpoint& to;
    std::unique_ptr<Stream> stream;
    std::shared_ptr<void> backend;  ///< The network's own, while the operation waits.

private:
    bool begin() override { return network_.start_connect(*this); }
    void do_cancel(boost::system::error_code error) override {
        network_.forget_connect(*this);
        complete(network_.ready(), error);
    }

    Network& network_;
};

inline Accept Listener::accept() {
    return Accept(*this);
}
inline Connect Network::connect(const Endpoint& to) {
    return Connect(*this, to);
}

}  // namespace twofifty::world
