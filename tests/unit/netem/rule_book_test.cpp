// When a rule fires: each condition alone, the budget, and chance, which must be a function of the
// documented key and of nothing else.
#include "netem/rule_book.hpp"
#include "record/text.hpp"
#include "tests/support/chance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace twofifty::netem {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t seed = 42;

Rule rule(std::string name, Selector when) {
    return {.name = std::move(name), .when = std::move(when), .effect = Drop{}};
}

/// The 250 to the final dot of a message.
Passing accepted(std::uint32_t message, std::uint32_t attempt = 1) {
    return {.phase = Phase::data_done, .code = 250, .message = message, .attempt = attempt};
}

/// The end of a content, in front of the final dot.
Passing content(std::uint32_t message) {
    return {.phase = Phase::data_xfer, .message = message, .attempt = 1};
}

bool fires(const Selector& when, const Passing& passing) {
    RuleBook rules({rule("r", when)}, seed);
    return rules.decide(passing).size() == 1;
}

/// Which of messages 1 .. count the first rule of the book acts on.
std::set<std::uint32_t> chosen(RuleBook& rules, std::uint32_t count, std::uint32_t attempt = 1) {
    std::set<std::uint32_t> messages;
    for (std::uint32_t message = 1; message <= count; ++message)
        if (!rules.decide(accepted(message, attempt)).empty()) messages.insert(message);
    return messages;
}

TEST(RuleBook, TheFirstRuleThatFitsActsAlone) {
    RuleBook rules(
        {rule("mail", {.phase = Phase::mail}), rule("first", {.phase = Phase::data_done}),
         rule("second", {.phase = Phase::data_done})},
        seed);
    const std::vector<Firing> fired = rules.decide(accepted(1));
    ASSERT_EQ(fired.size(), 1U);
    EXPECT_EQ(fired.front().rule, 2U);
    EXPECT_EQ(rules.matched(3), 0U);
}

TEST(RuleBook, ARuleThatChanceSparesLeavesTheReplyToTheNext) {
    RuleBook rules({rule("never", {.phase = Phase::data_done, .probability = 0}),
                    rule("always", {.phase = Phase::data_done})},
                   seed);
    const std::vector<Firing> fired = rules.decide(accepted(1));
    ASSERT_EQ(fired.size(), 1U);
    EXPECT_EQ(fired.front().rule, 2U);
}

TEST(RuleBook, AReplyThatNoRuleFitsPasses) {
    RuleBook rules({rule("mail", {.phase = Phase::mail})}, seed);
    EXPECT_THAT(rules.decide(accepted(1)), IsEmpty());
    EXPECT_EQ(rules.matched(1), 0U);
}

TEST(RuleBook, ThePhaseMustFit) {
    EXPECT_TRUE(fires({.phase = Phase::data_done}, accepted(1)));
    EXPECT_FALSE(fires({.phase = Phase::rcpt}, accepted(1)));
}

TEST(RuleBook, TheContentIsMeantByDataXferOnly) {
    EXPECT_TRUE(fires({.phase = Phase::data_xfer}, content(1)));
    EXPECT_FALSE(fires({}, content(1)));
    // The 250 to a BDAT chunk that is not the last is a reply, not the content.
    EXPECT_FALSE(fires({.phase = Phase::data_xfer},
                       {.phase = Phase::data_xfer, .code = 250, .message = 1, .attempt = 1}));
}

TEST(RuleBook, ACodeOrAClassMustFit) {
    const Passing passing{.phase = Phase::rcpt, .code = 452, .message = 1, .attempt = 1};
    const auto fits = [&](int reply) { return fires({.reply = reply}, passing); };
    EXPECT_TRUE(fits(0));
    EXPECT_TRUE(fits(4));
    EXPECT_TRUE(fits(452));
    EXPECT_FALSE(fits(2));
    EXPECT_FALSE(fits(5));
    EXPECT_FALSE(fits(451));
}

TEST(RuleBook, TheAttemptMustFit) {
    EXPECT_FALSE(fires({.attempt = 2}, accepted(1, 1)));
    EXPECT_TRUE(fires({.attempt = 2}, accepted(1, 2)));
    EXPECT_FALSE(fires({.attempt = 2}, accepted(1, 3)));
}

TEST(RuleBook, TheSenderMustFit) {
    Passing passing = accepted(1);
    passing.sender = "tf.run.1@sender.test";
    EXPECT_TRUE(fires({.sender = "*@SENDER.test"}, passing));
    EXPECT_FALSE(fires({.sender = "*@other.test"}, passing));
}

TEST(RuleBook, TheRepliesOwnRecipientIsAsked) {
    const std::vector<std::string> recipients{"a@r.test", "b@r.test"};
    Passing passing = accepted(1);
    passing.recipients = &recipients;
    passing.recipient = "b@r.test";
    EXPECT_TRUE(fires({.recipient = "b@*"}, passing));
    EXPECT_FALSE(fires({.recipient = "a@*"}, passing));
}

TEST(RuleBook, AReplyToAllIsForEachOfTheRecipients) {
    const std::vector<std::string> recipients{"a@r.test", "b@r.test"};
    Passing passing = accepted(1);
    passing.recipients = &recipients;
    EXPECT_TRUE(fires({.recipient = "a@*"}, passing));
    EXPECT_TRUE(fires({.recipient = "b@*"}, passing));
    EXPECT_FALSE(fires({.recipient = "c@*"}, passing));
    EXPECT_FALSE(fires({.recipient = "*"}, accepted(1)));
}

TEST(RuleBook, MatchesCountWhatFitsWhetherOrNotItActs) {
    RuleBook rules({rule("never", {.phase = Phase::data_done, .probability = 0})}, seed);
    for (std::uint32_t message = 1; message <= 7; ++message) rules.decide(accepted(message));
    EXPECT_EQ(rules.matched(1), 7U);
}

TEST(RuleBook, HealedItImpairsNothing) {
    RuleBook rules({rule("always", {})}, seed);
    ASSERT_FALSE(rules.decide(accepted(1)).empty());
    rules.heal();
    EXPECT_THAT(rules.decide(accepted(1)), IsEmpty());
    EXPECT_EQ(rules.matched(1), 1U);
}

TEST(RuleBook, OnlyARuleOnContentsHoldsThemBack) {
    EXPECT_FALSE(RuleBook({rule("r", {.phase = Phase::data_done})}, seed).has_content_rules());
    EXPECT_TRUE(RuleBook({rule("r", {}), rule("c", {.phase = Phase::data_xfer})}, seed)
                    .has_content_rules());
}

/// The attempts of one message on which a rule acts, of six.
std::vector<std::uint32_t> attempts_hit(RuleBook& rules, std::uint32_t message) {
    std::vector<std::uint32_t> hit;
    for (std::uint32_t attempt = 1; attempt <= 6; ++attempt)
        if (!rules.decide(accepted(message, attempt)).empty()) hit.push_back(attempt);
    return hit;
}

TEST(RuleBook, FirstCountsForEachMessage) {
    RuleBook rules({rule("r", {.first = 2})}, seed);
    EXPECT_THAT(attempts_hit(rules, 1), ElementsAre(1, 2));
    EXPECT_THAT(attempts_hit(rules, 2), ElementsAre(1, 2));
}

TEST(RuleBook, NthIsOne) {
    RuleBook rules({rule("r", {.nth = 3})}, seed);
    EXPECT_THAT(attempts_hit(rules, 1), ElementsAre(3));
    EXPECT_THAT(attempts_hit(rules, 2), ElementsAre(3));
}

TEST(RuleBook, EveryNthIsEachMultiple) {
    RuleBook rules({rule("r", {.every_nth = 2})}, seed);
    EXPECT_THAT(attempts_hit(rules, 1), ElementsAre(2, 4, 6));
    EXPECT_THAT(attempts_hit(rules, 2), ElementsAre(2, 4, 6));
}

TEST(RuleBook, OverTheRunAllMessagesCountTogether) {
    RuleBook first({rule("r", {.first = 8, .counts_over_run = true})}, seed);
    EXPECT_THAT(attempts_hit(first, 1), ElementsAre(1, 2, 3, 4, 5, 6));
    EXPECT_THAT(attempts_hit(first, 2), ElementsAre(1, 2));
    RuleBook nth({rule("r", {.nth = 8, .counts_over_run = true})}, seed);
    EXPECT_THAT(attempts_hit(nth, 1), IsEmpty());
    EXPECT_THAT(attempts_hit(nth, 2), ElementsAre(2));
    RuleBook every({rule("r", {.every_nth = 4, .counts_over_run = true})}, seed);
    EXPECT_THAT(attempts_hit(every, 1), ElementsAre(4));
    EXPECT_THAT(attempts_hit(every, 2), ElementsAre(2, 6));
}

TEST(RuleBook, WhatDoesNotFitIsNotCounted) {
    RuleBook rules({rule("r", {.reply = 2, .nth = 2})}, seed);
    EXPECT_THAT(rules.decide(accepted(1, 1)), IsEmpty());
    Passing refused = accepted(1, 2);
    refused.code = 451;
    EXPECT_THAT(rules.decide(refused), IsEmpty());
    EXPECT_FALSE(rules.decide(accepted(1, 3)).empty());
}

TEST(RuleBook, CountsTakeWhatChanceChose) {
    RuleBook all({rule("r", {.probability = 0.5})}, seed);
    RuleBook first({rule("r", {.probability = 0.5, .first = 1})}, seed);
    for (std::uint32_t message = 1; message <= 50; ++message) {
        std::vector<std::uint32_t> expected = attempts_hit(all, message);
        expected.resize(std::min<std::size_t>(expected.size(), 1));
        EXPECT_EQ(attempts_hit(first, message), expected) << "message " << message;
    }
}

TEST(RuleBook, CountsOfForeignMailAreByConnection) {
    RuleBook rules({rule("r", {.first = 1})}, seed);
    const auto foreign = [](std::uint32_t connection, std::uint32_t reply) {
        return Passing{.phase = Phase::data_done,
                       .code = 250,
                       .connection = connection,
                       .transaction = 1,
                       .reply_index = reply};
    };
    EXPECT_FALSE(rules.decide(foreign(1, 1)).empty());
    EXPECT_THAT(rules.decide(foreign(1, 2)), IsEmpty());
    EXPECT_FALSE(rules.decide(foreign(2, 1)).empty());
}

TEST(RuleBook, ConnectionsAndMessagesOfOneNumberCountApart) {
    RuleBook rules({rule("r", {.first = 1})}, seed);
    EXPECT_FALSE(rules.decide(accepted(5)).empty());
    EXPECT_FALSE(rules.decide({.phase = Phase::data_done, .code = 250, .connection = 5}).empty());
}

TEST(RuleBookChance, IsTheSameForTheSameKey) {
    RuleBook one({rule("r", {.probability = 0.5})}, seed);
    RuleBook two({rule("r", {.probability = 0.5})}, seed);
    EXPECT_EQ(chosen(one, 500), chosen(two, 500));
    EXPECT_EQ(chosen(one, 500), chosen(two, 500)) << "asked a second time";
}

TEST(RuleBookChance, DoesNotDependOnTheOrderOfArrival) {
    RuleBook forward({rule("r", {.probability = 0.5})}, seed);
    RuleBook backward({rule("r", {.probability = 0.5})}, seed);
    std::set<std::uint32_t> messages;
    for (std::uint32_t message = 500; message > 0; --message)
        if (!backward.decide(accepted(message)).empty()) messages.insert(message);
    EXPECT_EQ(chosen(forward, 500), messages);
}

TEST(RuleBookChance, DoesNotDependOnConnectionTransactionOrPlaceInTheDialogue) {
    RuleBook rules({rule("r", {.probability = 0.5})}, seed);
    std::set<std::uint32_t> elsewhere;
    for (std::uint32_t message = 1; message <= 500; ++message) {
        Passing passing = accepted(message);
        passing.connection = message * 7;
        passing.transaction = message % 5;
        passing.reply_index = message % 11;
        if (!rules.decide(passing).empty()) elsewhere.insert(message);
    }
    EXPECT_EQ(chosen(rules, 500), elsewhere);
}

TEST(RuleBookChance, DoesNotDependOnOtherRules) {
    RuleBook alone({rule("r", {.probability = 0.5})}, seed);
    RuleBook behind({rule("other", {.phase = Phase::mail, .probability = 0.3}),
                     rule("never", {.probability = 0}), rule("r", {.probability = 0.5})},
                    seed);
    EXPECT_EQ(chosen(alone, 500), chosen(behind, 500));
}

TEST(RuleBookChance, AHigherProbabilityActsOnMoreOfTheSame) {
    RuleBook rare({rule("r", {.probability = 0.2})}, seed);
    RuleBook often({rule("r", {.probability = 0.6})}, seed);
    const std::set<std::uint32_t> few = chosen(rare, 500);
    const std::set<std::uint32_t> many = chosen(often, 500);
    EXPECT_LT(few.size(), many.size());
    EXPECT_TRUE(std::ranges::includes(many, few));
}

/// Two sets of independent draws at one half agree on half of the messages, give or take what
/// chance allows; the same set on all.
void expect_independent(const std::set<std::uint32_t>& one, const std::set<std::uint32_t>& other,
                        std::uint32_t count) {
    std::uint64_t agreeing = 0;
    for (std::uint32_t message = 1; message <= count; ++message)
        agreeing += one.contains(message) == other.contains(message) ? 1 : 0;
    const test::CountBounds bounds = test::binomial_bounds(count, 0.5, 1e-6);
    EXPECT_GE(agreeing, bounds.least);
    EXPECT_LE(agreeing, bounds.most);
}

TEST(RuleBookChance, DiffersBySeedNameAttemptPhaseAndRecipient) {
    constexpr std::uint32_t count = 4000;
    RuleBook rules({rule("r", {.probability = 0.5})}, seed);
    const std::set<std::uint32_t> these = chosen(rules, count);
    RuleBook reseeded({rule("r", {.probability = 0.5})}, seed + 1);
    expect_independent(these, chosen(reseeded, count), count);
    RuleBook renamed({rule("s", {.probability = 0.5})}, seed);
    expect_independent(these, chosen(renamed, count), count);
    expect_independent(these, chosen(rules, count, 2), count);
    std::set<std::uint32_t> other_phase;
    std::set<std::uint32_t> other_recipient;
    for (std::uint32_t message = 1; message <= count; ++message) {
        Passing passing = accepted(message);
        passing.phase = Phase::rcpt;
        if (!rules.decide(passing).empty()) other_phase.insert(message);
        passing.phase = Phase::data_done;
        passing.recipient = "b@r.test";
        if (!rules.decide(passing).empty()) other_recipient.insert(message);
    }
    expect_independent(these, other_phase, count);
    expect_independent(these, other_recipient, count);
    expect_independent(other_phase, other_recipient, count);
}

TEST(RuleBookChance, ForeignMailIsKeyedByConnectionTransactionAndReply) {
    RuleBook rules({rule("r", {.probability = 0.5})}, seed);
    const auto hits = [&rules](auto number_of) {
        std::set<std::uint32_t> hit;
        for (std::uint32_t i = 1; i <= 4000; ++i) {
            Passing passing{.phase = Phase::data_done, .code = 250};
            number_of(passing, i);
            if (!rules.decide(passing).empty()) hit.insert(i);
        }
        return hit;
    };
    const auto connections = hits([](Passing& p, std::uint32_t i) { p.connection = i; });
    const auto transactions = hits([](Passing& p, std::uint32_t i) { p.transaction = i; });
    const auto replies = hits([](Passing& p, std::uint32_t i) { p.reply_index = i; });
    EXPECT_EQ(connections, hits([](Passing& p, std::uint32_t i) { p.connection = i; }));
    expect_independent(connections, transactions, 4000);
    expect_independent(connections, replies, 4000);
    expect_independent(transactions, replies, 4000);
}

class ChanceFrequency : public testing::TestWithParam<double> {};

TEST_P(ChanceFrequency, IsTheProbability) {
    constexpr std::uint32_t count = 200'000;
    const test::CountBounds bounds = test::binomial_bounds(count, GetParam(), 1e-6);
    for (const std::uint64_t root : {1ULL, 2ULL, 42ULL}) {
        RuleBook rules({rule("r", {.probability = GetParam()})}, root);
        const std::size_t hits = chosen(rules, count).size();
        EXPECT_GE(hits, bounds.least) << "seed " << root;
        EXPECT_LE(hits, bounds.most) << "seed " << root;
    }
}

INSTANTIATE_TEST_SUITE_P(RuleBook, ChanceFrequency, testing::Values(0.0, 0.01, 0.3, 0.5, 0.9, 1.0));

TEST(RuleBookChance, WhatAnEffectDrawsIsAFunctionOfTheSameKey) {
    const Rule slow{.name = "slow",
                    .when = {.probability = 0.9},
                    .effect = Delay{{.shape = world::Shape::exponential, .a = 1e9}}};
    RuleBook one({slow}, seed);
    RuleBook two({rule("other", {.phase = Phase::mail}), slow}, seed);
    std::set<Duration> different;
    for (std::uint32_t message = 200; message > 0; --message) two.decide(accepted(message, 2));
    for (std::uint32_t message = 1; message <= 200; ++message) {
        const std::vector<Firing> fired = one.decide(accepted(message));
        const std::vector<Firing> again = two.decide(accepted(message));
        ASSERT_EQ(fired.size(), again.size()) << message;
        if (fired.empty()) continue;
        EXPECT_EQ(fired.front().verdict, again.front().verdict) << message;
        different.insert(fired.front().verdict.delay);
    }
    EXPECT_GT(different.size(), 150U);
}

struct PatternCase {
    const char* pattern;
    const char* address;
    bool matches;
};

class Patterns : public testing::TestWithParam<PatternCase> {};

TEST_P(Patterns, CoverTheWholeAddress) {
    EXPECT_EQ(matches_pattern(GetParam().pattern, GetParam().address), GetParam().matches)
        << GetParam().pattern << " " << GetParam().address;
}

INSTANTIATE_TEST_SUITE_P(
    RuleBook, Patterns,
    testing::Values(
        PatternCase{"bob@r.test", "bob@r.test", true},
        PatternCase{"bob@r.test", "BOB@R.TEST", true},
        PatternCase{"BOB@R.TEST", "bob@r.test", true},
        PatternCase{"bob@r.test", "bob@r.test2", false},
        PatternCase{"bob@r.test", "2bob@r.test", false}, PatternCase{"bob", "bob@r.test", false},
        PatternCase{"", "", true}, PatternCase{"", "a", false}, PatternCase{"*", "", true},
        PatternCase{"*", "bob@r.test", true}, PatternCase{"?", "", false},
        PatternCase{"?", "a", true}, PatternCase{"?", "ab", false},
        PatternCase{"b?b@*", "bob@r.test", true}, PatternCase{"*@r.test", "bob@r.test", true},
        PatternCase{"*@r.test", "@r.test", true}, PatternCase{"*@r.test", "bob@rXtest", false},
        PatternCase{"*o*@*.test", "bob@r.test", true}, PatternCase{"*b@*", "bbbb@r.test", true},
        PatternCase{"a*b*c", "a-b-b-c", true}, PatternCase{"a*b*c", "a-c-b", false},
        PatternCase{"**", "x", true}, PatternCase{"a*", "b", false}));

}  // namespace
}  // namespace twofifty::netem
