#include "world/virtual/virtual_stream.hpp"

#include "world/block_pool.hpp"
#include "world/fifo.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string_view>

namespace twofifty::world::virtual_world {
namespace {

/// One direction of a connection: what was written, when it arrives, and who waits at either end.
class Pipe final : public TimerInOrder {
public:
    explicit Pipe(VirtualNetwork& network) : network_(network) {}
    ~Pipe() = default;

    bool start_read(ReadSome& read) {
        if (read_closed_) {
            read.finish(Error::closed, 0);
            return true;
        }
        if (deliver(read, [&](auto error, auto bytes) { read.finish(error, bytes); })) return true;
        reader_ = &read;
        return false;
    }

    std::size_t read_now(std::span<char> buffer) {
        if (read_closed_) return 0;
        return take(buffer);
    }

    bool start_write(WriteAll& write) {
        if (write_end_) {
            write.finish(*write_end_, 0);
            return true;
        }
        take(write);
        if (write.rest().empty()) {
            write.finish({}, 0);
            return true;
        }
        writer_ = &write;
        return false;
    }

    void forget_reader() { reader_ = nullptr; }
    void forget_writer() { writer_ = nullptr; }

    /// The writing side ends: its peer reads `error` behind the bytes that are under way.
    void end_writing(boost::system::error_code error, boost::system::error_code own_error) {
        if (write_end_) {
            // A reset overtakes an orderly end that the reader has not seen yet.
            if (error == Error::connection_reset && read_error_ != error) send_end(error);
            write_end_ = own_error;
            return;
        }
        write_end_ = own_error;
        if (writer_) std::exchange(writer_, nullptr)->complete(ready(), own_error);
        send_end(error);
    }

    /// The reading side goes away: what arrives from now on is discarded, and the writer learns of
    /// it at its next write.
    void end_reading() {
        if (read_closed_) return;
        read_closed_ = true;
        forget_data();
        if (reader_) std::exchange(reader_, nullptr)->complete(ready(), Error::closed);
        if (writer_) {
            write_end_ = Error::connection_reset;
            std::exchange(writer_, nullptr)->complete(ready(), Error::connection_reset);
        }
    }

    /// Something was written after the reader had gone, so a reset comes back.
    bool bounced() const { return bounced_; }

private:
    /// The timer for the next of several segments that are under way.
    class Following final : public Timer {
    public:
        explicit Following(Pipe& pipe) : pipe_(pipe) {}

    private:
        void fired() override { pipe_.fired(); }

        Pipe& pipe_;
    };

    struct Segment {
        TimePoint arrives;
        std::size_t bytes = 0;
        boost::system::error_code end;  ///< Set: the direction ends here.
    };

    ReadyQueue& ready() { return network_.clock().ready(); }
    std::size_t held() const { return data_.size() - head_; }

    void take(WriteAll& write) {
        if (read_closed_) {
            // Into the void; the kernel of the peer answers with a reset, which the next write
            // meets.
            bounced_ = true;
            write_end_ = Error::connection_reset;
            write.advance(write.rest().size());
            return;
        }
        const std::size_t room =
            network_.options().buffer_size - std::min(network_.options().buffer_size, held());
        const std::string_view piece = write.rest().substr(0, room);
        if (piece.empty()) return;
        data_.append(piece);
        write.advance(piece.size());
        under_way(Segment{network_.clock().now() + network_.options().latency, piece.size(), {}});
    }

    void send_end(boost::system::error_code error) {
        under_way(Segment{network_.clock().now() + network_.options().latency, 0, error});
    }

    void under_way(const Segment& segment) {
        if (network_.options().latency == Duration::zero()) {
            arrive(segment);
            wake_reader();
            return;
        }
        segments_.push_back(segment);
        if (!waiting() && !following_.waiting())
            network_.clock().timers().add_in_order(segment.arrives, *this);
    }

    void fired() override {
        const TimePoint now = network_.clock().now();
        while (!segments_.empty() && segments_.front().arrives <= now) {
            arrive(segments_.take_front());
        }
        // What was written later on another connection may be queued already, for a later time.
        if (!segments_.empty())
            network_.clock().timers().add(segments_.front().arrives, following_);
        wake_reader();
    }

    void arrive(const Segment& segment) {
        arrived_ += segment.bytes;
        if (segment.end && !(read_error_ == Error::connection_reset)) read_error_ = segment.end;
    }

    void wake_reader() {
        if (!reader_) return;
        ReadSome& read = *reader_;
        reader_ = nullptr;
        if (!deliver(read, [&](auto error, auto bytes) { read.complete(ready(), error, bytes); }))
            reader_ = &read;
    }

    /// Moves what one read yields of what has arrived.
    std::size_t take(std::span<char> buffer) {
        const std::size_t available = std::min(arrived_, buffer.size());
        if (available == 0) return 0;
        const std::size_t bytes = network_.portion(available);
        std::memcpy(buffer.data(), data_.data() + head_, bytes);
        consume(bytes);
        return bytes;
    }

    template <class Finish>
    bool deliver(ReadSome& read, Finish finish) {
        if (const std::size_t bytes = take(read.buffer()); bytes > 0) {
            finish(boost::system::error_code{}, bytes);
            return true;
        }
        if (read_error_) {
            finish(read_error_, 0);
            return true;
        }
        return false;
    }

    void forget_data() {
        block_pool::give_back(data_);
        head_ = 0;
    }

    void consume(std::size_t bytes) {
        head_ += bytes;
        arrived_ -= bytes;
        if (head_ == data_.size()) {
            forget_data();
        } else if (head_ > network_.options().buffer_size) {
            data_.erase(0, head_);
            head_ = 0;
        }
        if (!writer_) return;
        take(*writer_);
        if (writer_->rest().empty()) std::exchange(writer_, nullptr)->complete(ready());
    }

    VirtualNetwork& network_;
    block_pool::Bytes data_;
    std::size_t head_ = 0;     ///< Where the unread part of data_ begins.
    std::size_t arrived_ = 0;  ///< Bytes behind head_ that the reader may have.
    Fifo<Segment, 2> segments_;
    Following following_{*this};
    ReadSome* reader_ = nullptr;
    WriteAll* writer_ = nullptr;
    boost::system::error_code read_error_;
    std::optional<boost::system::error_code> write_end_;
    bool read_closed_ = false;
    bool bounced_ = false;
};

}  // namespace

/// Both directions; direction i is written by end i.
class Connection {
public:
    Connection(VirtualNetwork& owner, const Endpoint& from, const Endpoint& to)
        : network(owner), endpoints{from, to}, pipes{Pipe(owner), Pipe(owner)} {}

    VirtualNetwork& network;
    std::array<Endpoint, 2> endpoints;
    std::array<Pipe, 2> pipes;
};

namespace {

class VirtualStream final : public Stream, public block_pool::Pooled {
public:
    VirtualStream(std::shared_ptr<Connection> connection, std::size_t end)
        : connection_(std::move(connection)), end_(end) {}
    ~VirtualStream() override { close(); }

    std::size_t read_now(std::span<char> buffer) override { return incoming().read_now(buffer); }
    void shutdown_send() override { outgoing().end_writing(Error::end_of_stream, Error::closed); }

    void close() override {
        outgoing().end_writing(Error::end_of_stream, Error::closed);
        incoming().end_reading();
    }

    void reset() override {
        outgoing().end_writing(Error::connection_reset, Error::closed);
        incoming().end_reading();
    }

    const Endpoint& local_endpoint() const override { return connection_->endpoints[end_]; }
    const Endpoint& remote_endpoint() const override { return connection_->endpoints[1 - end_]; }

private:
    Pipe& outgoing() { return connection_->pipes[end_]; }
    Pipe& incoming() { return connection_->pipes[1 - end_]; }

    bool start_read(ReadSome& read) override { return incoming().start_read(read); }
    bool start_write(WriteAll& write) override {
        const bool bounced_before = outgoing().bounced();
        const bool ended = outgoing().start_write(write);
        if (!bounced_before && outgoing().bounced()) {
            // The reset that answers bytes sent to a closed end.
            incoming().end_writing(Error::connection_reset, Error::closed);
        }
        return ended;
    }
    void forget_read(ReadSome&) override { incoming().forget_reader(); }
    void forget_write(WriteAll&) override { outgoing().forget_writer(); }
    ReadyQueue& ready() override { return connection_->network.clock().ready(); }

    std::shared_ptr<Connection> connection_;
    std::size_t end_;
};

}  // namespace

std::pair<std::unique_ptr<Stream>, std::unique_ptr<Stream>> make_connection(VirtualNetwork& network,
                                                                            const Endpoint& from,
                                                                            const Endpoint& to) {
    const block_pool::Allocator<Connection> pool;
    auto connection = std::allocate_shared<Connection>(pool, network, from, to);
    return {std::make_unique<VirtualStream>(connection, 0),
            std::make_unique<VirtualStream>(connection, 1)};
}

}  // namespace twofifty::world::virtual_world
