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

/// Writes "a" now and "b" a millisecond later.
Task<> write_twice(Clock& clock, Stream& stream) {
    co_await stream.write("a");
    co_await sleep_for(clock, 1ms);
    co_await stream.write("b");
}

Task<> note_arrivals(Clock& clock, Stream& stream, std::vector<TimePoint>& arrivals) {
    std::array<char, 1> buffer{};
    for (int i = 0; i < 2; ++i) {
        co_await stream.read_some(buffer);
        arrivals.push_back(clock.now());
    }
}

/// Two connections, the second nine milliseconds behind the first.
Task<> write_on_two(Surroundings& here, std::vector<TimePoint>& one, std::vector<TimePoint>& two) {
    const Peers first = co_await connect_peers(here);
    const Peers second = co_await connect_peers(here);
    TaskScope scope(here.clock.ready());
    scope.spawn(note_arrivals(here.clock, *first.server, one));
    scope.spawn(note_arrivals(here.clock, *second.server, two));
    scope.spawn(write_twice(here.clock, *first.client));
    co_await sleep_for(here.clock, 9ms);
    scope.spawn(write_twice(here.clock, *second.client));
    co_await scope.join();
}

// What is second on one connection arrives before what is queued already on the other.
TEST(VirtualNetwork, SeveralRunsOfBytesAreUnderWayOnEachConnection) {
    VirtualWorld world(1, {.latency = 10ms});
    Surroundings here{world.clock(), world.network()};
    std::vector<TimePoint> one;
    std::vector<TimePoint> two;
    EXPECT_EQ(world.run(write_on_two(here, one, two)), Ended::finished);
    EXPECT_EQ(one, (std::vector{at(50ms), at(51ms)}));
    EXPECT_EQ(two, (std::vector{at(59ms), at(60ms)}));
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
