#pragma once

#include "world/endpoint.hpp"
#include "world/pending_op.hpp"

#include <span>
#include <string_view>

namespace twofifty::world {

class ReadSome;
class WriteAll;

/// What a write came to. `bytes` were given to the connection even where `error` is set: for an
/// SMTP client they decide whether an attempt is not_sent or unknown.
struct Written {
    boost::system::error_code error;
    std::size_t bytes = 0;
};

/// One TCP connection, or what looks like one. One read and one write may wait at a time.
/// Destroying a stream closes it.
class Stream {
public:
    virtual ~Stream() = default;

    /// `Result<std::size_t> n = co_await stream.read_some(buffer)`: at least one byte, or an error:
    /// end_of_stream, connection_reset, closed, canceled.
    ReadSome read_some(std::span<char> buffer);
    /// Takes what has arrived already, without waiting: 0 bytes where there is nothing, or where
    /// the stream has ended (the next read says so). REQUIRES: no read waits.
    virtual std::size_t read_now(std::span<char> buffer) = 0;
    /// `Written w = co_await stream.write(bytes)`: all bytes, unless there is an error. The bytes
    /// must stay until then.
    WriteAll write(std::string_view bytes);

    /// Ends our direction (FIN); reading goes on.
    virtual void shutdown_send() = 0;
    /// Closes in order (FIN). Waiting operations complete with Error::closed.
    virtual void close() = 0;
    /// Tears the connection down (RST). Waiting operations complete with Error::closed.
    virtual void reset() = 0;

    virtual const Endpoint& local_endpoint() const = 0;
    virtual const Endpoint& remote_endpoint() const = 0;

protected:
    friend class ReadSome;
    friend class WriteAll;
    /// Starts a read. True when it ended at once: the op's result is set.
    virtual bool start_read(ReadSome& read) = 0;
    virtual bool start_write(WriteAll& write) = 0;
    /// The op is going away, or is cancelled: forget it.
    virtual void forget_read(ReadSome& read) = 0;
    virtual void forget_write(WriteAll& write) = 0;
    virtual ReadyQueue& ready() = 0;
};

class [[nodiscard]] ReadSome final : public PendingOp {
public:
    ReadSome(Stream& stream, std::span<char> buffer) : stream_(stream), buffer_(buffer) {}
    ReadSome(ReadSome&&) noexcept = default;
    ~ReadSome() override {
        if (waiting()) stream_.forget_read(*this);
    }

    Result<std::size_t> await_resume() const {
        if (error_) return error_;
        return bytes_;
    }

    std::span<char> buffer() const { return buffer_; }
    using PendingOp::finish;

private:
    bool begin() override { return stream_.start_read(*this); }
    void do_cancel(boost::system::error_code error) override {
        stream_.forget_read(*this);
        complete(stream_.ready(), error);
    }

    Stream& stream_;
    std::span<char> buffer_;
};

class [[nodiscard]] WriteAll final : public PendingOp {
public:
    WriteAll(Stream& stream, std::string_view bytes) : stream_(stream), rest_(bytes) {}
    WriteAll(WriteAll&&) noexcept = default;
    ~WriteAll() override {
        if (waiting()) stream_.forget_write(*this);
    }

    Written await_resume() const { return Written{error_, given_}; }

    std::string_view rest() const { return rest_; }
    /// `bytes` more were given to the connection.
    void advance(std::size_t bytes) {
        rest_.remove_prefix(bytes);
        given_ += bytes;
    }
    using PendingOp::finish;

private:
    bool begin() override { return stream_.start_write(*this); }
    void do_cancel(boost::system::error_code error) override {
        stream_.forget_write(*this);
        complete(stream_.ready(), error);
    }

    Stream& stream_;
    std::string_view rest_;
    std::size_t given_ = 0;
};

inline ReadSome Stream::read_some(std::span<char> buffer) {
    return ReadSome(*this, buffer);
}
inline WriteAll Stream::write(std::string_view bytes) {
    return WriteAll(*this, bytes);
}

}  // namespace twofifty::world
