#include "harness/diagnose/sender_book.hpp"
#include "harness/diagnose/span_text.hpp"

#include <gmock/gmock.h>

#include <chrono>

namespace twofifty::harness {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

void send(SenderBook& book, std::uint16_t sender, int duplicated, int others) {
    for (int i = 0; i < duplicated; ++i) book.pair(sender, true);
    for (int i = 0; i < others; ++i) book.pair(sender, false);
}

/// Two senders with a timer of 30 s, two that never gave up.
SenderBook two_kinds() {
    SenderBook book;
    send(book, 1, 30, 70);
    send(book, 2, 32, 68);
    send(book, 3, 1, 99);
    send(book, 4, 0, 100);
    book.gave_up(1, 30s);
    book.gave_up(2, 30s + 40ms);
    book.gave_up(2, 30s + 10ms);
    book.answered(2, 29s);
    book.answered(3, 200s);
    return book;
}

TEST(SenderBook, KindsAreMadeOfTimersWhereNobodyHasAName) {
    EXPECT_THAT(two_kinds().kinds({}), ElementsAre(SenderKind{.name = "gave up after 30 s",
                                                              .senders = 2,
                                                              .duplicated = {62, 200},
                                                              .given_up = 3,
                                                              .timer_least = 30s,
                                                              .timer_most = 30s + 40ms,
                                                              .longest_answered = 29s},
                                                   SenderKind{.name = "never gave up waiting",
                                                              .senders = 2,
                                                              .duplicated = {1, 200},
                                                              .longest_answered = 200s}));
}

TEST(SenderBook, DifferencesThatTimersExplainAreNoPattern) {
    const SenderBook book = two_kinds();
    EXPECT_TRUE(book.test_senders()->significant());
    EXPECT_FALSE(book.test_within_kinds({})->significant());
}

TEST(SenderBook, SenderThatDiffersFromItsKindIsAPattern) {
    SenderBook book = two_kinds();
    send(book, 5, 90, 10);
    book.gave_up(5, 30s);
    EXPECT_TRUE(book.test_within_kinds({})->significant());
}

TEST(SenderBook, KindsAreGroupsWhereSendersHaveNames) {
    const auto kinds = two_kinds().kinds({"app-1", "app-2", "postfix-1", "postfix-2"});
    ASSERT_EQ(kinds.size(), 2U);
    EXPECT_EQ(kinds[0].name, "app");
    EXPECT_EQ(kinds[1].name, "postfix");
}

TEST(SenderBook, ShortestTimerIsTheShortestWaitInVain) {
    EXPECT_EQ(two_kinds().shortest_timer(), 30s);
    EXPECT_EQ(SenderBook{}.shortest_timer(), std::nullopt);
}

TEST(GroupOf, IsTheNameWithoutItsNumber) {
    EXPECT_EQ(group_of("postfix-12"), "postfix");
    EXPECT_EQ(group_of("postfix 3"), "postfix");
    EXPECT_EQ(group_of("mx1"), "mx1");
    EXPECT_EQ(group_of("postfix"), "postfix");
    EXPECT_EQ(group_of("7"), "7");
}

TEST(SpanText, IsWhatPeopleSay) {
    EXPECT_EQ(span_text(0s), "0 ms");
    EXPECT_EQ(span_text(200us), "0.2 ms");
    EXPECT_EQ(span_text(412ms), "412 ms");
    EXPECT_EQ(span_text(2350ms), "2.35 s");
    EXPECT_EQ(span_text(30s), "30 s");
    EXPECT_EQ(span_text(260s), "4 min 20 s");
    EXPECT_EQ(span_text(10min), "10 min");
    EXPECT_EQ(span_text(2h + 5min), "2 h 5 min");
    EXPECT_EQ(span_text(76h), "3 d 4 h");
    EXPECT_EQ(rough_span(30s + 40ms), "30 s");
    EXPECT_EQ(rough_span(9'999ms), "10 s");
}

}  // namespace
}  // namespace twofifty::harness
