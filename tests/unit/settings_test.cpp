// Settings: quantities with units, the tree of a TOML file with its places, --set, and the messages
// that a section gives.
#include "settings/section.hpp"
#include "settings/units.hpp"
#include "settings/value.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <functional>

namespace twofifty::settings {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::StartsWith;

std::string message_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

TEST(Units, DurationsAddUpFromLargeToSmallUnits) {
    EXPECT_EQ(parse_duration("1d2h3m4s5ms6us7ns"), 24h + 2h + 3min + 4s + 5ms + 6us + 7ns);
}

TEST(Units, DurationsTakeExactDecimals) {
    EXPECT_EQ(parse_duration("0.1s"), 100ms);
    EXPECT_EQ(parse_duration("1.5h"), 90min);
    EXPECT_EQ(parse_duration("0.000000001s"), 1ns);
}

TEST(Units, ZeroNeedsNoUnit) {
    EXPECT_EQ(parse_duration("0"), Duration{});
}

class NoDuration : public testing::TestWithParam<const char*> {};
TEST_P(NoDuration, IsRefused) {
    EXPECT_EQ(parse_duration(GetParam()), std::nullopt);
}
INSTANTIATE_TEST_SUITE_P(Units, NoDuration,
                         testing::Values("", "2", "s", "-2s", "+2s", "2 s", " 2s", "2s ", "2S",
                                         "2sec", ".5s", "1.s", "1..5s", "1.5.5s", "1e3s", "0.5ns",
                                         "5m5m", "30m1h", "36526d", "9999999999999999999s", "inf",
                                         "nan", "2s,", "1h-30m"));

TEST(Units, ADurationOfAHundredYearsIsTheLongest) {
    EXPECT_EQ(parse_duration("36525d"), 24h * 36525);
    EXPECT_EQ(parse_duration("36525d1ns"), std::nullopt);
}

TEST(Units, FormattedDurationsReadBackAsThemselves) {
    for (const Duration duration :
         {Duration{0}, Duration{1}, Duration{999}, Duration{1500}, Duration{1234567}, Duration{90s},
          Duration{1500ms}, Duration{24h * 36525}, Duration{123456789012345678},
          Duration{1h + 1ns}})
        EXPECT_EQ(parse_duration(format_duration(duration)), duration) << format_duration(duration);
}

TEST(Units, DurationsAreFormattedInTheLargestUnits) {
    const std::array texts{format_duration(90s),   format_duration(300ms), format_duration(1500us),
                           format_duration(120h),  format_duration(2s),    format_duration(0s),
                           format_duration(1500ms)};
    EXPECT_THAT(texts, ElementsAre("1m30s", "300ms", "1.5ms", "5d", "2s", "0s", "1.5s"));
}

TEST(Units, SizesAreBytesWithBinaryOrDecimalPrefixes) {
    EXPECT_EQ(parse_size("512B"), 512U);
    EXPECT_EQ(parse_size("8KiB"), 8192U);
    EXPECT_EQ(parse_size("1.5MiB"), 1572864U);
    EXPECT_EQ(parse_size("100kB"), 100000U);
    EXPECT_EQ(parse_size("1TiB"), 1ULL << 40);
}

class NoSize : public testing::TestWithParam<const char*> {};
TEST_P(NoSize, IsRefused) {
    EXPECT_EQ(parse_size(GetParam()), std::nullopt);
}
INSTANTIATE_TEST_SUITE_P(Units, NoSize,
                         testing::Values("", "8", "8K", "8kib", "-1B", "0.5B", "2TiB", "8 KiB",
                                         "8KiBB", "KiB", "1025GiB", "99999999999999999999B"));

TEST(Units, FormattedSizesReadBackAsThemselves) {
    for (const std::uint64_t size : {0ULL, 1ULL, 1000ULL, 1024ULL, 8192ULL, 1ULL << 40, 1536ULL})
        EXPECT_EQ(parse_size(format_size(size)), size) << format_size(size);
}

TEST(Units, RatesArePerSecond) {
    EXPECT_EQ(parse_rate("200/s"), 200.0);
    EXPECT_EQ(parse_rate("30/m"), 0.5);
    EXPECT_EQ(parse_rate("36/h"), 0.01);
}

class NoRate : public testing::TestWithParam<const char*> {};
TEST_P(NoRate, IsRefused) {
    EXPECT_EQ(parse_rate(GetParam()), std::nullopt);
}
INSTANTIATE_TEST_SUITE_P(Units, NoRate,
                         testing::Values("", "200", "/s", "0/s", "-1/s", "200/d", "200 /s", "nan/s",
                                         "inf/s", "10000001/s", "200/ss", "1e999/s"));

TEST(Units, FormattedRatesReadBackAsThemselves) {
    for (const double rate : {200.0, 0.5, 1.0 / 3600, 1e7, 5.0 / 60})
        EXPECT_EQ(parse_rate(format_rate(rate)), rate) << format_rate(rate);
}

TEST(Units, DataRatesAreBytesPerSecond) {
    EXPECT_EQ(parse_data_rate("64KiB/s"), 65536.0);
    EXPECT_EQ(parse_data_rate("1MB/s"), 1e6);
    EXPECT_EQ(parse_data_rate("1B/s"), 1.0);
}

class NoDataRate : public testing::TestWithParam<const char*> {};
TEST_P(NoDataRate, IsRefused) {
    EXPECT_EQ(parse_data_rate(GetParam()), std::nullopt);
}
INSTANTIATE_TEST_SUITE_P(Units, NoDataRate,
                         testing::Values("", "64KiB", "64/s", "/s", "0B/s", "0.5B/s", "-1B/s",
                                         "64KiB/m", "64 KiB/s", "2TiB/s", "64KiB/ss"));

TEST(Units, FormattedDataRatesReadBackAsThemselves) {
    for (const double rate : {1.0, 1000.0, 1024.0, 65536.0, 1e9})
        EXPECT_EQ(parse_data_rate(format_data_rate(rate)), rate) << format_data_rate(rate);
}

TEST(Toml, KeysStandInTheOrderOfTheFileWithTheirPlaces) {
    const Value root = parse_toml("zebra = 1\n[beta]\n  x.y = 'z'\n[alpha]\n", "f.toml");
    std::vector<std::string> seen;
    for (const Table::Entry& entry : std::get<Table>(root.data).entries)
        seen.push_back(entry.key + " " + to_string(entry.place));
    EXPECT_THAT(seen, ElementsAre("zebra f.toml:1:1", "beta f.toml:2:2", "alpha f.toml:4:2"));
}

TEST(Toml, MalformedTextNamesLineAndColumn) {
    EXPECT_THAT(message_of([] { parse_toml("a = 1\nb = = 2\n", "f.toml"); }),
                StartsWith("f.toml:2:5: this is not TOML: "));
}

TEST(Toml, ARepeatedKeyIsAnErrorInItsLine) {
    EXPECT_THAT(message_of([] { parse_toml("a = 1\na = 2\n", "f.toml"); }),
                StartsWith("f.toml:2:"));
}

TEST(Toml, AMessageIsOneLineWhateverTheInput) {
    for (const char* text :
         {"a = \"\n\"", "a = '''x", "[[", "\x01\x02", "a = [1,\n\n", "\xff\xfe", "= 1"})
        EXPECT_EQ(message_of([text] { parse_toml(text, "f.toml"); }).find('\n'), std::string::npos);
}

TEST(Toml, DeepNestingIsAnErrorAndNoCrash) {
    EXPECT_THAT(message_of([] { parse_toml("a = " + std::string(100000, '['), "f.toml"); }),
                StartsWith("f.toml:1:"));
}

TEST(Toml, DatesAreRefusedAtTheirPlace) {
    EXPECT_EQ(message_of([] { parse_toml("a = 2024-01-01\n", "f.toml"); }),
              "f.toml:1:5: dates and times of day have no use here; a duration is a text such as "
              "\"2s\"");
}

TEST(Toml, AMissingFileIsNamed) {
    EXPECT_EQ(message_of([] { read_toml_file("/nowhere/x.toml"); }),
              "/nowhere/x.toml: cannot read the file: No such file or directory");
}

TEST(Toml, ADirectoryIsNoFile) {
    EXPECT_EQ(message_of([] { read_toml_file("/"); }),
              "/: this is a directory; expected a TOML file");
}

TEST(Toml, AnEndlessFileIsRefused) {
    EXPECT_EQ(message_of([] { read_toml_file("/dev/zero"); }),
              "/dev/zero: the file is over 1 MiB; expected a TOML file of settings");
}

TEST(Toml, QuotedTextReadsBackAsItself) {
    const std::string text = "a \"b\" \\ \n\r\t\x01\x7f \xc3\xa9";
    const Value root = parse_toml("a = " + toml_text(text), "f.toml");
    EXPECT_EQ(std::get<std::string>(std::get<Table>(root.data).find("a")->value.data), text);
}

/// The tree `[fleet] rate` of the file with one option on top, read as a text.
std::string overridden(const std::string& assignment, const std::string& key) {
    Value root = parse_toml("[fleet]\nrate = '1/s'\n[[impair]]\nname = 'x'\n", "f.toml");
    apply_override(root, assignment);
    Section section(root, "");
    return section.section("fleet").text(key).value_or("absent");
}

TEST(Override, ATextNeedsNoQuotes) {
    EXPECT_EQ(overridden("fleet.rate=200/s", "rate"), "200/s");
}

TEST(Override, AQuotedTextLosesItsQuotes) {
    EXPECT_EQ(overridden("fleet.rate=\"30/m\"", "rate"), "30/m");
}

TEST(Override, TheValueMayHoldEqualsSigns) {
    EXPECT_EQ(overridden("fleet.helo=a==b", "helo"), "a==b");
}

TEST(Override, AnEmptyValueIsAnEmptyText) {
    EXPECT_EQ(overridden("fleet.rate=", "rate"), "");
}

TEST(Override, NumbersListsAndTablesAreToml) {
    Value root = parse_toml("", "f.toml");
    apply_override(root, "fleet.senders=3");
    apply_override(root, "fleet.retry={ schedule = [\"1s\"] }");
    apply_override(root, "message.to=[\"a\", \"b\"]");
    Section section(root, "");
    EXPECT_EQ(section.section("fleet").count("senders", 0, 9), 3);
    EXPECT_EQ(section.section("fleet").section("retry").durations("schedule", 0s, 9s),
              std::vector<Duration>{1s});
    EXPECT_EQ(section.section("message").texts("to"), (std::vector<std::string>{"a", "b"}));
}

TEST(Override, AQuotedPartMayHoldDots) {
    Value root = parse_toml("", "f.toml");
    apply_override(root, "expect.\"latency.data_done.p99\"=< 1s");
    EXPECT_EQ(Section(root, "").section("expect").text("latency.data_done.p99"), "< 1s");
}

TEST(Override, AnElementIsNamedByItsNumberOrItsName) {
    for (const char* key : {"impair.2.when.probability=0.5", "impair.b.when.probability=0.5"}) {
        Value root = parse_toml("[[impair]]\nname='a'\n[[impair]]\nname='b'\n", "f.toml");
        apply_override(root, key);
        Section section(root, "");
        EXPECT_EQ(section.sections("impair")[1].section("when").number("probability", 0, 1), 0.5);
    }
}

TEST(Override, AnUnknownElementIsAnError) {
    for (const char* key : {"impair.0.a=1", "impair.2.a=1", "impair.nobody.a=1"}) {
        Value root = parse_toml("[[impair]]\nname='a'\n", "f.toml");
        EXPECT_THAT(message_of([&] { apply_override(root, key); }),
                    StartsWith(std::string("--set ") + key + ": no element \""));
    }
}

TEST(Override, APathThroughAValueIsAnError) {
    Value root = parse_toml("seed = 1\n", "f.toml");
    EXPECT_EQ(message_of([&] { apply_override(root, "seed.x=1"); }),
              "--set seed.x=1: \"x\" cannot be set: what it would stand in is the number 1");
}

TEST(Override, WhatIsNoAssignmentIsAnError) {
    for (const char* text :
         {"", "=", "seed", "=1", ".a=1", "a.=1", "a..b=1", "\"a=1", "a\"b\"=1", "\"a\"b=1"}) {
        Value root = parse_toml("", "f.toml");
        EXPECT_THAT(message_of([&] { apply_override(root, text); }),
                    StartsWith(std::string("--set ") + text + ": not an assignment; "));
    }
}

TEST(Override, AnErrorInTheValueNamesTheOption) {
    Value root = parse_toml("[fleet]\nsenders = 2\n", "f.toml");
    apply_override(root, "fleet.senders=many");
    EXPECT_EQ(message_of([&] { Section(root, "").section("fleet").count("senders", 1, 9); }),
              "--set fleet.senders=many: fleet.senders: expected a whole number from 1 to 9, found "
              "the text \"many\"");
}

TEST(Nearest, FindsTyposSwapsAndOtherCase) {
    const std::array<std::string_view, 3> names{"senders", "messages", "rate"};
    const std::array found{nearest("sender", names), nearest("mesages", names),
                           nearest("messgaes", names), nearest("RATE", names),
                           nearest("ratio", names)};
    EXPECT_THAT(found, ElementsAre("senders", "messages", "messages", "rate", ""));
}

TEST(Nearest, FindsNothingAmongNoNames) {
    EXPECT_EQ(nearest("rate", {}), "");
}

struct Complaint {
    const char* toml;
    std::function<void(Section&)> read;
    const char* message;
};

class SectionComplains : public testing::TestWithParam<Complaint> {};
TEST_P(SectionComplains, WithPlaceKeyAndWhatIsRight) {
    const Value root = parse_toml(GetParam().toml, "f.toml");
    Section section(root, "");
    EXPECT_EQ(message_of([&] { GetParam().read(section); }), GetParam().message);
}
INSTANTIATE_TEST_SUITE_P(
    Kinds, SectionComplains,
    testing::Values(
        Complaint{"k = 1", [](Section& s) { s.text("k"); },
                  "f.toml:1:1: k: expected a text in quotes, found the number 1"},
        Complaint{"k = 1", [](Section& s) { s.flag("k"); },
                  "f.toml:1:1: k: expected true or false, found the number 1"},
        Complaint{"k = 1.5", [](Section& s) { s.count("k", 0, 9); },
                  "f.toml:1:1: k: expected a whole number from 0 to 9, found the number 1.5"},
        Complaint{"k = -1", [](Section& s) { s.count("k", 0, 9); },
                  "f.toml:1:1: k: expected a whole number from 0 to 9, found the number -1"},
        Complaint{"k = 10", [](Section& s) { s.count("k", 0, 9); },
                  "f.toml:1:1: k: expected a whole number from 0 to 9, found the number 10"},
        Complaint{"k = nan", [](Section& s) { s.number("k", 0, 1); },
                  "f.toml:1:1: k: expected a number from 0 to 1, found the number nan"},
        Complaint{"k = '1'", [](Section& s) { s.number("k", 0, 1); },
                  "f.toml:1:1: k: expected a number from 0 to 1, found the text \"1\""},
        Complaint{"\n k = 2", [](Section& s) { s.duration("k"); },
                  "f.toml:2:2: k: expected a duration with its unit, such as \"300ms\", \"2s\" or "
                  "\"1h30m\", found the number 2"},
        Complaint{"k = '2h'", [](Section& s) { s.duration("k", 1s, 1h); },
                  "f.toml:1:1: k: expected a duration from 1s to 1h, found the text \"2h\""},
        Complaint{"k = 8", [](Section& s) { s.size("k"); },
                  "f.toml:1:1: k: expected a size with its unit, such as \"512B\", \"8KiB\" or "
                  "\"10MiB\", found the number 8"},
        Complaint{"k = '2MiB'", [](Section& s) { s.size("k", 1, 1024); },
                  "f.toml:1:1: k: expected a size from 1B to 1KiB, found the text \"2MiB\""},
        Complaint{"k = 8", [](Section& s) { s.rate("k"); },
                  "f.toml:1:1: k: expected a rate above 0 and up to 10000000/s, such as \"200/s\", "
                  "\"30/m\" or \"5/h\", found the number 8"},
        Complaint{"k = 'bat'",
                  [](Section& s) {
                      s.choice("k", std::array<std::string_view, 2>{"bar", "quux"});
                  },
                  "f.toml:1:1: k: expected one of \"bar\", \"quux\"; did you mean \"bar\"?, found "
                  "the text \"bat\""},
        Complaint{"k = 'x'", [](Section& s) { s.texts("k"); },
                  "f.toml:1:1: k: expected a list of texts, such as [\"a\", \"b\"], found the text "
                  "\"x\""},
        Complaint{"k = ['a', 1]", [](Section& s) { s.texts("k"); },
                  "f.toml:1:11: k: expected a text in quotes, found the number 1"},
        Complaint{"k = ['1s', '0s']", [](Section& s) { s.durations("k", 1ms, 1h); },
                  "f.toml:1:12: k: expected durations from 1ms to 1h, found the text \"0s\""},
        Complaint{"k = 1", [](Section& s) { s.section("k"); },
                  "f.toml:1:1: k: expected a table, found the number 1"},
        Complaint{"[k]\n", [](Section& s) { s.sections("k"); },
                  "f.toml:1:2: k: expected tables, each headed [[k]], found a table"},
        Complaint{"k = 1\nnmae = 2", [](Section& s) { s.value("k"), s.value("name"), s.finish(); },
                  "f.toml:2:1: nmae: unknown key; did you mean \"name\"?"},
        Complaint{"k = 1\nzzz = 2", [](Section& s) { s.value("k"), s.value("name"), s.finish(); },
                  "f.toml:2:1: zzz: unknown key; known here: k, name"}));

TEST(Section, NamesTheFullPathOfANestedKey) {
    const Value root = parse_toml("[[a]]\n[[a]]\nb = { c = 1 }\n", "f.toml");
    Section section(root, "");
    EXPECT_EQ(message_of([&] { section.sections("a")[1].section("b").text("c"); }),
              "f.toml:3:7: a[2].b.c: expected a text in quotes, found the number 1");
}

TEST(Section, AnAbsentTableYieldsNothingAndComplainsOfNothing) {
    Section section(Place{"f.toml", 3, 4}, "fleet");
    EXPECT_EQ(section.text("helo"), std::nullopt);
    EXPECT_EQ(section.section("retry").durations("schedule", 0s, 1s), std::nullopt);
    section.finish();
}

TEST(Section, AnAbsentKeyIsReportedAtItsTable) {
    Section section(Place{"f.toml", 3, 4}, "fleet");
    EXPECT_EQ(message_of([&] { section.fail("messages", "missing"); }),
              "f.toml:3:4: fleet.messages: missing");
}

TEST(Section, AMisspeltKeyIsNamedBeforeTheMissingOne) {
    const Value root = parse_toml("mesages = 1\n", "f.toml");
    const Section section(root, "");
    EXPECT_EQ(message_of([&] { section.fail("messages", "missing"); }),
              "f.toml:1:1: mesages: unknown key; did you mean \"messages\"?");
}

TEST(Section, AHostileKeyStaysOneShortLine) {
    const Value root = parse_toml("\"a\\nb\" = 1\n", "f.toml");
    Section section(root, "");
    section.value("k");
    EXPECT_EQ(message_of([&] { section.finish(); }),
              "f.toml:1:1: \"a\\nb\": unknown key; known here: k");
}

}  // namespace
}  // namespace twofifty::settings
