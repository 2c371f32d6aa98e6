#include "world/real/real_network.hpp"

#include "world/real/real_stream.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <deque>
#include <utility>

namespace twofifty::world::real_world {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr int listen_backlog = 4096;

/// The acceptor, and the accept that waits on it. Asio's handlers keep it alive after its Listener
/// has gone.
class Acceptor : public std::enable_shared_from_this<Acceptor> {
public:
    Acceptor(tcp::acceptor acceptor, ReadyQueue& ready)
        : acceptor_(std::move(acceptor)),
          ready_(ready),
          endpoint_(from_asio(acceptor_.local_endpoint())) {}

    bool start_accept(Accept& accept) {
        if (closed_) {
            accept.finish(Error::closed, 0);
            return true;
        }
        if (!arrived_.empty()) {
            accept.stream = std::move(arrived_.front());
            arrived_.pop_front();
            accept.finish({}, 0);
            return true;
        }
        accept_ = &accept;
        if (!accepting_) accept_one();
        return false;
    }

    void forget() { accept_ = nullptr; }

    void close() {
        closed_ = true;
        arrived_.clear();
        boost::system::error_code ignored;
        acceptor_.close(ignored);
        if (accept_) std::exchange(accept_, nullptr)->complete(ready_, Error::closed);
    }

    const Endpoint& endpoint() const { return endpoint_; }
    ReadyQueue& ready() { return ready_; }

private:
    void accept_one() {
        accepting_ = true;
        acceptor_.async_accept(
            [self = shared_from_this()](boost::system::error_code error, tcp::socket socket) {
                self->accepting_ = false;
                self->on_accepted(error, std::move(socket));
            });
    }

    void on_accepted(boost::system::error_code error, tcp::socket socket) {
        if (!accept_) {
            // The accept was given up while Asio's was under way: the connection is the next one's.
            if (!error && !closed_) arrived_.push_back(make_stream(std::move(socket), ready_));
            return;
        }
        // A client that went away before we came to it is no concern of the one who accepts.
        if (error == asio::error::connection_aborted) return accept_one();
        if (!error) accept_->stream = make_stream(std::move(socket), ready_);
        std::exchange(accept_, nullptr)->complete(ready_, translate(error));
    }

    tcp::acceptor acceptor_;
    ReadyQueue& ready_;
    Endpoint endpoint_;
    std::deque<std::unique_ptr<Stream>> arrived_;
    Accept* accept_ = nullptr;
    bool accepting_ = false;
    bool closed_ = false;
};

class RealListener final : public Listener {
public:
    explicit RealListener(std::shared_ptr<Acceptor> acceptor) : acceptor_(std::move(acceptor)) {}
    ~RealListener() override { acceptor_->close(); }

    void close() override { acceptor_->close(); }
    const Endpoint& endpoint() const override { return acceptor_->endpoint(); }

private:
    bool start_accept(Accept& accept) override { return acceptor_->start_accept(accept); }
    void forget_accept(Accept&) override { acceptor_->forget(); }
    ReadyQueue& ready() override { return acceptor_->ready(); }

    std::shared_ptr<Acceptor> acceptor_;
};

/// A connection being made. It belongs to Asio's handler; `connect` is null once nobody waits for
/// it.
struct Connecting {
    tcp::socket socket;
    Connect* connect;
};

}  // namespace

Result<std::unique_ptr<Listener>> RealNetwork::listen(const Endpoint& at) {
    const Result<tcp::endpoint> endpoint = to_asio(at);
    if (!endpoint) return endpoint.error();
    boost::system::error_code error;
    tcp::acceptor acceptor(context_);
    acceptor.open(endpoint->protocol(), error);
    if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor.bind(*endpoint, error);
    if (!error) acceptor.listen(listen_backlog, error);
    if (error) return translate(error);
    return std::make_unique<RealListener>(std::make_shared<Acceptor>(std::move(acceptor), ready_));
}

bool RealNetwork::start_connect(Connect& connect) {
    const Result<tcp::endpoint> endpoint = to_asio(connect.to);
    if (!endpoint) {
        connect.finish(endpoint.error(), 0);
        return true;
    }
    auto connecting = std::make_shared<Connecting>(Connecting{tcp::socket(context_), &connect});
    connect.backend = connecting;
    connecting->socket.async_connect(
        *endpoint, [this, connecting](boost::system::error_code error) {
            Connect* const waiting = std::exchange(connecting->connect, nullptr);
            if (!waiting) return;
            waiting->backend.reset();
            if (!error) waiting->stream = make_stream(std::move(connecting->socket), ready_);
            waiting->complete(ready_, translate(error));
        });
    return false;
}

void RealNetwork::forget_connect(Connect& connect) {
    const auto connecting = std::static_pointer_cast<Connecting>(connect.backend);
    connect.backend.reset();
    connecting->connect = nullptr;
    boost::system::error_code ignored;
    connecting->socket.close(ignored);
}

}  // namespace twofifty::world::real_world
