// Whom a handshake believes, what the two sides agree on, and what each way to fail is called.
#include "tests/tls/handshakes.hpp"
#include "tls/engine.hpp"

#include <array>

namespace twofifty::tls {
namespace {

constexpr Versions only_1_2{Version::tls_1_2, Version::tls_1_2};
constexpr Versions only_1_3{Version::tls_1_3, Version::tls_1_3};

class Handshake : public testing::TestWithParam<Kind> {
protected:
    std::string between(Side client, Side server) { return both_results(*world_, client, server); }
    /// The client's result where its peer says only these bytes, and once it has heard something
    /// waits, closes or resets.
    enum class Then : std::uint8_t { wait, close, reset };
    std::string against(std::string_view bytes, Then then) {
        Side client = any_certificate();
        client.limit = 300ms;
        Surroundings here = world_->surroundings();
        world_->run(meet(here, client, bytes, then));
        return client.result;
    }

    static Side any_certificate(Versions versions = {}) {
        return {Context::for_client("", versions), "server.test"};
    }
    static Side trusting(const Identity& authority, std::string name) {
        const PemFile file(authority.certificate);
        return {Context::for_client(file.path()), std::move(name)};
    }
    static Side server(Versions versions = {}) {
        return {Context::for_server(server_identity(), versions), ""};
    }

private:
    static Task<> listen(world::Stream& stream, Then then) {
        std::array<char, 4096> buffer{};
        while (true) {
            const Result<std::size_t> bytes = co_await stream.read_some(buffer);
            if (!bytes) break;
            if (then == Then::close) stream.close();
            if (then == Then::reset) stream.reset();
        }
    }

    static Task<> meet(Surroundings& here, Side& client, std::string_view bytes, Then then) {
        Surroundings plain{here.clock, here.network};
        world::Peers peers = co_await world::connect_peers(plain);
        world::TaskScope listening(here.clock.ready());
        if (!bytes.empty()) co_await peers.server->write(bytes);
        listening.spawn(listen(*peers.server, then));
        co_await shake(here, std::move(peers.client), client);
    }

    std::unique_ptr<world::AnyWorld> world_ = world::make_world(GetParam());
};

INSTANTIATE_TEST_SUITE_P(Worlds, Handshake,
                         testing::Values(Kind::in_memory, Kind::tls_with_short_reads,
                                         Kind::on_sockets),
                         world::name_of_world);

TEST_P(Handshake, AnyCertificateIsAcceptedWhereNobodyAsked) {
    EXPECT_EQ(between(any_certificate(), server()), "ok | ok");
}

TEST_P(Handshake, EachVersionIsSpoken) {
    EXPECT_EQ(between(any_certificate(only_1_2), server()), "ok | ok");
    EXPECT_EQ(between(any_certificate(only_1_3), server()), "ok | ok");
    EXPECT_EQ(between(any_certificate(), server(only_1_2)), "ok | ok");
    EXPECT_EQ(between(any_certificate(), server(only_1_3)), "ok | ok");
}

TEST_P(Handshake, WithoutACommonVersionBothSidesSaySo) {
    EXPECT_EQ(between(any_certificate(only_1_2), server(only_1_3)),
              "no_common_version | no_common_version");
    EXPECT_EQ(between(any_certificate(only_1_3), server(only_1_2)),
              "no_common_version | no_common_version");
}

TEST_P(Handshake, ATrustedCertificateIsAcceptedForEachOfItsNames) {
    EXPECT_EQ(between(trusting(server_identity(), "server.test"), server()), "ok | ok");
    EXPECT_EQ(between(trusting(server_identity(), "127.0.0.1"), server()), "ok | ok");
    EXPECT_EQ(between(trusting(server_identity(), ""), server()), "ok | ok");
}

TEST_P(Handshake, ACertificateOfAnotherAuthorityIsRefusedAndTheServerHearsOfIt) {
    EXPECT_EQ(between(trusting(other_identity(), "server.test"), server()),
              "certificate_untrusted | handshake_refused");
}

TEST_P(Handshake, ACertificateForAnotherNameIsRefused) {
    EXPECT_EQ(between(trusting(server_identity(), "elsewhere.test"), server()),
              "certificate_of_another_name | handshake_refused");
    EXPECT_EQ(between(trusting(server_identity(), "127.0.0.2"), server()),
              "certificate_of_another_name | handshake_refused");
}

TEST_P(Handshake, APeerThatGreetsInPlainTextSpeaksNoTls) {
    EXPECT_EQ(against("220 mx.test ESMTP\r\n", Then::wait), "peer_speaks_no_tls");
}

TEST_P(Handshake, SomethingThatOnlyBeginsLikeTlsFails) {
    using namespace std::string_view_literals;
    EXPECT_EQ(against("\x16\x03\x03\x00\x05hello"sv, Then::wait), "handshake_failed");
}

TEST_P(Handshake, APeerThatSaysNothingRunsIntoTheDeadline) {
    EXPECT_EQ(against("", Then::wait), "timed_out");
    EXPECT_EQ(against("\x16", Then::wait), "timed_out");
}

TEST_P(Handshake, TheEndOfTheConnectionKeepsItsName) {
    EXPECT_EQ(against("", Then::close), "end_of_stream");
    EXPECT_EQ(against("", Then::reset), "connection_reset");
}

// Each byte of the server's first flight: wherever it is cut, the client says that the stream
// ended.
TEST(HandshakeCut, AtEachPlaceIsAnEnd) {
    for (const Versions versions : {only_1_2, only_1_3}) {
        const Context client(Context::for_client("", versions));
        const Context server(Context::for_server(server_identity(), versions));
        Engine ours(client, "server.test");
        Engine theirs(server, "");
        std::string hello;
        std::string flight;
        EXPECT_EQ(ours.shake_hands(), Engine::State::needs_input);
        ours.take_output(hello);
        theirs.feed(hello);
        EXPECT_EQ(theirs.shake_hands(), Engine::State::needs_input);
        theirs.take_output(flight);
        for (std::size_t cut = 0; cut < flight.size(); cut += 7) {
            Engine cut_short(client, "server.test");
            EXPECT_EQ(cut_short.shake_hands(), Engine::State::needs_input);
            cut_short.feed(std::string_view(flight).substr(0, cut));
            EXPECT_NE(cut_short.shake_hands(), Engine::State::established) << "at " << cut;
        }
    }
}

// What virtual time needs to repeat a run: two servers with keys of their own are of one size.
TEST(HandshakeSize, DoesNotDependOnTheKey) {
    for (const Versions versions : {only_1_2, only_1_3}) {
        std::vector<std::size_t> sizes;
        const std::vector<std::string> names{"server.test"};
        for (int i = 0; i < 3; ++i) {
            Engine client(Context::for_client("", versions), "server.test");
            Engine server(Context::for_server(make_identity(names), versions), "");
            std::string bytes;
            std::size_t size = 0;
            for (int flight = 0; flight < 4; ++flight) {
                Engine& from = flight % 2 == 0 ? client : server;
                Engine& to = flight % 2 == 0 ? server : client;
                from.shake_hands();
                from.take_output(bytes);
                to.feed(bytes);
                size = size * 10'000 + bytes.size();
            }
            sizes.push_back(size);
        }
        EXPECT_EQ(sizes, std::vector<std::size_t>(3, sizes.front()));
    }
}

}  // namespace
}  // namespace twofifty::tls
