// Listening and connecting in both worlds.
#include "tests/world/conformance.hpp"

#include <array>
#include <vector>

namespace twofifty::world {
namespace {

using boost::system::error_code;

using NetworkConformance = InEachWorld;
INSTANTIATE_TEST_SUITE_P(Worlds, NetworkConformance, every_world, name_of_world);

const Endpoint any_port{"127.0.0.1", 0};

Task<> accept_and_note(Listener& listener, error_code& result) {
    const Result<std::unique_ptr<Stream>> stream = co_await listener.accept();
    if (!stream) result = stream.error();
}

Task<> connect_and_keep(Surroundings& here, const Endpoint& to,
                        std::vector<std::unique_ptr<Stream>>& kept) {
    Result<std::unique_ptr<Stream>> stream = co_await here.network.connect(to);
    EXPECT_TRUE(stream) << stream.error().message();
    if (stream) kept.push_back(std::move(*stream));
}

Task<error_code> connect_error(Surroundings& here, const Endpoint& to) {
    const TimePoint deadline = here.clock.now() + generous;
    const Result<std::unique_ptr<Stream>> stream =
        co_await within(here.clock, deadline, here.network.connect(to));
    co_return stream ? error_code{} : stream.error();
}

Task<> say_number(Surroundings& here, const Endpoint& to, int number, int& answered) {
    Result<std::unique_ptr<Stream>> stream = co_await here.network.connect(to);
    EXPECT_TRUE(stream) << stream.error().message();
    if (!stream) co_return;
    const std::string text = std::to_string(1000 + number);
    const error_code write_failure = co_await write_error(here, **stream, text);
    EXPECT_EQ(write_failure, error_code{});
    const std::string answer = co_await read_bytes(here, **stream, text.size());
    EXPECT_EQ(answer, text);
    ++answered;
}

Task<> repeat_number(Surroundings& here, std::unique_ptr<Stream> stream, int& most_open,
                     int& open) {
    most_open = std::max(most_open, ++open);
    const std::string text = co_await read_bytes(here, *stream, 4);
    co_await sleep_for(here.clock, 200ms);  // So that all are open at once.
    const error_code write_failure = co_await write_error(here, *stream, text);
    EXPECT_EQ(write_failure, error_code{});
    --open;
}

Task<> serve_numbers(Surroundings& here, Listener& listener, TaskScope& sessions, int& most_open,
                     int& open) {
    while (true) {
        Result<std::unique_ptr<Stream>> stream = co_await listener.accept();
        if (!stream) break;
        sessions.spawn(repeat_number(here, std::move(*stream), most_open, open));
    }
}

TEST_P(NetworkConformance, Port0TakesAFreePort) {
    const auto first = here().network.listen(any_port);
    const auto second = here().network.listen(any_port);
    ASSERT_TRUE(first && second);
    EXPECT_NE((*first)->endpoint().port, 0);
    EXPECT_NE((*first)->endpoint(), (*second)->endpoint());
}

TEST_P(NetworkConformance, OneAddressIsListenedAtOnce) {
    const auto first = here().network.listen(any_port);
    ASSERT_TRUE(first);
    const auto second = here().network.listen((*first)->endpoint());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error(), Error::address_in_use);
}

TEST_P(NetworkConformance, AnAddressIsFreeAgainOnceClosed) {
    const auto main = [](Surroundings& here) -> Task<> {
        auto first = here.network.listen(any_port);
        (*first)->close();
        const Endpoint endpoint = (*first)->endpoint();
        const auto second = here.network.listen(endpoint);
        EXPECT_TRUE(second);
        // The end of the first listener, closed before, takes nothing from the second.
        first->reset();
        const error_code connect_failure = co_await connect_error(here, endpoint);
        EXPECT_EQ(connect_failure, error_code{});
    };
    run(main);
}

TEST_P(NetworkConformance, WhereNobodyListensConnectionsAreRefused) {
    const auto main = [](Surroundings& here) -> Task<> {
        auto listener = here.network.listen(any_port);
        const Endpoint endpoint = (*listener)->endpoint();
        (*listener)->close();
        const error_code connect_failure = co_await connect_error(here, endpoint);
        EXPECT_EQ(connect_failure, Error::connection_refused);
    };
    run(main);
}

TEST_P(NetworkConformance, AClosedListenerAcceptsNothing) {
    const auto main = [](Surroundings& here) -> Task<> {
        const auto listener = here.network.listen(any_port);
        (*listener)->close();
        error_code error;
        co_await accept_and_note(**listener, error);
        EXPECT_EQ(error, Error::closed);
    };
    run(main);
}

TEST_P(NetworkConformance, ClosingEndsAWaitingAccept) {
    const auto main = [](Surroundings& here) -> Task<> {
        const auto listener = here.network.listen(any_port);
        error_code error;
        TaskScope accepting(here.clock.ready());
        accepting.spawn(accept_and_note(**listener, error));
        (*listener)->close();
        co_await accepting.join();
        EXPECT_EQ(error, Error::closed);
    };
    run(main);
}

TEST_P(NetworkConformance, AConnectionWaitsToBeAccepted) {
    const auto main = [](Surroundings& here) -> Task<> {
        const auto listener = here.network.listen(any_port);
        const Endpoint endpoint = (*listener)->endpoint();
        std::vector<std::unique_ptr<Stream>> clients;
        co_await connect_and_keep(here, endpoint, clients);
        const error_code write_failure = co_await write_error(here, *clients.front(), "early");
        EXPECT_EQ(write_failure, error_code{});
        const Result<std::unique_ptr<Stream>> accepted = co_await (*listener)->accept();
        EXPECT_TRUE(accepted);
        if (!accepted) co_return;
        const std::string read = co_await read_bytes(here, **accepted, 5);
        EXPECT_EQ(read, "early");
    };
    run(main);
}

TEST_P(NetworkConformance, AConnectionThatComesAfterAnAcceptTimedOutIsTheNexts) {
    const auto main = [](Surroundings& here) -> Task<> {
        const auto listener = here.network.listen(any_port);
        const Endpoint endpoint = (*listener)->endpoint();
        const TimePoint soon = here.clock.now() + 10ms;
        const auto nothing = co_await within(here.clock, soon, (*listener)->accept());
        EXPECT_EQ(nothing.error(), Error::timed_out);
        std::vector<std::unique_ptr<Stream>> clients;
        co_await connect_and_keep(here, endpoint, clients);
        co_await sleep_for(here.clock, 10ms);
        const TimePoint later = here.clock.now() + 5s;
        const auto accepted = co_await within(here.clock, later, (*listener)->accept());
        EXPECT_TRUE(accepted);
    };
    run(main);
}

TEST_P(NetworkConformance, AConnectThatIsGivenUpLeavesNothingBehind) {
    const auto main = [](Surroundings& here) -> Task<> {
        const auto listener = here.network.listen(any_port);
        const Endpoint endpoint = (*listener)->endpoint();
        std::vector<std::unique_ptr<Stream>> clients;
        {
            TaskScope connecting(here.clock.ready());
            connecting.spawn(connect_and_keep(here, endpoint, clients));
        }
        co_await sleep_for(here.clock, 20ms);
        EXPECT_TRUE(clients.empty());
        const error_code connect_failure = co_await connect_error(here, endpoint);
        EXPECT_EQ(connect_failure, error_code{});
    };
    run(main);
}

TEST_P(NetworkConformance, FiveHundredConnectionsAtOnceAreServed) {
    const auto main = [](Surroundings& here) -> Task<> {
        const auto listener = here.network.listen(any_port);
        const Endpoint endpoint = (*listener)->endpoint();
        int answered = 0;
        int most_open = 0;
        int open = 0;
        TaskScope sessions(here.clock.ready());
        TaskScope accepting(here.clock.ready());
        TaskScope clients(here.clock.ready());
        accepting.spawn(serve_numbers(here, **listener, sessions, most_open, open));
        for (int i = 0; i < 500; ++i) clients.spawn(say_number(here, endpoint, i, answered));
        co_await clients.join();
        EXPECT_EQ(answered, 500);
        EXPECT_GT(most_open, 100);
        (*listener)->close();
        co_await accepting.join();
    };
    run(main);
}

TEST_P(NetworkConformance, ConnectsOverIpv6) {
    const auto possible = here().network.listen(Endpoint{"::1", 0});
    if (!possible) GTEST_SKIP() << "this machine has no IPv6";
    const auto main = [](Surroundings& here) -> Task<> {
        const Peers peers = co_await connect_peers(here, "::1");
        const error_code write_failure = co_await write_error(here, *peers.client, "six");
        EXPECT_EQ(write_failure, error_code{});
        const std::string read = co_await read_bytes(here, *peers.server, 3);
        EXPECT_EQ(read, "six");
        EXPECT_EQ(peers.client->remote_endpoint().host, "::1");
    };
    run(main);
}

}  // namespace
}  // namespace twofifty::world
