#include "harness/diagnose/queue_book.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace twofifty::harness {
namespace {

using namespace std::chrono_literals;

QueueBook book_of(std::initializer_list<std::int64_t> depths) {
    QueueBook book;
    Duration when{};
    for (const std::int64_t depth : depths) {
        book.add({.at = at(when),
                  .kind = EventKind::queue_sampled,
                  .node = 2,
                  .duration = depth * 1s,
                  .quantity = depth,
                  .text = "incoming"});
        when += 10s;
    }
    book.finish(at(when));
    return book;
}

TEST(QueueBook, TellsDepthAndAge) {
    EXPECT_EQ(book_of({0, 1, 10, 40, 2, 1, 0, 0}).facts(2, "incoming"),
              (QueueFacts{.samples = 8,
                          .usual = 1,
                          .deepest = 40,
                          .deepest_at = at(30s),
                          .oldest = 40s,
                          .grew = true,
                          .time_deep = 0.125}));
    EXPECT_EQ(book_of({1}).facts(2, "outgoing"), QueueFacts{});
    EXPECT_EQ(book_of({1}).facts(1, "incoming"), QueueFacts{});
}

TEST(QueueBook, IsDeepFromOneLookToTheNext) {
    const QueueBook book = book_of({0, 1, 10, 40, 2, 1, 0, 0});
    EXPECT_FALSE(book.deep(2, at(29s)));
    EXPECT_TRUE(book.deep(2, at(30s)));
    EXPECT_TRUE(book.deep(2, at(39s)));
    EXPECT_FALSE(book.deep(2, at(40s)));
    EXPECT_FALSE(book.deep(1, at(30s)));
}

// A queue that empties is reported once: from then on it counts as empty.
TEST(QueueBook, UnseenQueueIsEmpty) {
    QueueBook book;
    book.add({.at = at(600s), .node = 1, .quantity = 30, .text = "incoming"});
    book.add({.at = at(700s), .node = 1, .quantity = 0, .text = "incoming"});
    book.finish(at(1000s));
    const QueueFacts facts = book.facts(1, "incoming");
    EXPECT_EQ(facts.usual, 0);
    EXPECT_DOUBLE_EQ(facts.time_deep, 0.1);
    EXPECT_FALSE(book.deep(1, at(599s)));
    EXPECT_TRUE(book.deep(1, at(650s)));
    EXPECT_FALSE(book.deep(1, at(900s)));
}

// Always full is not deep, and three messages are no queue.
TEST(QueueBook, QueueThatDidNotGrowIsNeverDeep) {
    EXPECT_FALSE(book_of({40, 41, 40, 42}).deep(2, at(30s)));
    EXPECT_FALSE(book_of({0, 0, 0, 3}).deep(2, at(30s)));
}

}  // namespace
}  // namespace twofifty::harness
