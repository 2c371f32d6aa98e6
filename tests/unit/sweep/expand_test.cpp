// From a file's [sweep] to its cells.
#include "harness/sweep/expand.hpp"

#include "harness/scenario/read_scenario.hpp"
#include "harness/scenario/write_scenario.hpp"
#include "settings/value.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace twofifty::harness {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view base =
    "fleet.messages = 10\n[[impair]]\nname = \"late\"\nwhen = { phase = \"data_done\" }\n"
    "effect = { delay = \"1s\" }\n";

std::string with(std::string_view sweep) {
    return std::string(base) + std::string(sweep);
}

Sweep sweep_of(std::string_view sweep) {
    return *parse_scenario(with(sweep), "x.toml").sweep;
}

std::vector<std::string> shown(const SweepAxis& axis) {
    std::vector<std::string> values;
    for (const AxisValue& value : axis.values) values.push_back(value.shown);
    return values;
}

/// What is wrong with the file, be it with [sweep] itself or with one of its cells.
std::string trouble(std::string_view sweep) {
    const std::string text = with(sweep);
    try {
        const Scenario scenario = parse_scenario(text, "x.toml");
        check_cells(settings::parse_toml(text, "x.toml"), *scenario.sweep, scenario.seed);
    } catch (const settings::Error& error) {
        return error.what();
    }
    return "nothing";
}

constexpr std::string_view two_axes =
    "[sweep]\n[[sweep.axis]]\nkey = \"fleet.senders\"\nvalues = [1, 2]\n"
    "[[sweep.axis]]\nkey = \"fleet.timeouts.data_done\"\nvalues = [\"5s\", \"1m\", \"10m\"]\n";

TEST(Expand, AGridMeetsEveryValueWithEveryOther) {
    const Sweep sweep = sweep_of(two_axes);
    EXPECT_EQ(cells_of(sweep), 6U);
    std::vector<std::vector<std::size_t>> cells;
    for (std::uint64_t cell = 0; cell < 6; ++cell) {
        cells.push_back(values_of_cell(sweep, cell));
        EXPECT_EQ(cell_of_values(sweep, cells.back()), cell);
    }
    EXPECT_THAT(cells, ElementsAre(ElementsAre(0, 0), ElementsAre(0, 1), ElementsAre(0, 2),
                                   ElementsAre(1, 0), ElementsAre(1, 1), ElementsAre(1, 2)));
}

TEST(Expand, PairedAxesGoValueByValue) {
    const Sweep sweep = sweep_of(
        "[sweep]\ncombine = \"paired\"\n[[sweep.axis]]\nkey = \"fleet.senders\"\nvalues = [1, 2]\n"
        "[[sweep.axis]]\nkey = \"fleet.connections\"\nvalues = [8, 4]\n");
    EXPECT_EQ(cells_of(sweep), 2U);
    EXPECT_THAT(values_of_cell(sweep, 1), ElementsAre(1, 1));
}

TEST(Expand, ACellIsTheBaseWithItsValuesAndItsSeed) {
    const std::string text = with(two_axes);
    const Sweep sweep = sweep_of(two_axes);
    const Scenario expected = parse_scenario(
        "seed = 7\nfleet.senders = 2\nfleet.timeouts.data_done = \"10m\"\n" + std::string(base),
        "x.toml");
    EXPECT_EQ(read_cell(settings::parse_toml(text, "x.toml"), sweep, 5, 7), expected);
}

TEST(Expand, AValueMayBeATableAndARuleIsNamed) {
    const std::string sweep =
        "[sweep]\n[[sweep.axis]]\nkey = \"impair.late.effect\"\n"
        "values = [{ drop = \"reply\" }, { delay = \"2s\" }]\n";
    const Sweep read = sweep_of(sweep);
    EXPECT_THAT(shown(read.axes[0]), ElementsAre("{ drop = \"reply\" }", "{ delay = \"2s\" }"));
    const Scenario cell = read_cell(settings::parse_toml(with(sweep), "x.toml"), read, 0, 1);
    EXPECT_EQ(cell.rules[0],
              parse_scenario("fleet.messages = 10\n[[impair]]\nname = \"late\"\nwhen = { phase = "
                             "\"data_done\" }\neffect = { drop = \"reply\" }\n",
                             "x.toml")
                  .rules[0]);
}

TEST(Expand, AnAxisWinsOverWhatContradictsItInTheFile) {
    const std::string sweep =
        "[sweep]\n[[sweep.axis]]\nkey = \"fleet.duration\"\nvalues = [\"10s\"]\n";
    const Scenario cell =
        read_cell(settings::parse_toml(with(sweep), "x.toml"), sweep_of(sweep), 0, 1);
    EXPECT_EQ(cell.fleet.duration, Duration{10s});
}

TEST(Axis, ItsLabelIsTheLastPartOfItsKey) {
    EXPECT_EQ(sweep_of(two_axes).axes[1].label, "data_done");
}

TEST(Axis, KindsAreToldFromTheValues) {
    const auto kind = [](std::string_view values) {
        return sweep_of("[sweep]\n[[sweep.axis]]\nkey = \"x\"\nvalues = " + std::string(values) +
                        "\n")
            .axes[0]
            .kind;
    };
    EXPECT_EQ(kind("[\"5s\", \"1h30m\"]"), AxisKind::duration);
    EXPECT_EQ(kind("[\"8KiB\", \"1MiB\"]"), AxisKind::size);
    EXPECT_EQ(kind("[\"5/s\", \"1/m\"]"), AxisKind::rate);
    EXPECT_EQ(kind("[\"5KiB/s\"]"), AxisKind::data_rate);
    EXPECT_EQ(kind("[1, 2.5]"), AxisKind::number);
    EXPECT_EQ(kind("[\"5s\", \"forever\"]"), AxisKind::words);
    EXPECT_EQ(kind("[\"5s\", 5]"), AxisKind::words);
    EXPECT_EQ(kind("[true, false]"), AxisKind::words);
}

std::vector<std::string> between(std::string_view range) {
    return shown(
        sweep_of("[sweep]\n[[sweep.axis]]\nkey = \"x\"\n" + std::string(range) + "\n").axes[0]);
}

TEST(Axis, LogarithmicStepsAreRoundedAndKeepTheirEnds) {
    EXPECT_THAT(between("from = \"5s\"\nto = \"20m\"\nsteps = 8\nscale = \"log\""),
                ElementsAre("5s", "11s", "24s", "52s", "1m50s", "4m10s", "9m10s", "20m"));
}

TEST(Axis, LinearSteps) {
    EXPECT_THAT(between("from = \"0s\"\nto = \"10s\"\nsteps = 5"),
                ElementsAre("0s", "2.5s", "5s", "7.5s", "10s"));
    EXPECT_THAT(between("from = 1\nto = 2.0\nsteps = 3"), ElementsAre("1", "1.5", "2.0"));
    EXPECT_THAT(between("from = 1\nto = 9\nsteps = 3"), ElementsAre("1", "5", "9"));
    EXPECT_THAT(between("from = \"1KiB\"\nto = \"3KiB\"\nsteps = 3"),
                ElementsAre("1KiB", "2050B", "3KiB"));
    EXPECT_THAT(between("from = \"10/s\"\nto = \"20/s\"\nsteps = 3"),
                ElementsAre("10/s", "15/s", "20/s"));
}

// Two digits would make 1000, 1000, 1000 of them.
TEST(Axis, StepsKeepAsManyDigitsAsTellThemApart) {
    EXPECT_THAT(between("from = 1000\nto = 1003\nsteps = 4"),
                ElementsAre("1000", "1001", "1002", "1003"));
}

TEST(Axis, EveryProfileStandsForTheirNames) {
    const Sweep sweep = sweep_of("[sweep]\n[[sweep.axis]]\nevery = \"sender_profile\"\n");
    EXPECT_EQ(sweep.axes[0].key, "fleet.profile");
    EXPECT_THAT(shown(sweep.axes[0]), testing::IsSupersetOf({"rfc5321"}));
    EXPECT_EQ(trouble("[sweep]\n[[sweep.axis]]\nevery = \"sender_profile\"\n"), "nothing");
}

TEST(Sweep, RecommendsAlongTheLastAxisOfDurations) {
    EXPECT_EQ(sweep_of(two_axes).timeout, 1U);
    EXPECT_EQ(sweep_of("[sweep]\n[[sweep.axis]]\nkey = \"x\"\nvalues = [1]\n").timeout,
              std::nullopt);
    EXPECT_EQ(sweep_of("[sweep]\ntimeout = \"n\"\n[[sweep.axis]]\nkey = \"x\"\nlabel = \"n\"\n"
                       "values = [1, 2]\n")
                  .timeout,
              0U);
}

TEST(Sweep, TheScenarioThatIsWrittenReadsBackAsTheSame) {
    const std::string text = with(
        "[sweep]\nseeds = 5\ntimeout = \"timeout\"\nbound = \"duplicated <= 0.1%\"\n"
        "[[sweep.axis]]\nkey = \"fleet.timeouts.data_done\"\nlabel = \"timeout\"\n"
        "from = \"5s\"\nto = \"20m\"\nsteps = 8\nscale = \"log\"\n"
        "[[sweep.axis]]\nkey = \"impair.late.effect\"\nvalues = [{ drop = \"reply\" }, "
        "{ hold = \"forever\" }]\n");
    const Scenario scenario = parse_scenario(text, "x.toml");
    EXPECT_EQ(parse_scenario(to_toml(scenario), "x.toml"), scenario);
}

TEST(Sweep, ARunIgnoresIt) {
    Scenario scenario = parse_scenario(with(two_axes), "x.toml");
    scenario.sweep.reset();
    EXPECT_EQ(scenario, parse_scenario(base, "x.toml"));
}

struct Bad {
    std::string sweep;
    std::string message;
};

class BadSweep : public testing::TestWithParam<Bad> {};
TEST_P(BadSweep, NamesPlaceAndWhatIsRight) {
    EXPECT_EQ(trouble(GetParam().sweep), GetParam().message);
}

std::string axis(const std::string& lines) {
    return "[sweep]\n[[sweep.axis]]\n" + lines + "\n";
}

INSTANTIATE_TEST_SUITE_P(
    Sweep, BadSweep,
    testing::Values(
        Bad{axis("key = \"fleet.timeouts.data_dome\"\nvalues = [\"5s\"]"),
            "x.toml:8:1: fleet.timeouts.data_dome: unknown key; did you mean \"data_done\"?"},
        Bad{axis("key = \"fleet.senders\"\nvalues = [1, \"many\"]"),
            "x.toml:8:1: fleet.senders: expected a whole number from 1 to 10000, found the text "
            "\"many\""},
        Bad{axis("key = \"impair.lat.effect\"\nvalues = [1]"),
            "x.toml:8:1: no element \"lat\" here; expected a number from 1 to 1 or a name"},
        Bad{axis("values = [1]"),
            "x.toml:7:1: sweep.axis[1].key: missing; expected a key such as "
            "\"fleet.timeouts.data_done\""},
        Bad{axis("key = \"sweep.seeds\"\nvalues = [1]"),
            "x.toml:8:1: sweep.axis[1].key: a sweep cannot vary itself; expected a key of the "
            "scenario"},
        Bad{axis("key = \"a.\"\nlabel = \"x\"\nvalues = [1]"),
            "x.toml:8:1: \"a.\" is no key; expected one such as \"fleet.timeouts.data_done\""},
        Bad{axis("key = \"x\"\nvalues = []"),
            "x.toml:9:1: sweep.axis[1].values: is empty; expected one value or more"},
        Bad{axis("key = \"x\"\nvalues = 5"),
            "x.toml:9:1: sweep.axis[1].values: expected a list such as [\"5s\", \"60s\"], found "
            "the number 5"},
        Bad{axis("key = \"x\"\nvalues = [1, 1]"),
            "x.toml:9:1: sweep.axis[1].values: 1 stands there twice; expected each value once"},
        Bad{axis("key = \"x\"\nfrom = 1\nto = 2"),
            "x.toml:7:1: sweep.axis[1].steps: missing; expected values = [...], or from, to and "
            "steps"},
        Bad{axis("key = \"x\"\nfrom = \"1m\"\nto = \"5s\"\nsteps = 3"),
            "x.toml:9:1: sweep.axis[1].from: expected less than to, the text \"5s\""},
        Bad{axis("key = \"x\"\nfrom = \"0s\"\nto = \"5s\"\nsteps = 3\nscale = \"log\""),
            "x.toml:9:1: sweep.axis[1].from: a logarithmic scale has no place for it; expected "
            "more than 0, or scale = \"linear\""},
        Bad{axis("key = \"x\"\nfrom = \"5s\"\nto = \"5KiB\"\nsteps = 3"),
            "x.toml:10:1: sweep.axis[1].to: the text \"5s\" and the text \"5KiB\" are not two "
            "quantities of one kind; expected two durations, sizes, rates or numbers"},
        Bad{axis("key = \"x\"\nfrom = 1\nto = 3\nsteps = 5"),
            "x.toml:11:1: sweep.axis[1].steps: 5 values do not fit between 1 and 3; expected "
            "fewer"},
        Bad{axis("key = \"x\"\nvalues = [1]\nsteps = 5"),
            "x.toml:10:1: sweep.axis[1].steps: belongs to from; expected from beside it, or "
            "values alone"},
        Bad{axis("key = \"x\"\nvalues = [1]\nfrom = 5"),
            "x.toml:10:1: sweep.axis[1].from: contradicts the other values of this axis; expected "
            "one of values, from, every"},
        Bad{"[sweep]\n",
            "x.toml:6:2: sweep.axis: missing; expected one [[sweep.axis]] or more, each with key "
            "and values"},
        Bad{"[sweep]\nseeds = 0\n",
            "x.toml:7:1: sweep.seeds: expected a whole number from 1 to 10000, found the number "
            "0"},
        Bad{"[sweep]\ntimeout = \"timeot\"\n[[sweep.axis]]\nkey = \"x\"\nlabel = \"timeout\"\n"
            "values = [\"5s\"]\n",
            "x.toml:7:1: sweep.timeout: expected \"timeout\", found the "
            "text \"timeot\""},
        Bad{"[sweep]\ntimeout = \"x\"\n[[sweep.axis]]\nkey = \"x\"\nvalues = [\"a\"]\n",
            "x.toml:7:1: sweep.timeout: the values of \"x\" have no order; expected an axis of "
            "durations, sizes, rates or numbers"},
        Bad{"[sweep]\nbound = \"duplicated == 0\"\n[[sweep.axis]]\nkey = \"x\"\nvalues = "
            "[\"5s\"]\n",
            "x.toml:7:1: sweep.bound: \"duplicated == 0\" bounds no share from above; expected a "
            "share of pairs that may not be exceeded, such as \"duplicated <= 0.1%\""},
        Bad{"[sweep]\nbound = \"duplicate <= 1%\"\n[[sweep.axis]]\nkey = \"x\"\nvalues = "
            "[\"5s\"]\n",
            "x.toml:7:1: expect.duplicate: unknown figure; did you mean \"duplicated\"?"},
        Bad{"[sweep]\nbound = \"duplicated <= 1%\"\n[[sweep.axis]]\nkey = \"x\"\nvalues = [1]\n",
            "x.toml:7:1: sweep.bound: no axis has durations, so nothing can be recommended; "
            "expected timeout = a label, or no bound"},
        Bad{"[sweep]\ncombine = \"paired\"\n[[sweep.axis]]\nkey = \"x\"\nvalues = [1]\n"
            "[[sweep.axis]]\nkey = \"y\"\nvalues = [1, 2]\n",
            "x.toml:13:1: sweep.axis[2].values: has 2 values, and the axis \"x\" has 1; expected "
            "equally many, since combine is \"paired\""},
        Bad{"[sweep]\n[[sweep.axis]]\nkey = \"x\"\nvalues = [1]\n[[sweep.axis]]\nkey = \"x\"\n"
            "values = [1, 2]\n",
            "x.toml:11:1: sweep.axis[2].key: another axis has it already; expected a key of its "
            "own"},
        Bad{"[sweep]\n[[sweep.axis]]\nkey = \"x.a\"\nvalues = [1]\n[[sweep.axis]]\nkey = \"y.a\"\n"
            "values = [1, 2]\n",
            "x.toml:11:1: sweep.axis[2].key: another axis has it already; expected a label of its "
            "own"}));

TEST(Sweep, AMillionRunsAreTheMost) {
    const auto range = [](const std::string& key) {
        return "[[sweep.axis]]\nkey = \"" + key + "\"\nfrom = 1\nto = 1000\nsteps = 1000\n";
    };
    EXPECT_THAT(trouble("[sweep]\nseeds = 2\n" + range("x") + range("y")),
                HasSubstr("1000000 cells with 2 seeds each are too many; expected at most "
                          "1000000 runs"));
}

}  // namespace
}  // namespace twofifty::harness
