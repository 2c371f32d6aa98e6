#include "tests/world/conformance.hpp"

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
    explicit InMemory(const virtual_world::NetworkOptions& options) : world_(seed, options) {}
    Surroundings surroundings() override { return {world_.clock(), world_.network()}; }
    void run(Task<> main) override {
        EXPECT_EQ(world_.run(std::move(main)), virtual_world::Ended::finished);
    }

private:
    virtual_world::VirtualWorld world_;
};

class OnSockets final : public AnyWorld {
public:
    OnSockets() : world_(std::chrono::steady_clock::now()) {
        // Both ends of 500 connections are in this process.
        rlimit limit{};
        getrlimit(RLIMIT_NOFILE, &limit);
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    Surroundings surroundings() override { return {world_.clock(), world_.network()}; }
    void run(Task<> main) override { world_.run(std::move(main)); }

private:
    real_world::RealWorld world_;
};

Task<> accept_into(Listener& listener, std::unique_ptr<Stream>& into) {
    Result<std::unique_ptr<Stream>> stream = co_await listener.accept();
    if (stream) into = std::move(*stream);
}

}  // namespace

std::unique_ptr<AnyWorld> make_world(Kind kind) {
    virtual_world::NetworkOptions options;
    if (kind == Kind::on_sockets) return std::make_unique<OnSockets>();
    if (kind != Kind::in_memory) options.latency = 3ms;
    if (kind == Kind::with_short_reads) options.short_read_chance = 0.5;
    return std::make_unique<InMemory>(options);
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
