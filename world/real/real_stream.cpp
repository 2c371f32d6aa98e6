#include "world/real/real_stream.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

#include <utility>

namespace twofifty::world::real_world {
namespace {

namespace asio = boost::asio;

/// The socket and the operations that wait on it. Asio's handlers keep it alive after its Stream
/// has gone.
class Connection : public std::enable_shared_from_this<Connection> {
public:
    Connection(asio::ip::tcp::socket socket, ReadyQueue& ready)
        : socket_(std::move(socket)), ready_(ready) {
        boost::system::error_code ignored;
        socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
        socket_.non_blocking(true, ignored);
        local_ = from_asio(socket_.local_endpoint(ignored));
        remote_ = from_asio(socket_.remote_endpoint(ignored));
    }

    bool start_read(ReadSome& read) {
        if (closed_) {
            read.finish(Error::closed, 0);
            return true;
        }
        if (read_ended_) {
            read.finish(read_ended_, 0);
            return true;
        }
        TF_CHECK(!read_);
        read_ = &read;
        // The wait of a read that was forgotten may not have come back yet; then it is this one's.
        if (!reading_) wait_until_readable();
        return false;
    }

    std::size_t read_now(std::span<char> buffer) {
        if (closed_ || read_ended_) return 0;
        boost::system::error_code error;
        const std::size_t bytes =
            socket_.read_some(asio::buffer(buffer.data(), buffer.size()), error);
        if (error && error != asio::error::would_block) read_ended_ = translate(error);
        return error ? 0 : bytes;
    }

    bool start_write(WriteAll& write) {
        if (closed_ || send_ended_) {
            write.finish(Error::closed, 0);
            return true;
        }
        boost::system::error_code error;
        const std::size_t bytes = socket_.write_some(asio::buffer(write.rest()), error);
        write.advance(bytes);
        if (error && error != asio::error::would_block) {
            write.finish(translate(error), 0);
            return true;
        }
        if (write.rest().empty()) {
            write.finish({}, 0);
            return true;
        }
        TF_CHECK(!write_);
        write_ = &write;
        if (!writing_) write_some();
        return false;
    }

    // What waits is only that there is something to read: nothing is taken until a reader is there,
    // so one that is given up takes no bytes with it.
    void forget_read() { read_ = nullptr; }
    // The buffer of a forgotten write may go away at once, so Asio must let go of it. Cancelling
    // ends the wait to read too; its handler begins it again.
    void forget_write() {
        write_ = nullptr;
        boost::system::error_code ignored;
        if (!closed_) socket_.cancel(ignored);
    }

    void shutdown_send() {
        send_ended_ = true;
        boost::system::error_code ignored;
        socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    }

    void close(bool with_reset) {
        if (closed_) return;
        closed_ = true;
        boost::system::error_code ignored;
        if (with_reset) socket_.set_option(asio::socket_base::linger(true, 0), ignored);
        socket_.close(ignored);
        if (read_) std::exchange(read_, nullptr)->complete(ready_, Error::closed);
        if (write_) std::exchange(write_, nullptr)->complete(ready_, Error::closed);
    }

    const Endpoint& local() const { return local_; }
    const Endpoint& remote() const { return remote_; }
    ReadyQueue& ready() { return ready_; }

private:
    void wait_until_readable() {
        reading_ = true;
        socket_.async_wait(asio::socket_base::wait_read,
                           [self = shared_from_this()](const boost::system::error_code&) {
                               self->reading_ = false;
                               self->on_readable();
                           });
    }

    void on_readable() {
        if (!read_) return;
        const std::span<char> buffer = read_->buffer();
        boost::system::error_code error;
        const std::size_t bytes =
            socket_.read_some(asio::buffer(buffer.data(), buffer.size()), error);
        if (error == asio::error::would_block) return wait_until_readable();
        // The system reports an end only once.
        if (error) read_ended_ = translate(error);
        std::exchange(read_, nullptr)->complete(ready_, translate(error), bytes);
    }

    void write_some() {
        writing_ = true;
        socket_.async_write_some(
            asio::buffer(write_->rest()),
            [self = shared_from_this()](boost::system::error_code error, std::size_t bytes) {
                self->writing_ = false;
                self->on_written(error, bytes);
            });
    }

    void on_written(boost::system::error_code error, std::size_t bytes) {
        if (!write_) return;
        write_->advance(bytes);
        const bool interrupted = error == asio::error::operation_aborted && !closed_;
        if (interrupted || (!error && !write_->rest().empty())) return write_some();
        std::exchange(write_, nullptr)->complete(ready_, translate(error));
    }

    asio::ip::tcp::socket socket_;
    ReadyQueue& ready_;
    Endpoint local_;
    Endpoint remote_;
    ReadSome* read_ = nullptr;
    WriteAll* write_ = nullptr;
    bool reading_ = false;
    bool writing_ = false;
    bool send_ended_ = false;
    bool closed_ = false;
    boost::system::error_code read_ended_;
};

class RealStream final : public Stream {
public:
    explicit RealStream(std::shared_ptr<Connection> connection)
        : connection_(std::move(connection)) {}
    ~RealStream() override { connection_->close(false); }

    std::size_t read_now(std::span<char> buffer) override { return connection_->read_now(buffer); }
    void shutdown_send() override { connection_->shutdown_send(); }
    void close() override { connection_->close(false); }
    void reset() override { connection_->close(true); }
    const Endpoint& local_endpoint() const override { return connection_->local(); }
    const Endpoint& remote_endpoint() const override { return connection_->remote(); }

private:
    bool start_read(ReadSome& read) override { return connection_->start_read(read); }
    bool start_write(WriteAll& write) override { return connection_->start_write(write); }
    void forget_read(ReadSome&) override { connection_->forget_read(); }
    void forget_write(WriteAll&) override { connection_->forget_write(); }
    ReadyQueue& ready() override { return connection_->ready(); }

    std::shared_ptr<Connection> connection_;
};

}  // namespace

std::unique_ptr<Stream> make_stream(asio::ip::tcp::socket socket, ReadyQueue& ready) {
    return std::make_unique<RealStream>(std::make_shared<Connection>(std::move(socket), ready));
}

boost::system::error_code translate(const boost::system::error_code& error) {
    namespace errc = boost::system::errc;
    if (!error) return {};
    if (error == asio::error::eof) return Error::end_of_stream;
    if (error == asio::error::operation_aborted) return Error::closed;
    if (error == errc::connection_reset || error == errc::broken_pipe ||
        error == errc::connection_aborted)
        return Error::connection_reset;
    if (error == errc::connection_refused) return Error::connection_refused;
    if (error == errc::timed_out) return Error::unreachable;
    if (error == errc::host_unreachable || error == errc::network_unreachable ||
        error == errc::address_not_available || error == errc::address_family_not_supported)
        return Error::unreachable;
    if (error == errc::address_in_use) return Error::address_in_use;
    if (error == errc::permission_denied || error == errc::operation_not_permitted)
        return Error::access_denied;
    if (error == errc::too_many_files_open || error == errc::too_many_files_open_in_system ||
        error == errc::no_buffer_space || error == errc::not_enough_memory)
        return Error::no_resources;
    return Error::unspecified;
}

Endpoint from_asio(const asio::ip::tcp::endpoint& endpoint) {
    return Endpoint{endpoint.address().to_string(), endpoint.port()};
}

Result<asio::ip::tcp::endpoint> to_asio(const Endpoint& endpoint) {
    boost::system::error_code error;
    const asio::ip::address address = asio::ip::make_address(endpoint.host, error);
    if (error) return Error::unreachable;
    return asio::ip::tcp::endpoint(address, endpoint.port);
}

}  // namespace twofifty::world::real_world
