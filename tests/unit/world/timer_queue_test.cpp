// Timers that are added in order, and those that are not, fire as one queue.
#include "world/loop.hpp"

#include <gtest/gtest.h>

#include <string>

namespace twofifty::world {
namespace {

using namespace std::chrono_literals;

class Searched final : public Timer {
public:
    Searched(std::string& fired, char name) : fired_(fired), name_(name) {}

private:
    void fired() override { fired_ += name_; }

    std::string& fired_;
    char name_;
};

class Ordered final : public TimerInOrder {
public:
    Ordered(std::string& fired, char name) : fired_(fired), name_(name) {}

private:
    void fired() override { fired_ += name_; }

    std::string& fired_;
    char name_;
};

TEST(TimerQueue, FiresBothKindsInTheOrderOfTimeAndThenOfAdding) {
    std::string fired;
    TimerQueue timers;
    Searched a(fired, 'a');
    Searched b(fired, 'b');
    Searched c(fired, 'c');
    Ordered one(fired, '1');
    Ordered two(fired, '2');
    Ordered three(fired, '3');
    timers.add(at(5s), c);
    timers.add_in_order(at(2s), one);
    timers.add(at(2s), a);
    timers.add_in_order(at(2s), two);
    timers.add(at(1s), b);
    timers.add_in_order(at(9s), three);
    while (timers.fire_one(at(5s))) {
    }
    EXPECT_EQ(fired, "b1a2c");
    EXPECT_EQ(timers.earliest(), at(9s));
}

TEST(TimerQueue, KnowsTheEarliestOfBothKinds) {
    std::string fired;
    TimerQueue timers;
    EXPECT_EQ(timers.earliest(), never);
    Searched searched(fired, 'a');
    timers.add(at(3s), searched);
    EXPECT_EQ(timers.earliest(), at(3s));
    {
        Ordered ordered(fired, '1');
        timers.add_in_order(at(2s), ordered);
        EXPECT_EQ(timers.earliest(), at(2s));
    }
    // One that is destroyed has left the queue.
    EXPECT_EQ(timers.earliest(), at(3s));
}

}  // namespace
}  // namespace twofifty::world
