#include "harness/ledger/event_digest.hpp"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace twofifty::harness {
namespace {

using namespace std::chrono_literals;

std::string digest_of(const std::vector<Event>& events) {
    EventDigest digest;
    for (const Event& event : events) digest.add(event);
    return digest.value();
}

TEST(EventDigest, EveryFieldCounts) {
    const std::vector<Event> events{
        {},
        {.at = at(1ns)},
        {.kind = EventKind::submitted},
        {.phase = Phase::connect},
        {.outcome = Outcome::accepted},
        {.code = 1},
        {.node = 1},
        {.message = 1},
        {.recipient = 1},
        {.attempt = 1},
        {.connection = 1},
        {.rule = 1},
        {.duration = 1ns},
        {.quantity = 1},
        {.digest = 1},
        {.text = "1"},
    };
    std::set<std::string> digests;
    for (const Event& event : events) digests.insert(digest_of({event}));
    EXPECT_EQ(digests.size(), events.size());
}

TEST(EventDigest, OrderCounts) {
    const Event first{.message = 1};
    const Event second{.message = 2};
    EXPECT_NE(digest_of({first, second}), digest_of({second, first}));
}

TEST(EventDigest, TextsDoNotRunTogether) {
    EXPECT_NE(digest_of({{.text = "ab"}, {.text = "c"}}),
              digest_of({{.text = "a"}, {.text = "bc"}}));
}

// Stands in published results: a change of the layout must be meant.
TEST(EventDigest, OfAKnownEventIsKnown) {
    const Event event{.at = at(1s),
                      .kind = EventKind::copy_found,
                      .phase = Phase::data_done,
                      .outcome = Outcome::unknown,
                      .code = 250,
                      .node = 2,
                      .message = 3,
                      .recipient = 4,
                      .attempt = 5,
                      .connection = 6,
                      .rule = 7,
                      .duration = -8ns,
                      .quantity = -9,
                      .digest = 10,
                      .text = "queue"};
    EXPECT_EQ(digest_of({event}), "68161d2b39a852ac1e5cfb50f726d626");
    EXPECT_EQ(digest_of({}), "99aa06d3014798d86001c324468d497f");
}

}  // namespace
}  // namespace twofifty::harness
