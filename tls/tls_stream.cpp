// A stream of plain bytes over a stream of TLS records. Two tasks move the records, one for each
// direction, and live only while they have something to do. The operations of whoever uses the
// stream are theirs to complete; the operations on the transport are their own, on buffers of the
// stream, so that one that is given up takes nothing with it.
#include "tls/tls_stream.hpp"

#include "world/task_scope.hpp"

#include <array>
#include <utility>

namespace twofifty::tls {
namespace {

using boost::system::error_code;
using world::ReadSome;
using world::Result;
using world::Task;
using world::WriteAll;

class TlsStream final : public world::Stream {
public:
    TlsStream(world::ReadyQueue& ready, std::unique_ptr<world::Stream> transport,
              std::unique_ptr<Engine> engine)
        : ready_(ready),
          transport_(std::move(transport)),
          engine_(std::move(engine)),
          tasks_(ready) {}
    ~TlsStream() override { close(); }

    /// What the engine holds already; an error that it meets is met again by the next read.
    std::size_t read_now(std::span<char> buffer) override {
        if (closed_) return 0;
        const Result<std::size_t> bytes = engine_->read(buffer);
        return bytes ? *bytes : 0;
    }

    void shutdown_send() override {
        if (closed_ || send_ended_) return;
        send_ended_ = true;
        if (writer_) std::exchange(writer_, nullptr)->complete(ready_, world::Error::closed);
        engine_->end();
        if (!sending_) tasks_.spawn(send());
    }

    void close() override {
        if (closed_) return;
        give_up_waits();
        // What the transport takes at once goes out; it would have to wait for the rest.
        if (!sending_ && !send_ended_ && !send_error_) {
            engine_->end();
            tasks_.spawn(send());
        }
        tasks_.cancel();
        transport_->close();
    }

    void reset() override {
        if (closed_) return;
        give_up_waits();
        tasks_.cancel();
        transport_->reset();
    }

    const world::Endpoint& local_endpoint() const override { return transport_->local_endpoint(); }
    const world::Endpoint& remote_endpoint() const override {
        return transport_->remote_endpoint();
    }

private:
    bool start_read(ReadSome& read) override {
        if (closed_) {
            read.finish(world::Error::closed, 0);
            return true;
        }
        TF_CHECK(!reader_);
        reader_ = &read;
        deliver();
        if (reader_ && !receiving_) tasks_.spawn(receive());
        return reader_ == nullptr;
    }

    bool start_write(WriteAll& write) override {
        if (closed_ || send_ended_) {
            write.finish(world::Error::closed, 0);
            return true;
        }
        if (send_error_) {
            write.finish(send_error_, 0);
            return true;
        }
        TF_CHECK(!writer_);
        writer_ = &write;
        if (!sending_) tasks_.spawn(send());
        return writer_ == nullptr;
    }

    void forget_read(ReadSome&) override { reader_ = nullptr; }
    void forget_write(WriteAll&) override { writer_ = nullptr; }
    world::ReadyQueue& ready() override { return ready_; }

    void give_up_waits() {
        closed_ = true;
        if (reader_) std::exchange(reader_, nullptr)->complete(ready_, world::Error::closed);
        if (writer_) std::exchange(writer_, nullptr)->complete(ready_, world::Error::closed);
    }

    /// Gives the reader what there is; without any, and with the transport at its end, that.
    void deliver() {
        const Result<std::size_t> bytes = engine_->read(reader_->buffer());
        if (!bytes) {
            std::exchange(reader_, nullptr)->complete(ready_, bytes.error());
        } else if (*bytes > 0) {
            std::exchange(reader_, nullptr)->complete(ready_, {}, *bytes);
        } else if (receive_error_) {
            std::exchange(reader_, nullptr)->complete(ready_, receive_error_);
        }
        // Reading may have something to say: an alert, or new keys.
        if (!sending_ && !send_error_ && engine_->has_output()) tasks_.spawn(send());
    }

    /// Reads the transport until the reader has something.
    Task<> receive() {
        receiving_ = true;
        while (reader_) {
            const Result<std::size_t> bytes = co_await transport_->read_some(input_);
            if (bytes) {
                engine_->feed({input_.data(), *bytes});
            } else {
                receive_error_ = bytes.error();
            }
            if (reader_) deliver();
        }
        receiving_ = false;
    }

    /// Writes to the transport until nothing is left to say.
    Task<> send() {
        sending_ = true;
        while (!send_error_) {
            const bool any = prepare_output();
            if (!any) break;
            const world::Written written = co_await transport_->write(output_);
            send_error_ = written.error;
        }
        sending_ = false;
        if (writer_) std::exchange(writer_, nullptr)->complete(ready_, send_error_);
        if (send_ended_) transport_->shutdown_send();
    }

    /// What goes to the transport next: what TLS itself has to say, then one record of the
    /// writer's. False where there is neither.
    bool prepare_output() {
        engine_->take_output(output_);
        if (!output_.empty() || !writer_ || writer_->rest().empty()) return !output_.empty();
        const std::string_view piece = writer_->rest().substr(0, record_limit);
        send_error_ = engine_->write(piece);
        if (send_error_) return false;
        writer_->advance(piece.size());
        engine_->take_output(output_);
        return true;
    }

    world::ReadyQueue& ready_;
    std::unique_ptr<world::Stream> transport_;
    std::unique_ptr<Engine> engine_;
    std::array<char, record_limit> input_;
    std::string output_;
    ReadSome* reader_ = nullptr;
    WriteAll* writer_ = nullptr;
    bool receiving_ = false;
    bool sending_ = false;
    bool send_ended_ = false;
    bool closed_ = false;
    error_code receive_error_;
    error_code send_error_;
    world::TaskScope tasks_;  // Last: its tasks use all of the above.
};

}  // namespace

std::unique_ptr<world::Stream> make_tls_stream(world::ReadyQueue& ready,
                                               std::unique_ptr<world::Stream> transport,
                                               std::unique_ptr<Engine> engine) {
    return std::make_unique<TlsStream>(ready, std::move(transport), std::move(engine));
}

}  // namespace twofifty::tls
