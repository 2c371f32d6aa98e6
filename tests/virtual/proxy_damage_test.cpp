// Effects that change what a reply says, or whether TCP brings it: what either end hears, and
// exactly when.
#include "netem/tcp_loss.hpp"
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
using testing::IsEmpty;

TEST(Truncate, TheNextReplyIsReadAsTheEndOfTheLine) {
    ProxyBench bench({{accepted_reply, "{ truncate = 10 }"}});
    answer_message(bench);
    bench.pass(5s);
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{0s, "250 2.0.0 "}));
    bench.exchange("QUIT\r\n", "221 bye\r\n");
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{5s, "221 bye|"}));
    EXPECT_THAT(firings(bench), ElementsAre(fired("truncate"), achieved("released", at(0s), 0s)));
}

TEST(Corrupt, TheClientReadsAnotherCode) {
    ProxyBench bench({{accepted_reply, "{ corrupt = { where = 'code', bytes = 3 } }"}});
    answer_message(bench);
    const std::vector<Heard> heard = bench.client.heard();
    ASSERT_EQ(heard.size(), 1U);
    EXPECT_EQ(heard[0].what.substr(3), " 2.0.0 Ok: queued as A1|");
    EXPECT_NE(heard[0].what.substr(0, 3), "250");
    EXPECT_EQ(bench.recorder.of_kind(EventKind::transaction_accepted).size(), 1U);
}

TEST(Duplicate, TheReplyComesTwice) {
    ProxyBench bench({{accepted_reply, "{ duplicate = 'reply' }"}});
    answer_message(bench);
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{0s, std::string(heard_250) + heard_250}));
    EXPECT_EQ(bench.recorder.of_kind(EventKind::transaction_accepted).size(), 1U);
}

TEST(Loss, TheReplyComesWhenTcpHasRepairedIt) {
    const Duration later = netem::fate_after_losses(3, {}).after;
    ProxyBench bench({{accepted_reply, "{ loss = { transmissions = 3 } }"}});
    answer_message(bench);
    bench.pass(1h);
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{later, heard_250}));
    EXPECT_THAT(firings(bench),
                ElementsAre(fired("loss", later), achieved("released", at(later), later)));
}

TEST(Loss, OfNoTransmissionChangesNothing) {
    ProxyBench bench({{accepted_reply, "{ loss = { transmissions = 0 } }"}});
    answer_message(bench);
    EXPECT_THAT(bench.client.heard(), ElementsAre(Heard{0s, heard_250}));
}

TEST(Loss, WhereTcpGivesUpTheServersConnectionEndsAndTheClientHearsNothing) {
    const Duration end = netem::give_up_time({});
    ProxyBench bench({{accepted_reply, "{ loss = { outage = '1d' } }"}});
    answer_message(bench);
    bench.pass(end - 1ns);
    EXPECT_THAT(bench.server.heard(), IsEmpty());
    bench.pass(1ns);
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{end, "<connection_reset>"}));
    bench.pass(1h);
    EXPECT_THAT(bench.client.heard(), IsEmpty());
    Event given_up = fired("loss", end);
    given_up.quantity = 1;
    Event done = achieved("released", at(end), end);
    done.quantity = 1;
    EXPECT_THAT(firings(bench), ElementsAre(given_up, done));
    bench.client.closes();
}

TEST(Loss, WhatIsBehindAReplyThatIsGivenUpIsLostWithIt) {
    ProxyBench bench({{accepted_reply, "{ loss = { transmissions = 100 } }"}});
    answer_message(bench);
    bench.exchange("NOOP\r\n", "250 behind\r\n");
    bench.pass(24h);
    EXPECT_THAT(bench.client.heard(), IsEmpty());
}

TEST(Loss, AClientThatGoesFirstIsTheEndOfIt) {
    ProxyBench bench({{accepted_reply, "{ loss = { transmissions = 100 } }"}});
    answer_message(bench);
    bench.pass(10min);
    bench.client.closes();
    EXPECT_THAT(bench.server.heard(), ElementsAre(Heard{10min, "<end_of_stream>"}));
    EXPECT_EQ(firings(bench).back().text, "client_gone");
}

}  // namespace
}  // namespace twofifty
