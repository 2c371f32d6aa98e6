// What a rule is about, condition by condition, and how often it may act.
#include "netem/rule_book.hpp"
#include "tests/support/chance.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace twofifty::netem {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t seed = 42;
constexpr std::string_view queued = "250 2.0.0 Ok: queued as A1\r\n";

Passing accepted(std::uint32_t message = 1) {
    return {.phase = Phase::data_done,
            .code = 250,
            .message = message,
            .attempt = 1,
            .connection = 3,
            .transaction = 2,
            .bytes = queued,
            .size = 1000};
}

Rule rule(std::string name, Selector when, Effect effect = Drop{}) {
    return {.name = std::move(name), .when = std::move(when), .effect = std::move(effect)};
}

TEST(Selector, WithoutAPhaseFitsEveryReplyButNoContent) {
    EXPECT_TRUE(fits({}, accepted()));
    EXPECT_TRUE(fits({}, {.phase = Phase::greeting, .code = 220}));
    EXPECT_FALSE(fits({}, {.phase = Phase::data_xfer}));
    EXPECT_TRUE(fits({.phase = Phase::data_xfer}, {.phase = Phase::data_xfer}));
}

TEST(Selector, AnEnhancedCodeIsTheFirstWordOfTheText) {
    EXPECT_TRUE(fits({.enhanced = "2.0.0"}, accepted()));
    EXPECT_TRUE(fits({.enhanced = "2.*"}, accepted()));
    EXPECT_FALSE(fits({.enhanced = "4.*"}, accepted()));
    EXPECT_FALSE(fits({.enhanced = "2"}, accepted()));
}

TEST(Selector, ATextIsTheWholeFirstLineBehindTheCode) {
    EXPECT_TRUE(fits({.text = "2.0.0 Ok: queued as A1"}, accepted()));
    EXPECT_TRUE(fits({.text = "*QUEUED AS*"}, accepted()));
    EXPECT_FALSE(fits({.text = "queued as*"}, accepted()));
    Passing lines = accepted();
    lines.bytes = "250-first\r\n250 second\r\n";
    EXPECT_TRUE(fits({.text = "first"}, lines));
    EXPECT_FALSE(fits({.text = "*second*"}, lines));
}

TEST(Selector, AShortReplyHasAnEmptyText) {
    Passing bare = accepted();
    bare.bytes = "250\r\n";
    EXPECT_TRUE(fits({.text = "*"}, bare));
    EXPECT_FALSE(fits({.text = "?*"}, bare));
    EXPECT_FALSE(fits({.enhanced = "2.*"}, bare));
}

TEST(Selector, ASizeIsWithinItsBoundsBothIncluded) {
    EXPECT_TRUE(fits({.size_least = 1000, .size_most = 1000}, accepted()));
    EXPECT_FALSE(fits({.size_least = 1001}, accepted()));
    EXPECT_FALSE(fits({.size_most = 999}, accepted()));
}

TEST(Selector, AContentEndsInADotOrInAChunk) {
    Passing chunked = accepted();
    chunked.chunked = true;
    EXPECT_TRUE(fits({.ended_by = EndOfData::dot}, accepted()));
    EXPECT_FALSE(fits({.ended_by = EndOfData::dot}, chunked));
    EXPECT_TRUE(fits({.ended_by = EndOfData::bdat}, chunked));
    EXPECT_FALSE(fits({.ended_by = EndOfData::bdat}, accepted()));
}

TEST(Selector, AConnectionAndATransactionAreMeantByNumber) {
    EXPECT_TRUE(fits({.connection = 3, .transaction = 2}, accepted()));
    EXPECT_FALSE(fits({.connection = 2}, accepted()));
    EXPECT_FALSE(fits({.transaction = 1}, accepted()));
}

TEST(Selector, ARecipientIsTheReplysOwnOrAnyOfTheMessage) {
    const std::vector<std::string> both{"a@r.test", "b@r.test"};
    Passing of_all = accepted();
    of_all.recipients = &both;
    EXPECT_TRUE(fits({.recipient = "b@*"}, of_all));
    EXPECT_FALSE(fits({.recipient = "c@*"}, of_all));
    Passing of_one = of_all;
    of_one.recipient = "a@r.test";
    EXPECT_FALSE(fits({.recipient = "b@*"}, of_one));
}

TEST(Selector, ATimeLastsFromItsBeginningUpToItsEnd) {
    const Selector when{.from = 2s, .until = 5s};
    EXPECT_FALSE(within_window(when, at(2s - 1ns)));
    EXPECT_TRUE(within_window(when, at(2s)));
    EXPECT_TRUE(within_window(when, at(5s - 1ns)));
    EXPECT_FALSE(within_window(when, at(5s)));
}

// Seen long after each other, so that what is seen is independent: bounds for an error of 1e-9.
TEST(Selector, OnAndOffActsForTheShareOfTheBadSpells) {
    RuleBook rules({rule("r", {.on_off = {.good = 3s, .bad = 1s}})}, seed);
    constexpr std::uint32_t count = 20'000;
    std::uint64_t fired = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
        Passing passing = accepted(i + 1);
        passing.at = at(i * 60s);
        fired += rules.decide(passing).size();
    }
    const test::CountBounds bounds = test::binomial_bounds(count, 0.25, 1e-9);
    EXPECT_GE(fired, bounds.least);
    EXPECT_LE(fired, bounds.most);
    EXPECT_EQ(rules.matched(1), count);
}

TEST(Budget, AtMostEndsARuleForGood) {
    Rule twice = rule("r", {});
    twice.budget.at_most = 2;
    RuleBook rules({twice, rule("next", {})}, seed);
    std::vector<std::uint32_t> fired;
    for (std::uint32_t message = 1; message <= 4; ++message)
        fired.push_back(rules.decide(accepted(message)).front().rule);
    EXPECT_EQ(fired, (std::vector<std::uint32_t>{1, 1, 2, 2}));
}

TEST(Budget, AtOnceCountsWhatLasts) {
    Rule one = rule("r", {});
    one.budget.at_once = 1;
    RuleBook rules({one}, seed);
    EXPECT_EQ(rules.decide(accepted(1)).size(), 1U);
    EXPECT_EQ(rules.decide(accepted(2)).size(), 0U);
    rules.ended(1);
    EXPECT_EQ(rules.decide(accepted(3)).size(), 1U);
}

TEST(Continue, ARuleBehindSeesWhatTheOneInFrontMadeOfTheReply) {
    Rule replaces = rule("replace", {}, Replace{"451 4.3.0 try later"});
    replaces.continues = true;
    RuleBook rules({replaces, rule("truncate", {}, Truncate{3}), rule("drop", {})}, seed);
    const std::vector<Firing> fired = rules.decide(accepted());
    ASSERT_EQ(fired.size(), 2U);
    EXPECT_EQ(combined(fired), (Verdict{.replacement = "451"}));
}

TEST(Continue, TimesAddUpAndTheLongestWayToWaitIsWaited) {
    Rule first = rule("first", {}, Delay{world::fixed(2s)});
    first.continues = true;
    Rule second = rule("second", {}, Replace{"451 no"});
    second.continues = true;
    RuleBook rules({first, second, rule("third", {}, Delay{world::fixed(3s)})}, seed);
    EXPECT_EQ(combined(rules.decide(accepted())), (Verdict{.passing = Verdict::Passing::after_delay,
                                                           .delay = 5s,
                                                           .replacement = "451 no\r\n"}));
}

TEST(Continue, WhereARuleInFrontDoesNotFireTheNextActsAlone) {
    Rule spared = rule("spared", {.probability = 0}, Replace{"451 no"});
    spared.continues = true;
    RuleBook rules({spared, rule("drop", {})}, seed);
    EXPECT_EQ(combined(rules.decide(accepted())), (Verdict{.passing = Verdict::Passing::withhold}));
}

}  // namespace
}  // namespace twofifty::netem
