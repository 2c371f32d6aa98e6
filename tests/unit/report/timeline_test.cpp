// A message's story in words.
#include "harness/report/timeline.hpp"
#include "harness/report/words.hpp"

#include <gtest/gtest.h>

#include <array>

namespace twofifty::harness {
namespace {

using namespace std::chrono_literals;

const std::array<std::string, 2> addresses{"r1@recipient.test", "r2@recipient.test"};
const AddressBook book{addresses};
const std::array<std::string, 1> rules{"lose-250"};
const TimelineNames names{book, rules};

Event event(Duration when, EventKind kind, std::uint32_t recipient = 0, std::uint32_t attempt = 0) {
    Event made;
    made.at = at(when);
    made.kind = kind;
    made.message = 7;
    made.recipient = recipient;
    made.attempt = attempt;
    return made;
}

Event ended(Duration when, Outcome outcome, std::uint16_t code, std::string text) {
    Event made = event(when, EventKind::attempt_ended, 1, 1);
    made.phase = Phase::data_done;
    made.outcome = outcome;
    made.code = code;
    made.text = std::move(text);
    return made;
}

std::string words_of(const Event& only) {
    const std::vector<TimelineEntry> entries = timeline({&only, 1}, 7, names);
    return entries.empty() ? "" : entries.front().text;
}

TEST(Timeline, TellsTheStoryOfADroppedReply) {
    Event submitted = event(1s, EventKind::submitted, 1);
    submitted.node = 3;
    submitted.quantity = 8192;
    Event accepted = event(1010ms, EventKind::transaction_accepted, 1, 1);
    accepted.code = 250;
    accepted.duration = 4ms;
    Event fired = event(1011ms, EventKind::rule_fired, 1, 1);
    fired.rule = 1;
    fired.phase = Phase::data_done;
    fired.code = 250;
    fired.text = "drop";
    Event other = event(2s, EventKind::attempt_started, 0, 1);
    other.message = 8;
    const std::array events{submitted,
                            event(1s, EventKind::attempt_started, 0, 1),
                            event(1005ms, EventKind::content_sent, 0, 1),
                            accepted,
                            fired,
                            event(1012ms, EventKind::copy_found, 1),
                            other,
                            ended(3005ms, Outcome::unknown, 0, "timed_out")};
    EXPECT_EQ(timeline(events, 7, names),
              (std::vector<TimelineEntry>{
                  {0, "submitted to sender 3, 8192 bytes"},
                  {0, "attempt 1 starts"},
                  {5, "sender sent the final dot"},
                  {10, "receiver accepted it (250), 4.00 ms after the final dot"},
                  {11, "rule lose-250 acts on the reply to the final dot, 250: drop"},
                  {12, "copy 1 found"},
                  {2005, "sender gave up waiting for the reply to the final dot (timed_out)"}}));
}

TEST(Timeline, EachOutcomeHasItsWords) {
    EXPECT_EQ(words_of(ended(1s, Outcome::accepted, 250, "")),
              "sender read 250: attempt 1 is acknowledged");
    EXPECT_EQ(words_of(ended(1s, Outcome::refused_for_now, 451, "")),
              "sender read 451 in phase data_done: attempt 1 is refused for now");
    EXPECT_EQ(words_of(ended(1s, Outcome::refused_for_good, 550, "")),
              "sender read 550 in phase data_done: attempt 1 is refused for good");
    EXPECT_EQ(words_of(ended(1s, Outcome::unknown, 0, "connection_reset")),
              "sender lost the connection while the reply to the final dot was owed "
              "(connection_reset)");
    EXPECT_EQ(words_of(ended(1s, Outcome::unknown, 0, "unseen")),
              "the reply to the final dot never came; when the sender gave up cannot be seen");
    Event not_sent = ended(1s, Outcome::not_sent, 0, "timed_out");
    not_sent.phase = Phase::greeting;
    EXPECT_EQ(words_of(not_sent),
              "attempt 1 failed before the final dot, waiting for the greeting (timed_out)");
}

TEST(Timeline, EventsAreToldInTheOrderOfTime) {
    const std::array events{event(3s, EventKind::attempt_started, 0, 2),
                            event(1s, EventKind::attempt_started, 0, 1)};
    EXPECT_EQ(timeline(events, 7, names),
              (std::vector<TimelineEntry>{{0, "attempt 1 starts"}, {2000, "attempt 2 starts"}}));
}

TEST(Timeline, WhatHappensToAllRecipientsAtOnceIsOneEntry) {
    const std::array events{event(1s, EventKind::submitted, 1), event(1s, EventKind::submitted, 2),
                            event(2s, EventKind::copy_found, 1),
                            event(2s, EventKind::copy_found, 2),
                            event(3s, EventKind::copy_found, 2)};
    EXPECT_EQ(timeline(events, 7, names),
              (std::vector<TimelineEntry>{{0, "client begins to send it, 0 bytes"},
                                          {1000, "copy 1 found"},
                                          {2000, "copy 2 found [r2@recipient.test]"}}));
}

TEST(Timeline, ATextFromAServerCannotReachTheTerminal) {
    EXPECT_EQ(words_of(ended(1s, Outcome::unknown, 0, "\x1b[2J\xff")),
              "sender lost the connection while the reply to the final dot was owed (?[2J?)");
}

TEST(Timeline, NumbersOutsideTheBooksAreNamedAsNumbers) {
    Event fired = event(1s, EventKind::rule_fired, 9, 1);
    fired.rule = 9;
    fired.phase = Phase::data_xfer;
    fired.text = "cut";
    const std::array events{event(0s, EventKind::submitted, 1), event(0s, EventKind::submitted, 2),
                            fired};
    EXPECT_EQ(timeline(events, 7, names).back().text,
              "rule number 9 acts on the content: cut [recipient 9]");
}

TEST(Timeline, NoEventsAreNoStory) {
    EXPECT_EQ(timeline({}, 7, names), std::vector<TimelineEntry>{});
}

TEST(Example, TheTitleCountsCopiesAndNamesCauses) {
    const std::array events{event(0s, EventKind::submitted, 1), event(1s, EventKind::copy_found, 1),
                            event(2s, EventKind::copy_found, 1)};
    const std::array<std::string_view, 1> causes{"reply_dropped"};
    EXPECT_EQ(make_example(events, 7, names, causes).title,
              "Message 7: 2 copies; the reply to the final dot was dropped");
    EXPECT_EQ(make_example({}, 7, names, {}).title, "Message 7: 0 copies");
}

TEST(Words, TimesSinceAreReadableFromMillisecondsToDays) {
    EXPECT_EQ(format_since(0), "+0.000 s");
    EXPECT_EQ(format_since(2000), "+2.000 s");
    EXPECT_EQ(format_since(99'999), "+99.999 s");
    EXPECT_EQ(format_since(100'000), "+1m 40s");
    EXPECT_EQ(format_since(3'600'000), "+1h 00m");
    EXPECT_EQ(format_since(5 * 86'400'000.0), "+5d 00h");
}

TEST(Words, AShareNeverRoundsARealCountAway) {
    EXPECT_EQ(format_share(0, 0), "-");
    EXPECT_EQ(format_share(0, 5), "0 %");
    EXPECT_EQ(format_share(1, 1'000'000), "< 0.01 %");
    EXPECT_EQ(format_share(999'999, 1'000'000), "> 99.99 %");
    EXPECT_EQ(format_share(5, 5), "100.00 %");
}

}  // namespace
}  // namespace twofifty::harness
