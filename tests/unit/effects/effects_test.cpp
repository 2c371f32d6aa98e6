// Each effect: how it is written, what it says, and that it is written back as the same.
#include "netem/distribution_settings.hpp"
#include "netem/effects/effect.hpp"

#include <gtest/gtest.h>

#include <string>

namespace twofifty::netem {
namespace {

using namespace std::chrono_literals;

Effect read(const std::string& table) {
    const settings::Value root = settings::parse_toml("effect = " + table, "f.toml");
    settings::Section section(root, "");
    settings::Section effect = section.section("effect");
    return read_effect(effect);
}

Verdict verdict_of(const std::string& table) {
    world::Random random(1);
    return decide(read(table), {}, random);
}

TEST(Effects, ADelayIsATime) {
    EXPECT_EQ(verdict_of("{ delay = '300ms' }"),
              (Verdict{.passing = Verdict::Passing::after_delay, .delay = 300ms}));
}

TEST(Effects, ADelayIsDrawnFromItsDistribution) {
    const std::string table = "{ delay = { distribution = 'uniform', min = '1s', max = '2s' } }";
    world::Random random(7);
    world::Random same(7);
    const world::Distribution distribution{.shape = world::Shape::uniform, .a = 1e9, .b = 2e9};
    EXPECT_EQ(decide(read(table), {}, random).delay, distribution.draw_duration(same));
}

TEST(Effects, AHoldIsATimeADeadPathOrTheNextCommand) {
    EXPECT_EQ(verdict_of("{ hold = '30s' }"),
              (Verdict{.passing = Verdict::Passing::after_delay, .delay = 30s}));
    EXPECT_EQ(verdict_of("{ hold = 'forever' }"), (Verdict{.passing = Verdict::Passing::withhold}));
    EXPECT_EQ(verdict_of("{ hold = 'next_command' }"),
              (Verdict{.passing = Verdict::Passing::at_next_command}));
}

TEST(Effects, ADropIsADeadPath) {
    EXPECT_EQ(verdict_of("{ drop = 'reply' }"), (Verdict{.passing = Verdict::Passing::withhold}));
}

TEST(Effects, ASwallowRemovesOneReply) {
    EXPECT_EQ(verdict_of("{ swallow = 'reply' }"), (Verdict{.passing = Verdict::Passing::remove}));
}

TEST(Effects, TheShortCutIsResetBeforeTheReply) {
    EXPECT_EQ(verdict_of("{ cut = 'client' }"),
              (Verdict{.cut = Verdict::Side::client, .how = Verdict::How::rst}));
    EXPECT_EQ(verdict_of("{ cut = 'server' }"),
              (Verdict{.cut = Verdict::Side::server, .how = Verdict::How::rst}));
}

TEST(Effects, ACutMayComeAfterTheReplyOrWithinIt) {
    EXPECT_EQ(verdict_of("{ cut = { side = 'both', how = 'fin', when = 'after' } }"),
              (Verdict{.cut = Verdict::Side::both,
                       .how = Verdict::How::fin,
                       .cut_after_bytes = Verdict::whole_reply}));
    EXPECT_EQ(
        verdict_of("{ cut = { side = 'client', how = 'silent', when = { bytes = 3 } } }"),
        (Verdict{.cut = Verdict::Side::client, .how = Verdict::How::silent, .cut_after_bytes = 3}));
}

TEST(Effects, AReplacementEndsInCrlf) {
    EXPECT_EQ(verdict_of("{ replace = '451 4.3.0 try later' }"),
              (Verdict{.replacement = "451 4.3.0 try later\r\n"}));
}

class WrittenEffect : public testing::TestWithParam<const char*> {};

TEST_P(WrittenEffect, ReadsBackAsItself) {
    const Effect effect = read(GetParam());
    EXPECT_EQ(read(to_toml(effect)), effect) << to_toml(effect);
}

INSTANTIATE_TEST_SUITE_P(
    Effects, WrittenEffect,
    testing::Values(
        "{ delay = '1m30.5s' }", "{ delay = { distribution = 'fixed', value = '1s' } }",
        "{ delay = { distribution = 'uniform', min = '1s', max = '2s' } }",
        "{ delay = { distribution = 'normal', mean = '1s', deviation = '100ms' } }",
        "{ delay = { distribution = 'lognormal', median = '300ms', sigma = 1.2, max = '60s' } }",
        "{ delay = { distribution = 'exponential', mean = '1s', min = '10ms' } }",
        "{ delay = { distribution = 'pareto', min = '1s', alpha = 1.1 } }", "{ hold = '30s' }",
        "{ hold = 'forever' }", "{ hold = 'next_command' }", "{ drop = 'reply' }",
        "{ swallow = 'reply' }", "{ cut = 'client' }", "{ cut = { when = 'after', how = 'fin' } }",
        "{ cut = { when = { bytes = 1 } } }", "{ replace = '451 4.3.0 say \"no\" \\' }"));

TEST(Effects, TheShortestFormIsTheNamedValue) {
    EXPECT_EQ(to_toml(read("{ drop = 'reply' }")), "{ drop = \"reply\" }");
    EXPECT_EQ(name_of(read("{ cut = 'client' }")), "cut");
}

TEST(Distributions, AnUnboundedTailEndsWithTheSettingsRange) {
    const settings::Value root = settings::parse_toml(
        "k = { distribution = 'pareto', min = '1KiB', alpha = 0.1 }", "f.toml");
    settings::Section section(root, "");
    const world::Distribution distribution =
        read_distribution(section, "k", Quantity::size, {.least = 1, .most = 4096});
    world::Random random(1);
    for (int i = 0; i < 1000; ++i) EXPECT_LE(distribution.draw(random), 4096);
}

TEST(Distributions, AnAbsentKeyYieldsTheDefault) {
    const settings::Value root = settings::parse_toml("", "f.toml");
    settings::Section section(root, "");
    EXPECT_EQ(read_distribution(section, "k", Quantity::time, {.most = 1e9}, world::fixed(1ms)),
              world::fixed(1ms));
}

}  // namespace
}  // namespace twofifty::netem
