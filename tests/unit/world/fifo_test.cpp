// A Fifo yields what it was given, in order, however pushes and pops alternate.
#include "world/fifo.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>

namespace twofifty::world {
namespace {

TEST(Fifo, YieldsInTheOrderOfPushing) {
    Fifo<std::string, 2> queue;
    EXPECT_TRUE(queue.empty());
    for (const char* text : {"one", "two", "three"}) queue.push_back(text);
    EXPECT_EQ(queue.size(), 3U);
    EXPECT_EQ(queue.back(), "three");
    EXPECT_EQ(queue.take_front(), "one");
    EXPECT_EQ(queue.front(), "two");
    queue.pop_front();
    EXPECT_EQ(queue.take_front(), "three");
    EXPECT_TRUE(queue.empty());
}

TEST(Fifo, IsWhatADequeIsAtEachStep) {
    Fifo<int> queue;
    std::deque<int> expected;
    // Grows by one in each round, far beyond what is at hand, and is then emptied.
    for (int round = 0; round < 200; ++round) {
        for (int i = 0; i < 3; ++i) {
            queue.push_back(round * 3 + i);
            expected.push_back(round * 3 + i);
        }
        for (int i = 0; i < 2; ++i) {
            ASSERT_EQ(queue.take_front(), expected.front());
            expected.pop_front();
        }
        ASSERT_EQ(std::deque<int>(queue.begin(), queue.end()), expected);
    }
    while (!expected.empty()) {
        ASSERT_EQ(queue.take_front(), expected.front());
        expected.pop_front();
    }
    EXPECT_TRUE(queue.empty());
}

TEST(Fifo, LetsGoOfWhatHasLeft) {
    Fifo<std::shared_ptr<int>> queue;
    const auto first = std::make_shared<int>(1);
    queue.push_back(first);
    queue.push_back(nullptr);
    queue.pop_front();
    EXPECT_EQ(first.use_count(), 1);
    queue.push_back(first);
    queue.clear();
    EXPECT_EQ(first.use_count(), 1);
}

}  // namespace
}  // namespace twofifty::world
