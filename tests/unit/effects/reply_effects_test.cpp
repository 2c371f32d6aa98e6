// The effects that change how a reply leaves or what it says: each verdict as a value, the way to
// TOML and back, and what is refused.
#include "netem/effects/effect.hpp"
#include "netem/loss_process.hpp"
#include "tests/support/complaint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace twofifty::netem {
namespace {

using namespace std::chrono_literals;
using Parts = std::vector<Verdict::Part>;

constexpr std::string_view reply = "250 2.0.0 Ok\r\n";

Effect read(const std::string& table) {
    const settings::Value root = settings::parse_toml("effect = " + table, "f.toml");
    settings::Section section(root, "");
    settings::Section effect = section.section("effect");
    return read_effect(effect);
}

Verdict verdict_of(const std::string& table, const Sight& sight = {.bytes = reply},
                   std::uint64_t seed = 1) {
    world::Random random(seed);
    return decide(read(table), sight, random);
}

std::string complaint(const std::string& table) {
    return test::complaint_of<settings::Error>([&] { read(table); });
}

TEST(Drip, IsAPartEverySoOftenTheFirstAtOnce) {
    EXPECT_EQ(verdict_of("{ drip = { bytes = 6, every = '2s' } }"),
              (Verdict{.parts = {{6, 0s}, {6, 2s}, {6, 2s}}}));
    EXPECT_EQ(verdict_of("{ drip = {} }").parts.size(), reply.size());
    EXPECT_EQ(verdict_of("{ drip = {} }").asked(), 13s);
}

TEST(Slice, CutsBehindThePlacesThatItNames) {
    EXPECT_EQ(verdict_of("{ slice = { at = 3 } }"), (Verdict{.parts = {{3, 0s}, {11, 50ms}}}));
    EXPECT_EQ(verdict_of("{ slice = { at = [1, 3], pause = '1s', then = 'swallow' } }"),
              (Verdict{.parts = {{1, 0s}, {2, 1s}, {11, 1s}}, .swallow_last_part = true}));
}

TEST(Slice, OfAShorterReplyIsNothing) {
    EXPECT_EQ(verdict_of("{ slice = { at = 14, then = 'swallow' } }"), Verdict{});
    EXPECT_EQ(verdict_of("{ slice = { at = [3, 14], then = 'swallow' } }").parts.size(), 2U);
}

// Where CRLF went with the content in front, a cut in it is one in front of the dot.
TEST(Slice, InTheContentCountsInCrlfDotCrlfWhateverIsLeftOfIt) {
    const auto parts = [](const std::string& at, std::string_view end) {
        return verdict_of("{ slice = { at = " + at + " } }", {.bytes = end, .content = true}).parts;
    };
    EXPECT_EQ(parts("3", "\r\n.\r\n"), (Parts{{3, 0s}, {2, 50ms}}));
    EXPECT_EQ(parts("3", ".\r\n"), (Parts{{1, 0s}, {2, 50ms}}));
    EXPECT_EQ(parts("1", ".\r\n"), (Parts{{0, 0s}, {3, 50ms}}));
    EXPECT_EQ(parts("[1, 2, 4]", ".\r\n"), (Parts{{0, 0s}, {2, 50ms}, {1, 50ms}}));
}

TEST(Truncate, LeavesTheFirstBytes) {
    EXPECT_EQ(verdict_of("{ truncate = 10 }"), (Verdict{.replacement = "250 2.0.0 "}));
    EXPECT_EQ(verdict_of("{ truncate = 14 }"), Verdict{});
}

/// Where the two differ.
std::set<std::size_t> differences(std::string_view one, std::string_view other) {
    std::set<std::size_t> places;
    EXPECT_EQ(one.size(), other.size());
    for (std::size_t i = 0; i < std::min(one.size(), other.size()); ++i)
        if (one[i] != other[i]) places.insert(i);
    return places;
}

TEST(Corrupt, DamagesTheCodeAndNothingElse) {
    constexpr std::string_view lines = "250-first\r\n250 second\r\n";
    std::set<std::size_t> seen;
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        const Verdict verdict = verdict_of("{ corrupt = 'code' }", {.bytes = lines}, seed);
        const std::set<std::size_t> places = differences(verdict.replacement, lines);
        ASSERT_EQ(places.size(), 1U) << "seed " << seed;
        seen.insert(places.begin(), places.end());
    }
    EXPECT_EQ(seen, (std::set<std::size_t>{0, 1, 2, 11, 12, 13}));
}

TEST(Corrupt, DamagesSoManyBytesOfTheTextAndKeepsTheLines) {
    constexpr std::string_view lines = "250-first\r\n250 second\r\n";
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        const Verdict verdict =
            verdict_of("{ corrupt = { where = 'text', bytes = 4 } }", {.bytes = lines}, seed);
        const std::set<std::size_t> places = differences(verdict.replacement, lines);
        EXPECT_EQ(places.size(), 4U) << "seed " << seed;
        for (const std::size_t place : places) {
            const bool in_text = (place > 3 && place < 9) || (place > 14 && place < 21);
            EXPECT_TRUE(in_text) << place << ", seed " << seed;
            EXPECT_GE(verdict.replacement[place], ' ');
            EXPECT_LE(verdict.replacement[place], '~');
        }
    }
}

TEST(Corrupt, OfMoreThanThereIsDamagesAllAndOfNothingNothing) {
    const Verdict all = verdict_of("{ corrupt = { where = 'code', bytes = 100 } }");
    EXPECT_EQ(differences(all.replacement, reply), (std::set<std::size_t>{0, 1, 2}));
    EXPECT_EQ(verdict_of("{ corrupt = 'text' }", {.bytes = "250\r\n"}), Verdict{});
}

TEST(Duplicate, IsTheReplyTwice) {
    EXPECT_EQ(verdict_of("{ duplicate = 'reply' }"),
              (Verdict{.replacement = "250 2.0.0 Ok\r\n250 2.0.0 Ok\r\n"}));
}

TEST(Hold, MayLastUntilSomebodyLetsGo) {
    EXPECT_EQ(verdict_of("{ hold = 'released' }"),
              (Verdict{.passing = Verdict::Passing::at_release}));
}

TEST(Loss, DelaysAsLongAsTcpTakesToRepairIt) {
    EXPECT_EQ(verdict_of("{ loss = { transmissions = 3 } }"),
              (Verdict{.passing = Verdict::Passing::after_delay,
                       .delay = fate_after_losses(3, {}).after}));
    EXPECT_EQ(verdict_of("{ loss = { outage = '30s' } }"),
              (Verdict{.passing = Verdict::Passing::after_delay,
                       .delay = fate_in_outage(30s, {}).after}));
}

TEST(Loss, OfNothingPasses) {
    EXPECT_EQ(verdict_of("{ loss = { transmissions = 0 } }"), Verdict{});
    EXPECT_EQ(verdict_of("{ loss = { outage = '0s' } }"), Verdict{});
    EXPECT_EQ(verdict_of("{ loss = { probability = 0 } }"), Verdict{});
}

TEST(Loss, ThatTcpGivesUpOnEndsTheServersConnection) {
    const Verdict given_up{.passing = Verdict::Passing::after_delay,
                           .delay = give_up_time({}),
                           .cut = Verdict::Side::server};
    EXPECT_EQ(verdict_of("{ loss = { transmissions = 1000 } }"), given_up);
    EXPECT_EQ(verdict_of("{ loss = { probability = 1 } }"), given_up);
    EXPECT_TRUE(given_up.ends_in_vain());
}

TEST(Loss, IsThatOfTheTcpThatIsNamed) {
    EXPECT_EQ(verdict_of("{ loss = { transmissions = 1, tcp = 'rfc6298' } }").delay, 1s);
}

TEST(Loss, EachTransmissionIsDrawnFromTheGeneratorOfTheReply) {
    world::Random random(7);
    EXPECT_EQ(verdict_of("{ loss = { probability = 0.9 } }", {.bytes = reply}, 7).delay,
              fate_under_independent_loss(0.9, {}, random).after);
}

// Whatever the reply, message or attempt: at one time all of a rule's replies meet the same path.
TEST(Loss, ABurstIsOneOfTimeForAllRepliesOfTheRule) {
    const std::string table = "{ loss = { bursts = { good = '20s', bad = '10s' } } }";
    constexpr OnOff means{.good = 20s, .bad = 10s};
    const OnOffProcess path(means, world::fold(5, "bursts"));
    int late = 0;
    for (TimePoint now{}; now < at(10min); now += 1s) {
        const Sight sight{.bytes = reply, .now = now, .rule = 5, .series = 1, .place = 1};
        const Sight other{.bytes = reply, .now = now, .rule = 5, .series = 2, .place = 9};
        const Verdict verdict = verdict_of(table, sight, 1);
        EXPECT_EQ(verdict, verdict_of(table, other, 2));
        EXPECT_EQ(verdict.delay > 0s, path.bad_at(now));
        EXPECT_FALSE(path.bad_at(now + verdict.delay));
        late += verdict.delay > 0s ? 1 : 0;
    }
    EXPECT_GT(late, 0);
}

TEST(Delay, WithACorrelationDependsOnSeriesAndPlaceAlone) {
    const std::string table =
        "{ delay = { distribution = 'exponential', mean = '1s', correlation = 0.9 } }";
    const Sight third{.bytes = reply, .series = 4, .place = 3};
    EXPECT_EQ(verdict_of(table, third, 1), verdict_of(table, third, 2));
    const Sight fourth{.bytes = reply, .series = 4, .place = 4};
    EXPECT_NE(verdict_of(table, third), verdict_of(table, fourth));
}

class WrittenReplyEffect : public testing::TestWithParam<const char*> {};

TEST_P(WrittenReplyEffect, ReadsBackAsItself) {
    const Effect effect = read(GetParam());
    EXPECT_EQ(read(to_toml(effect)), effect) << to_toml(effect);
}

INSTANTIATE_TEST_SUITE_P(
    Effects, WrittenReplyEffect,
    testing::Values(
        "{ drip = {} }", "{ drip = { bytes = 7, every = '1.5s' } }", "{ slice = { at = 3 } }",
        "{ slice = { at = [1, 3], pause = '0s', then = 'swallow' } }", "{ truncate = 10 }",
        "{ corrupt = 'code' }", "{ corrupt = { where = 'text', bytes = 4 } }",
        "{ duplicate = 'reply' }", "{ hold = 'released' }", "{ loss = { transmissions = 3 } }",
        "{ loss = { probability = 0.3, tcp = 'rfc6298' } }",
        "{ loss = { outage = '30s', tcp = { round_trip = '80ms', retries = 8 } } }",
        "{ loss = { bursts = { good = '1m', bad = '5s' } } }",
        "{ delay = { distribution = 'lognormal', median = '1s', sigma = 1, correlation = 0.5 } }",
        "{ delay = { distribution = 'uniform', min = '1s', max = '2s', correlation = 0.99 } }"));

struct Refused {
    const char* table;
    const char* message;
};

class RefusedReplyEffect : public testing::TestWithParam<Refused> {};

TEST_P(RefusedReplyEffect, SaysWhatWouldBeRight) {
    EXPECT_THAT(complaint(GetParam().table), testing::HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Effects, RefusedReplyEffect,
    testing::Values(
        Refused{"{ drip = '1s' }", "effect.drip: expected a table"},
        Refused{"{ drip = { bytes = 0 } }", "effect.drip.bytes: expected a whole number from 1"},
        Refused{"{ drip = { every = '0s' } }", "effect.drip.every: expected a duration from 1ms"},
        Refused{"{ slice = {} }", "effect.slice.at: expected a place from 1 to 65535"},
        Refused{"{ slice = { at = 0 } }", "effect.slice.at: expected a whole number from 1"},
        Refused{"{ slice = { at = [] } }", "effect.slice.at: expected a place from 1 to 65535"},
        Refused{"{ slice = { at = [3, 3] } }", "in rising order, such as at = 3 or at = [1, 3]"},
        Refused{"{ slice = { at = 3, then = 'drop' } }",
                "effect.slice.then: expected one of \"pass\", \"swallow\""},
        Refused{"{ truncate = 0 }", "effect.truncate: expected a whole number from 1"},
        Refused{"{ truncate = 'reply' }", "effect.truncate: expected a whole number"},
        Refused{"{ corrupt = 'body' }", "effect.corrupt: expected one of \"code\", \"text\""},
        Refused{"{ corrupt = { bytes = 2 } }", "effect.corrupt.where: missing; expected where"},
        Refused{"{ duplicate = 'all' }", "effect.duplicate: expected \"reply\""},
        Refused{"{ loss = {} }", "effect.loss: says not what is lost; expected one of"},
        Refused{"{ loss = { transmissions = 1, outage = '1s' } }",
                "effect.loss.outage: contradicts transmissions; expected one of the two"},
        Refused{"{ loss = { probability = 1.5 } }",
                "effect.loss.probability: expected a number from 0 to 1"},
        Refused{"{ loss = { bursts = { good = '1s' } } }",
                "effect.loss.bursts.bad: missing; expected the mean time in which all is lost"},
        Refused{"{ loss = { transmissions = 1, tcp = 'windows' } }",
                "effect.loss.tcp: expected one of \"linux\""},
        Refused{"{ delay = { distribution = 'exponential', mean = '1s', correlation = 1 } }",
                "effect.delay.correlation: expected a number from 0 to 0.99"},
        Refused{"{ delay = { distribution = 'fixed', value = '1s', correlation = 0.5 } }",
                "effect.delay.correlation: says nothing about a fixed time"}));

}  // namespace
}  // namespace twofifty::netem
