// What only the network in memory promises: times to the nanosecond, and the same sequence for the
// same seed.
#include "tests/world/conformance.hpp"
#include "world/virtual/virtual_world.hpp"

#include <array>
#include <vector>

namespace twofifty::world {
namespace {

using virtual_world::Ended;
using virtual_world::VirtualWorld;

struct Timed {
    TimePoint connected;
    TimePoint arrived;
    TimePoint ended;

    bool operator==(const Timed&) const = default;
};

Task<> read_to_the_end(Clock& clock, Stream& stream, Timed& times,
                       std::vector<std::size_t>& sizes) {
    std::array<char, 1000> buffer{};
    while (true) {
        const Result<std::size_t> bytes = co_await stream.read_some(buffer);
        if (!bytes) break;
        if (sizes.empty()) times.arrived = clock.now();
        sizes.push_back(*bytes);
    }
    times.ended = clock.now();
}

/// Connects, waits a second, writes 20,000 bytes, waits a second, closes.
Task<> talk(Surroundings& here, Timed& times, std::vector<std::size_t>& sizes) {
    const Peers peers = co_await connect_peers(here);
    times.connected = here.clock.now();
    TaskScope reading(here.clock.ready());
    reading.spawn(read_to_the_end(here.clock, *peers.server, times, sizes));
    co_await sleep_for(here.clock, 1s);
    const std::string text = pattern(20'000);
    co_await peers.client->write(text);
    co_await sleep_for(here.clock, 1s);
    peers.client->close();
    co_await reading.join();
}

std::vector<std::size_t> read_sizes(std::uint64_t seed, double short_read_chance) {
    VirtualWorld world(seed, {.latency = 1ms, .short_read_chance = short_read_chance});
    Surroundings here{world.clock(), world.network()};
    Timed times;
    std::vector<std::size_t> sizes;
    EXPECT_EQ(world.run(talk(here, times, sizes)), Ended::finished);
    return sizes;
}

TEST(VirtualNetwork, TakesOneLatencyEachWay) {
    VirtualWorld world(1, {.latency = 7ms});
    Surroundings here{world.clock(), world.network()};
    Timed times;
    std::vector<std::size_t> sizes;
    EXPECT_EQ(world.run(talk(here, times, sizes)), Ended::finished);
    EXPECT_EQ(times, (Timed{at(14ms), at(1021ms), at(2021ms)}));
}

TEST(VirtualNetwork, WithoutLatencyTakesNoTime) {
    VirtualWorld world(1);
    Surroundings here{world.clock(), world.network()};
    Timed times;
    std::vector<std::size_t> sizes;
    EXPECT_EQ(world.run(talk(here, times, sizes)), Ended::finished);
    EXPECT_EQ(times, (Timed{at(0s), at(1s), at(2s)}));
}

TEST(VirtualNetwork, WithoutChanceReadsAreWhole) {
    EXPECT_EQ(read_sizes(1, 0), std::vector<std::size_t>(20, 1000));
}

TEST(VirtualNetwork, ReadsComeUpShortByTheSeed) {
    EXPECT_EQ(read_sizes(1, 0.5), read_sizes(1, 0.5));
    EXPECT_NE(read_sizes(1, 0.5), read_sizes(2, 0.5));
}

TEST(VirtualWorldRun, SaysThatItIsStuck) {
    VirtualWorld world(1);
    const auto main = [](Clock& clock) -> Task<> {
        Notifier nobody(clock.ready());
        co_await sleep_for(clock, 5s);
        co_await nobody.wait();
    };
    EXPECT_EQ(world.run(main(world.clock())), Ended::stuck);
    EXPECT_EQ(world.now(), at(5s));
}

TEST(VirtualWorldRun, StopsWhereItStands) {
    VirtualWorld world(1);
    std::atomic<bool> stop{false};
    const auto main = [](Clock& clock, std::atomic<bool>& flag) -> Task<> {
        co_await sleep_for(clock, 5s);
        flag = true;
        co_await sleep_for(clock, 5s);
    };
    EXPECT_EQ(world.run(main(world.clock(), stop), &stop), Ended::stopped);
    EXPECT_EQ(world.now(), at(5s));
}

TEST(VirtualWorldRun, FiveDaysAreNoWork) {
    VirtualWorld world(1);
    const auto main = [](Clock& clock) -> Task<> {
        for (int i = 0; i < 5 * 24; ++i) co_await sleep_for(clock, 1h);
    };
    EXPECT_EQ(world.run(main(world.clock())), Ended::finished);
    EXPECT_EQ(world.now(), at(5 * 24h));
}

}  // namespace
}  // namespace twofifty::world
