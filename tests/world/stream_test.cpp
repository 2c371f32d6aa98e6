// Streams in both worlds: bytes in order, ends, resets, waits that are given up.
#include "tests/world/conformance.hpp"

#include <array>

namespace twofifty::world {
namespace {

using boost::system::error_code;

using StreamConformance = InEachWorld;
INSTANTIATE_TEST_SUITE_P(Worlds, StreamConformance, every_world, name_of_world);
INSTANTIATE_TEST_SUITE_P(OverTls, StreamConformance, every_world_over_tls, name_of_world);

Task<> echo(Surroundings& here, Stream& stream) {
    std::array<char, 1000> buffer{};
    while (true) {
        const Result<std::size_t> bytes = co_await stream.read_some(buffer);
        if (!bytes) break;
        const std::string_view piece(buffer.data(), *bytes);
        const error_code error = co_await write_error(here, stream, piece);
        if (error) break;
    }
    stream.close();
}

Task<> write_and_note(Stream& stream, std::string_view bytes, Written& result, bool& done) {
    result = co_await stream.write(bytes);
    done = true;
}

Task<> read_and_note(Stream& stream, error_code& result, bool& done) {
    std::array<char, 16> buffer{};
    const Result<std::size_t> bytes = co_await stream.read_some(buffer);
    if (!bytes) result = bytes.error();
    done = true;
}

/// More than the buffers of any of the worlds hold.
constexpr std::size_t more_than_buffers = 24U << 20;

TEST_P(StreamConformance, WhatIsWrittenComesBack) {
    const auto main = [](Surroundings& here) -> Task<> {
        const Peers peers = co_await connect_peers(here);
        TaskScope serving(here.clock.ready());
        serving.spawn(echo(here, *peers.server));
        const std::string sent = pattern(20'000);
        Written written;
        bool done = false;
        // Who writes more than the buffers hold to an echo must read meanwhile.
        serving.spawn(write_and_note(*peers.client, sent, written, done));
        const std::string read = co_await read_bytes(here, *peers.client, sent.size());
        EXPECT_EQ(read, sent);
        EXPECT_EQ(written.error, error_code{});
        peers.client->close();
        co_await serving.join();
    };
    run(main);
}

TEST_P(StreamConformance, ALargeTransferWaitsForItsReaderAndArrivesWhole) {
    const auto main = [](Surroundings& here) -> Task<> {
        const Peers peers = co_await connect_peers(here);
        const std::string sent = pattern(more_than_buffers);
        Written written;
        bool done = false;
        TaskScope writing(here.clock.ready());
        writing.spawn(write_and_note(*peers.client, sent, written, done));
        co_await sleep_for(here.clock, 50ms);
        EXPECT_FALSE(done);
        const std::string read = co_await read_bytes(here, *peers.server, sent.size());
        EXPECT_TRUE(read == sent) << read.size() << " bytes of " << sent.size();
        co_await writing.join();
        EXPECT_EQ(written.error, error_code{});
        EXPECT_EQ(written.bytes, sent.size());
    };
    run(main);
}

TEST_P(StreamConformance, AHalfClosedStreamIsStillRead) {
    const auto main = [](Surroundings& here) -> Task<> {
        const Peers peers = co_await connect_peers(here);
        const error_code write_failure = co_await write_error(here, *peers.client, "ask");
        EXPECT_EQ(write_failure, error_code{});
        peers.client->shutdown_send();
        const std::string asked = co_await read_bytes(here, *peers.server, 100);
        EXPECT_EQ(asked, "ask");
        const error_code later_write_failure = co_await write_error(here, *peers.server, "answer");
        EXPECT_EQ(later_write_failure, error_code{});
        const std::string answered = co_await read_bytes(here, *peers.client, 6);
        EXPECT_EQ(answered, "answer");
    };
    run(main);
}

TEST_P(StreamConformance, AHalfClosedStreamIsNotWritten) {
    const auto main = [](Surroundings& here) -> Task<> {
        const Peers peers = co_await connect_peers(here);
        peers.client->shutdown_send();
        const error_code write_failure = co_await write_error(here, *peers.client, "more");
        EXPECT_EQ(write_failure, Error::closed);
    };
    run(main);
}

TEST_P(StreamConformance, ACloseComesBehindTheBytes) {
    const auto main = [](Surroundings& here) -> Task<> {
        const Peers peers = co_await connect_peers(here);
        const error_code write_failure = co_await write_error(here, *peers.client, "last words");
        EXPECT_EQ(write_failure, error_code{});
        peers.client->close();
        const std::string read = co_await read_bytes(here, *peers.server, 10);
        EXPECT_EQ(read, "last words");
        const error_code read_failure = co_await read_error(here, *peers.server);
        EXPECT_EQ(read_failure, Error::end_of_stream);
        const error_code later_read_failure = co_await read_error(here, *peers.server);
        EXPECT_EQ(later_read_failure, Error::end_of_stream);
    };
    run(main);
}

TEST_P(StreamConformance, DestroyingAStreamClosesIt) {
    const auto main = [](Surroundings& here) -> Task<> {
        Peers peers = co_await connect_peers(here);
        peers.client.reset();
        const error_code read_failure = co_await read_error(here, *peers.server);
        EXPECT_EQ(read_failure, Error::end_of_stream);
    };
    run(main);
}

TEST_P(StreamConformance, AResetIsNoOrderlyEnd) {
    const auto main = [](Surroundings& here) -> Task<> {
        const Peers peers = co_await connect_peers(here);
        peers.client->reset();
        const error_code read_failure = co_await read_error(here, *peers.server);
        EXPECT_EQ(read_failure, Error::connection_reset);
    };
    run(main);
}

TEST_P(StreamConformance, AResetEndsAWaitingWrite) {
    const auto main = [](Surroundings& here) -> Task<> {
        const Peers peers = co_await connect_peers(here);
        const std::string sent = pattern(more_than_buffers);
        Written written;
        bool done = false;
        TaskScope writing(here.clock.ready());
        writing.spawn(write_and_note(*peers.client, sent, written, done));
        co_await sleep_for(here.clock, 20ms);
        peers.server->reset();
        co_await writing.join();
        EXPECT_EQ(written.error, Error::connection_reset);
        EXPECT_LT(written.bytes, sent.size());
    };
    run(main);
}

TEST_P(StreamConformance, AStreamThatWeClosedIsNeitherReadNorWritten) {
    const auto main = [](Surroundings& here) -> Task<> {
        const Peers peers = co_await connect_peers(here);
        peers.client->close();
        const error_code read_failure = co_await read_error(here, *peers.client);
        EXPECT_EQ(read_failure, Error::closed);
        const error_code write_failure = co_await write_error(here, *peers.client, "x");
        EXPECT_EQ(write_failure, Error::closed);
    };
    run(main);
}

TEST_P(StreamConformance, ClosingEndsOurWaits) {
    const auto main = [](Surroundings& here) -> Task<> {
        const Peers peers = co_await connect_peers(here);
        const std::string sent = pattern(more_than_buffers);
        Written written;
        error_code read;
        bool write_done = false;
        bool read_done = false;
        TaskScope waiting(here.clock.ready());
        waiting.spawn(write_and_note(*peers.client, sent, written, write_done));
        waiting.spawn(read_and_note(*peers.client, read, read_done));
        co_await sleep_for(here.clock, 10ms);
        EXPECT_FALSE(write_done || read_done);
        peers.client->close();
        co_await waiting.join();
        EXPECT_EQ(read, Error::closed);
        EXPECT_EQ(written.error, Error::closed);
    };
    run(main);
}

TEST_P(StreamConformance, WritesToAPeerThatHasGoneEndInAReset) {
    const auto main = [](Surroundings& here) -> Task<> {
        const Peers peers = co_await connect_peers(here);
        peers.server->close();
        error_code error;
        // The first ones may still be taken: the peer's answer needs its time.
        for (int i = 0; i < 1000 && !error; ++i) {
            error = co_await write_error(here, *peers.client, "anybody there?");
            co_await sleep_for(here.clock, 5ms);
        }
        EXPECT_EQ(error, Error::connection_reset);
    };
    run(main);
}

TEST_P(StreamConformance, AReadThatTimedOutLeavesTheBytesToTheNext) {
    const auto main = [](Surroundings& here) -> Task<> {
        const Peers peers = co_await connect_peers(here);
        for (int i = 0; i < 3; ++i) {
            std::array<char, 16> buffer{};
            const TimePoint deadline = here.clock.now() + 10ms;
            const Result<std::size_t> bytes =
                co_await within(here.clock, deadline, peers.client->read_some(buffer));
            EXPECT_EQ(bytes.error(), Error::timed_out);
            EXPECT_GE(here.clock.now(), deadline);
        }
        const error_code write_failure = co_await write_error(here, *peers.server, "late");
        EXPECT_EQ(write_failure, error_code{});
        const std::string read = co_await read_bytes(here, *peers.client, 4);
        EXPECT_EQ(read, "late");
    };
    run(main);
}

TEST_P(StreamConformance, AWriteThatTimedOutSaysHowManyBytesWereGiven) {
    const auto main = [](Surroundings& here) -> Task<> {
        const Peers peers = co_await connect_peers(here);
        const std::string sent = pattern(more_than_buffers);
        const TimePoint deadline = here.clock.now() + 200ms;
        const Written written = co_await within(here.clock, deadline, peers.client->write(sent));
        EXPECT_EQ(written.error, Error::timed_out);
        EXPECT_GT(written.bytes, 0U);
        EXPECT_LT(written.bytes, sent.size());
        peers.client->shutdown_send();
        const std::string read = co_await read_bytes(here, *peers.server, sent.size());
        EXPECT_TRUE(read == sent.substr(0, written.bytes))
            << read.size() << " bytes came, " << written.bytes << " were given";
    };
    run(main);
}

TEST_P(StreamConformance, AReadThatTimedOutDoesNotDisturbAWaitingWrite) {
    const auto main = [](Surroundings& here) -> Task<> {
        const Peers peers = co_await connect_peers(here);
        const std::string sent = pattern(more_than_buffers);
        Written written;
        bool done = false;
        TaskScope writing(here.clock.ready());
        writing.spawn(write_and_note(*peers.client, sent, written, done));
        std::array<char, 16> buffer{};
        for (int i = 0; i < 5; ++i) {
            const TimePoint deadline = here.clock.now() + 10ms;
            co_await within(here.clock, deadline, peers.client->read_some(buffer));
        }
        EXPECT_FALSE(done);
        const std::string read = co_await read_bytes(here, *peers.server, sent.size());
        EXPECT_TRUE(read == sent) << read.size() << " bytes of " << sent.size();
        co_await writing.join();
    };
    run(main);
}

TEST_P(StreamConformance, ADestroyedReaderLeavesTheBytesToTheNext) {
    const auto main = [](Surroundings& here) -> Task<> {
        const Peers peers = co_await connect_peers(here);
        error_code error;
        bool done = false;
        {
            TaskScope reading(here.clock.ready());
            reading.spawn(read_and_note(*peers.client, error, done));
            co_await sleep_for(here.clock, 5ms);
        }
        EXPECT_FALSE(done);
        const error_code write_failure = co_await write_error(here, *peers.server, "late");
        EXPECT_EQ(write_failure, error_code{});
        const std::string read = co_await read_bytes(here, *peers.client, 4);
        EXPECT_EQ(read, "late");
    };
    run(main);
}

TEST_P(StreamConformance, ADestroyedStreamEndsTheWaitsOnIt) {
    const auto main = [](Surroundings& here) -> Task<> {
        Peers peers = co_await connect_peers(here);
        error_code error;
        bool done = false;
        TaskScope reading(here.clock.ready());
        reading.spawn(read_and_note(*peers.client, error, done));
        co_await sleep_for(here.clock, 5ms);
        peers.client.reset();
        co_await reading.join();
        EXPECT_EQ(error, Error::closed);
    };
    run(main);
}

TEST_P(StreamConformance, BothEndsNameEachOther) {
    const auto main = [](Surroundings& here) -> Task<> {
        const Peers peers = co_await connect_peers(here);
        EXPECT_EQ(peers.client->remote_endpoint(), peers.listener->endpoint());
        EXPECT_EQ(peers.client->remote_endpoint(), peers.server->local_endpoint());
        EXPECT_EQ(peers.client->local_endpoint(), peers.server->remote_endpoint());
    };
    run(main);
}

}  // namespace
}  // namespace twofifty::world
