// Effects that let a reply, or the end of a content, leave in pieces: what either end hears, and
// exactly when.
#include "tests/virtual/impaired_250.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace twofifty {
namespace {

using namespace std::chrono_literals;
using test::accepted_reply;
using test::achieved;
using test::answer_message;
using test::fired;
using test::firings;
using test::Heard;
using test::heard_250;
using test::ProxyBench;
using test::queued;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string in_content = "{ phase = 'data_xfer' }";
const std::string content = "Subject: a\r\n\r\nb\r\n.\r\n";

TEST(Drip, TheReplyComesAFewBytesAtATime) {
    ProxyBench bench({{accepted_reply, "{ drip = { bytes = 10, every = '1s' } }"}});
    answer_message(bench);
    bench.pass(1h);
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{0s, "250 2.0.0 "}, Heard{1s, "Ok: queued"},
                                                  Heard{2s, " as A1|"}));
    EXPECT_THAT(firings(bench), ElementsAre(fired("drip", 2s), achieved("released", at(2s), 2s)));
}

TEST(Drip, WhatIsBehindItWaits) {
    ProxyBench bench({{accepted_reply, "{ drip = { bytes = 20, every = '1s' } }"}});
    answer_message(bench);
    bench.exchange("NOOP\r\n", "250 behind\r\n");
    bench.pass(1h);
    EXPECT_THAT(bench.client.heard(),
                ElementsAre(Heard{0s, "250 2.0.0 Ok: queued"}, Heard{1s, " as A1|250 behind|"}));
}

TEST(Drip, EndsWithTheClient) {
    ProxyBench bench({{accepted_reply, "{ drip = { bytes = 20, every = '10s' } }"}});
    answer_message(bench);
    bench.pass(3s);
    bench.client.closes();
    EXPECT_EQ(firings(bench).back(), achieved("client_gone", at(3s), 3s));
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{3s, "<end_of_stream>"}));
}

TEST(Slice, TheReplyComesInTwoParts) {
    ProxyBench bench({{accepted_reply, "{ slice = { at = 3, pause = '50ms' } }"}});
    answer_message(bench);
    bench.pass(1h);
    EXPECT_THAT(bench.client.heard(),
                ElementsAre(Heard{0s, "250"}, Heard{50ms, " 2.0.0 Ok: queued as A1|"}));
    EXPECT_THAT(firings(bench),
                ElementsAre(fired("slice", 50ms), achieved("released", at(50ms), 50ms)));
}

TEST(Slice, BehindASwallowedEndThePathIsDead) {
    ProxyBench bench({{accepted_reply, "{ slice = { at = 3, then = 'swallow' } }"}});
    answer_message(bench);
    bench.exchange("NOOP\r\n", "250 behind\r\n");
    bench.pass(1min);
    bench.server.closes();
    bench.pass(1h);
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{0s, "250"}));
}

TEST(Slice, TheEndOfTheContentComesInTwoParts) {
    ProxyBench bench({{in_content, "{ slice = { at = 3, pause = '1s' } }"}});
    bench.greet();
    bench.begin_message();
    bench.client.says(content);
    bench.pass(1s);
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{0s, "Subject: a||b|."}, Heard{1s, "|"}));
    bench.server.says(queued);
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{1s, heard_250}));
    EXPECT_EQ(bench.recorder.of_kind(EventKind::transaction_accepted).size(), 1U);
}

class SliceOfASplitContent : public testing::TestWithParam<std::size_t> {};

// However the client's bytes were split, all come, and none behind the cut before its time.
TEST_P(SliceOfASplitContent, NothingIsLostAndTheCutHolds) {
    for (std::size_t place = 1; place <= 4; ++place) {
        ProxyBench bench({{in_content, "{ slice = { at = " + std::to_string(place) + " } }"}});
        bench.greet();
        bench.begin_message();
        const std::size_t before = bench.server.all_bytes().size();
        bench.client.says(std::string_view(content).substr(0, GetParam()));
        bench.client.says(std::string_view(content).substr(GetParam()));
        const auto received = [&] { return bench.server.all_bytes().substr(before); };
        EXPECT_LE(received().size(), std::max(content.size() - 5 + place, GetParam())) << place;
        EXPECT_NE(received(), content) << place;
        bench.pass(50ms);
        EXPECT_EQ(received(), content) << place;
    }
}

INSTANTIATE_TEST_SUITE_P(Slice, SliceOfASplitContent,
                         testing::Range<std::size_t>(0, content.size()));

// The firewall of Microsoft's KB 295725: CRLF and dot in one packet, CRLF in the next, which it
// loses.
TEST(Slice, AFinalDotWhoseEndIsSwallowedNeverComes) {
    ProxyBench bench({{in_content, "{ slice = { at = 3, then = 'swallow' } }"}});
    bench.greet();
    bench.begin_message();
    bench.client.says(content);
    bench.pass(10min);
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{0s, "Subject: a||b|."}));
    // The other direction lives: a server that loses patience is heard.
    bench.server.says("421 4.4.2 timeout\r\n");
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{10min, "421 4.4.2 timeout|"}));
    bench.client.closes();
    bench.pass(10min);
    EXPECT_THAT(bench.server.heard(), IsEmpty()) << "its end is lost too";
}

TEST(Slice, AClientThatGoesInAPauseTakesTheRestWithIt) {
    ProxyBench bench({{in_content, "{ slice = { at = 3, pause = '1m' } }"}});
    bench.greet();
    bench.begin_message();
    bench.client.says(content);
    bench.pass(5s);
    bench.client.closes();
    EXPECT_THAT(bench.server.heard(),
                ElementsAre(Heard{0s, "Subject: a||b|."}, Heard{5s, "<end_of_stream>"}));
    EXPECT_EQ(firings(bench).back().text, "client_gone");
}

TEST(Hold, UntilReleasedEndsWhenTheRuleLetsGo) {
    ProxyBench bench({{accepted_reply, "{ hold = 'released' }"}});
    answer_message(bench);
    bench.pass(7s);
    EXPECT_THAT(bench.client.heard(), IsEmpty());
    bench.rules.release(1);
    bench.pass(0s);
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{7s, heard_250}));
    EXPECT_THAT(firings(bench), ElementsAre(fired("hold"), achieved("released", at(7s), 7s)));
    bench.send_message(2);
    bench.server.says(queued);
    bench.pass(1min);
    EXPECT_THAT(bench.client.heard(), IsEmpty()) << "what comes later waits again";
}

TEST(Hold, UntilReleasedKeepsAFinalDotToo) {
    ProxyBench bench({{in_content, "{ hold = 'released' }"}});
    bench.greet();
    bench.begin_message();
    bench.client.says(content);
    bench.pass(7s);
    bench.rules.release(1);
    bench.pass(0s);
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{0s, "Subject: a||b|"}, Heard{7s, ".|"}));
}

}  // namespace
}  // namespace twofifty
