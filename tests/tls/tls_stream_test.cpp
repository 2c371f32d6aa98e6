// What is TLS's own about a stream over it: ends without close_notify, records that are cut, plain
// text in the middle, and transport that is read only when somebody reads.
#include "tests/tls/handshakes.hpp"

#include <array>
#include <utility>

namespace twofifty::tls {
namespace {

using boost::system::error_code;
using world::Error;
using world::Peers;
using world::Stream;
using world::Written;

/// Carries bytes between two connections until told to behave: what is between two peers, without
/// being able to read it.
class Wire {
public:
    enum class Direction : std::uint8_t { to_server, to_client };

    Wire(world::Clock& clock, std::unique_ptr<Stream> client, std::unique_ptr<Stream> server)
        : client_(std::move(client)), server_(std::move(server)), tasks_(clock.ready()) {
        tasks_.spawn(carry(*client_, *server_));
        tasks_.spawn(carry(*server_, *client_));
    }

    /// Passes so many more bytes to the client, then closes without a word.
    void cut_to_client(std::size_t bytes) { left_to_client_ = bytes; }
    /// Gives the client bytes that the server did not send.
    Task<> inject_to_client(std::string bytes) { co_await client_->write(bytes); }
    void reset_client() { client_->reset(); }
    std::size_t bytes_to_client() const { return bytes_to_client_; }

private:
    Task<> carry(Stream& from, Stream& to) {
        std::array<char, 4096> buffer{};
        const bool to_client = &to == client_.get();
        while (true) {
            const Result<std::size_t> bytes = co_await from.read_some(buffer);
            if (!bytes) break;
            std::string_view piece(buffer.data(), *bytes);
            if (to_client) {
                piece = piece.substr(0, left_to_client_);
                left_to_client_ -= piece.size();
                bytes_to_client_ += piece.size();
            }
            const Written written = co_await to.write(piece);
            if (written.error) break;
            if (to_client && left_to_client_ == 0) break;
        }
        to.shutdown_send();
    }

    std::unique_ptr<Stream> client_;
    std::unique_ptr<Stream> server_;
    std::size_t left_to_client_ = static_cast<std::size_t>(-1);
    std::size_t bytes_to_client_ = 0;
    world::TaskScope tasks_;
};

/// Client and server over TLS, with a wire between them.
struct Wired {
    std::unique_ptr<Stream> client;
    std::unique_ptr<Stream> server;
    std::unique_ptr<Wire> wire;
};

Task<Wired> connect_wired(Surroundings& here) {
    Surroundings plain{here.clock, here.network};
    Peers near = co_await world::connect_peers(plain);
    Peers far = co_await world::connect_peers(plain);
    Wired wired;
    wired.wire = std::make_unique<Wire>(here.clock, std::move(near.server), std::move(far.client));
    Side client{here.tls->client, "server.test"};
    Side server{here.tls->server, ""};
    world::TaskScope serving(here.clock.ready());
    serving.spawn(shake(here, std::move(far.server), server));
    co_await shake(here, std::move(near.client), client);
    co_await serving.join();
    wired.client = std::move(client.stream);
    wired.server = std::move(server.stream);
    co_return wired;
}

class TlsStream : public world::InEachWorld {};
INSTANTIATE_TEST_SUITE_P(Worlds, TlsStream, world::every_world_over_tls, world::name_of_world);

TEST_P(TlsStream, ACloseWithoutCloseNotifyIsAnEndBehindWhatCame) {
    const auto main = [](Surroundings& here) -> Task<> {
        Wired wired = co_await connect_wired(here);
        co_await wired.server->write("221 Bye\r\n");
        const std::string read = co_await world::read_bytes(here, *wired.client, 9);
        EXPECT_EQ(read, "221 Bye\r\n");
        wired.wire.reset();
        const error_code error = co_await world::read_error(here, *wired.client);
        EXPECT_EQ(error, Error::end_of_stream);
    };
    run(main);
}

TEST_P(TlsStream, ACutInsideARecordIsAnEndAndYieldsNothingOfIt) {
    const auto main = [](Surroundings& here) -> Task<> {
        Wired wired = co_await connect_wired(here);
        wired.wire->cut_to_client(20);
        co_await wired.server->write("250 2.0.0 Ok: queued\r\n");
        const std::string read = co_await world::read_bytes(here, *wired.client, 100);
        EXPECT_EQ(read, "");
        const error_code error = co_await world::read_error(here, *wired.client);
        EXPECT_EQ(error, Error::end_of_stream);
    };
    run(main);
}

TEST_P(TlsStream, PlainTextInTheMiddleBreaksTheConnection) {
    const auto main = [](Surroundings& here) -> Task<> {
        Wired wired = co_await connect_wired(here);
        co_await wired.wire->inject_to_client("250 2.0.0 Ok: queued as a forgery\r\n");
        const error_code error = co_await world::read_error(here, *wired.client);
        EXPECT_EQ(error, make_error_code(tls::Error::protocol_broken));
        const error_code later = co_await world::read_error(here, *wired.client);
        EXPECT_EQ(later, make_error_code(tls::Error::protocol_broken));
        const error_code write_failure = co_await world::write_error(here, *wired.client, "x");
        EXPECT_EQ(write_failure, make_error_code(tls::Error::protocol_broken));
    };
    run(main);
}

TEST_P(TlsStream, AResetBelowIsAReset) {
    const auto main = [](Surroundings& here) -> Task<> {
        Wired wired = co_await connect_wired(here);
        wired.wire->reset_client();
        const error_code error = co_await world::read_error(here, *wired.client);
        EXPECT_EQ(error, Error::connection_reset);
    };
    run(main);
}

Task<> write_all(Surroundings& here, Stream& stream, const std::string& bytes) {
    const error_code error = co_await world::write_error(here, stream, bytes);
    EXPECT_EQ(error, error_code{});
}

TEST_P(TlsStream, LargeTransfersGoBothWaysAtOnce) {
    const auto main = [](Surroundings& here) -> Task<> {
        Peers peers = co_await world::connect_peers(here);
        const std::string there = world::pattern(1 << 20);
        const std::string back(there.rbegin(), there.rend());
        world::TaskScope writing(here.clock.ready());
        writing.spawn(write_all(here, *peers.client, there));
        writing.spawn(write_all(here, *peers.server, back));
        std::string arrived_there;
        std::string arrived_back;
        // In turns, so that neither direction can wait for the other to be done.
        while (arrived_there.size() < there.size() || arrived_back.size() < back.size()) {
            const std::string one = co_await world::read_bytes(
                here, *peers.server,
                std::min<std::size_t>(5000, there.size() - arrived_there.size()));
            const std::string two = co_await world::read_bytes(
                here, *peers.client,
                std::min<std::size_t>(3000, back.size() - arrived_back.size()));
            if (one.empty() && two.empty()) break;
            arrived_there += one;
            arrived_back += two;
        }
        EXPECT_TRUE(arrived_there == there) << arrived_there.size();
        EXPECT_TRUE(arrived_back == back) << arrived_back.size();
        co_await writing.join();
    };
    run(main);
}

TEST_P(TlsStream, ReadsThatAreGivenUpAgainAndAgainLoseNothing) {
    const auto main = [](Surroundings& here) -> Task<> {
        Peers peers = co_await world::connect_peers(here);
        const std::string sent = world::pattern(100'000);
        world::TaskScope writing(here.clock.ready());
        writing.spawn(write_all(here, *peers.client, sent));
        std::string read;
        std::array<char, 700> buffer{};
        int given_up = 0;
        while (read.size() < sent.size()) {
            // Now and then no time at all is left: the read is taken back as it begins to wait.
            const TimePoint deadline =
                here.clock.now() + (given_up % 2 == 0 ? Duration::zero() : Duration{10us});
            const Result<std::size_t> bytes =
                co_await world::within(here.clock, deadline, peers.server->read_some(buffer));
            if (bytes) {
                read.append(buffer.data(), *bytes);
            } else {
                EXPECT_EQ(bytes.error(), Error::timed_out);
                ++given_up;
                co_await world::sleep_for(here.clock, 10us);
            }
        }
        EXPECT_TRUE(read == sent);
        co_await writing.join();
    };
    run(main);
}

TEST_P(TlsStream, AWriteThatWasGivenUpGoesOnWhereItStopped) {
    const auto main = [](Surroundings& here) -> Task<> {
        Peers peers = co_await world::connect_peers(here);
        const std::string sent = world::pattern(8 << 20);
        const TimePoint deadline = here.clock.now() + 50ms;
        const Written written =
            co_await world::within(here.clock, deadline, peers.client->write(sent));
        EXPECT_EQ(written.error, Error::timed_out);
        world::TaskScope writing(here.clock.ready());
        const std::string rest = sent.substr(written.bytes);
        writing.spawn(write_all(here, *peers.client, rest));
        const std::string read = co_await world::read_bytes(here, *peers.server, sent.size());
        EXPECT_TRUE(read == sent) << read.size();
        co_await writing.join();
    };
    run(main);
}

TEST_P(TlsStream, TheTransportIsReadOnlyWhereSomebodyReads) {
    const auto main = [](Surroundings& here) -> Task<> {
        Wired wired = co_await connect_wired(here);
        const std::string sent = world::pattern(24 << 20);
        world::TaskScope writing(here.clock.ready());
        writing.spawn(write_all(here, *wired.server, sent));
        co_await world::sleep_for(here.clock, 100ms);
        const std::size_t before = wired.wire->bytes_to_client();
        EXPECT_LT(before, sent.size());
        co_await world::sleep_for(here.clock, 100ms);
        EXPECT_EQ(wired.wire->bytes_to_client(), before);
        writing.cancel();
    };
    run(main);
}

TEST_P(TlsStream, MayBeDestroyedWithAllThatWaitsOnIt) {
    const auto main = [](Surroundings& here) -> Task<> {
        Peers peers = co_await world::connect_peers(here);
        const std::string sent = world::pattern(24 << 20);
        world::TaskScope waiting(here.clock.ready());
        waiting.spawn([](Stream& stream, const std::string& bytes) -> Task<> {
            co_await stream.write(bytes);
        }(*peers.client, sent));
        waiting.spawn([](Stream& stream) -> Task<> {
            std::array<char, 16> buffer{};
            co_await stream.read_some(buffer);
        }(*peers.client));
        co_await world::sleep_for(here.clock, 5ms);
        waiting.cancel();
        peers.client.reset();
        const std::string read = co_await world::read_bytes(here, *peers.server, sent.size());
        EXPECT_LT(read.size(), sent.size());
        EXPECT_TRUE(read == sent.substr(0, read.size()));
    };
    run(main);
}

}  // namespace
}  // namespace twofifty::tls
