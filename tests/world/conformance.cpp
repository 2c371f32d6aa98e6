#include "tests/world/conformance.hpp"

#include "tls/handshake.hpp"
#include "world/real/real_world.hpp"
#include "world/virtual/virtual_world.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <array>

namespace twofifty::world {
namespace {

constexpr std::uint64_t seed = 77;

class InMemory final : public AnyWorld {
public:
    InMemory(const virtual_world::NetworkOptions& options, const TlsSides* tls)
        : world_(seed, options), tls_(tls) {}
    Surroundings surroundings() override { return {world_.clock(), world_.network(), tls_}; }
    void run(Task<> main) override {
        EXPECT_EQ(world_.run(std::move(main)), virtual_world::Ended::finished);
    }

private:
    virtual_world::VirtualWorld world_;
    const TlsSides* tls_;
};

class OnSockets final : public AnyWorld {
public:
    explicit OnSockets(const TlsSides* tls) : world_(std::chrono::steady_clock::now()), tls_(tls) {
        // Both ends of 500 connections are in this process.
        rlimit limit{};
        getrlimit(RLIMIT_NOFILE, &limit);
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    Surroundings surroundings() override { return {world_.clock(), world_.network(), tls_}; }
    void run(Task<> main) override { world_.run(std::move(main)); }

private:
    real_world::RealWorld world_;
    const TlsSides* tls_;
};

TlsSides make_tls_sides(tls::Version version) {
    // Making a key takes a while.
    static const std::vector<std::string> names{"server.test"};
    static const tls::Identity identity = tls::make_identity(names);
    const tls::Versions versions{version, version};
    return {tls::Context::for_client("", versions), tls::Context::for_server(identity, versions)};
}

Task<> shake_hands(Surroundings& here, const tls::Context& side, std::unique_ptr<Stream>& stream) {
    const TimePoint deadline = here.clock.now() + generous;
    Result<std::unique_ptr<Stream>> inside =
        co_await tls::handshake(here.clock, std::move(stream), side, "server.test", deadline);
    EXPECT_TRUE(inside) << inside.error().message();
    if (inside) stream = std::move(*inside);
}

Task<> accept_into(Listener& listener, std::unique_ptr<Stream>& into) {
    Result<std::unique_ptr<Stream>> stream = co_await listener.accept();
    if (stream) into = std::move(*stream);
}

}  // namespace

const TlsSides& tls_sides(tls::Version version) {
    static const TlsSides old_ones = make_tls_sides(tls::Version::tls_1_2);
    static const TlsSides new_ones = make_tls_sides(tls::Version::tls_1_3);
    return version == tls::Version::tls_1_2 ? old_ones : new_ones;
}

std::unique_ptr<AnyWorld> make_world(Kind kind) {
    using virtual_world::NetworkOptions;
    const auto over_tls = [](tls::Version version) { return &tls_sides(version); };
    const tls::Version new_one = tls::Version::tls_1_3;
    const NetworkOptions with_latency{.latency = 3ms};
    const NetworkOptions unkind{.latency = 3ms, .short_read_chance = 0.5};
    const NetworkOptions narrow{.latency = 1us, .short_read_chance = 0.5, .buffer_size = 300};
    switch (kind) {
        case Kind::in_memory: return std::make_unique<InMemory>(NetworkOptions{}, nullptr);
        case Kind::with_latency: return std::make_unique<InMemory>(with_latency, nullptr);
        case Kind::with_short_reads: return std::make_unique<InMemory>(unkind, nullptr);
        case Kind::on_sockets: return std::make_unique<OnSockets>(nullptr);
        case Kind::tls_in_memory:
            return std::make_unique<InMemory>(NetworkOptions{}, over_tls(new_one));
        case Kind::tls_with_short_reads:
            return std::make_unique<InMemory>(narrow, over_tls(new_one));
        case Kind::tls_1_2_on_sockets:
            return std::make_unique<OnSockets>(over_tls(tls::Version::tls_1_2));
        case Kind::tls_1_3_on_sockets: return std::make_unique<OnSockets>(over_tls(new_one));
    }
    return nullptr;
}

Task<Peers> connect_peers(Surroundings& here, std::string host) {
    Peers peers;
    const Endpoint any_port{std::move(host), 0};
    Result<std::unique_ptr<Listener>> listener = here.network.listen(any_port);
    EXPECT_TRUE(listener) << listener.error().message();
    if (!listener) co_return peers;
    peers.listener = std::move(*listener);
    TaskScope accepting(here.clock.ready());
    accepting.spawn(accept_into(*peers.listener, peers.server));
    const Endpoint to = peers.listener->endpoint();
    Result<std::unique_ptr<Stream>> stream = co_await here.network.connect(to);
    EXPECT_TRUE(stream) << stream.error().message();
    if (stream) peers.client = std::move(*stream);
    co_await accepting.join();
    if (here.tls && peers.client && peers.server) {
        accepting.spawn(shake_hands(here, here.tls->server, peers.server));
        co_await shake_hands(here, here.tls->client, peers.client);
        co_await accepting.join();
    }
    co_return peers;
}

Task<std::string> read_bytes(Surroundings& here, Stream& stream, std::size_t count) {
    std::string read;
    std::array<char, 4096> buffer{};
    while (read.size() < count) {
        const std::span<char> room(buffer.data(), std::min(buffer.size(), count - read.size()));
        const TimePoint deadline = here.clock.now() + generous;
        const Result<std::size_t> bytes =
            co_await within(here.clock, deadline, stream.read_some(room));
        if (!bytes) break;
        read.append(buffer.data(), *bytes);
    }
    co_return read;
}

Task<boost::system::error_code> read_error(Surroundings& here, Stream& stream) {
    std::array<char, 16> buffer{};
    const TimePoint deadline = here.clock.now() + generous;
    const Result<std::size_t> bytes =
        co_await within(here.clock, deadline, stream.read_some(buffer));
    co_return bytes ? boost::system::error_code{} : bytes.error();
}

Task<boost::system::error_code> write_error(Surroundings& here, Stream& stream,
                                            std::string_view bytes) {
    const TimePoint deadline = here.clock.now() + generous;
    const Written written = co_await within(here.clock, deadline, stream.write(bytes));
    co_return written.error;
}

std::string pattern(std::size_t size) {
    std::string text(size, '\0');
    std::uint32_t state = 1;
    for (char& c : text) {
        state = state * 1664525U + 1013904223U;
        c = static_cast<char>(state >> 24U);
    }
    return text;
}

}  // namespace twofifty::world
