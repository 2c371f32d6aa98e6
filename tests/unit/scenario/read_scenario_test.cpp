// What a good scenario file says: defaults, every key, overrides, and the way back to TOML.
#include "harness/scenario/read_scenario.hpp"

#include "harness/scenario/corpus.hpp"
#include "harness/scenario/template.hpp"
#include "harness/scenario/write_scenario.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace twofifty::harness {
namespace {

namespace files = std::filesystem;

Scenario parse(const std::string& toml, std::vector<std::string> options = {}) {
    return parse_scenario(toml, "s.toml", options);
}

TEST(ReadScenario, OneCountMakesAScenarioOfDefaults) {
    Scenario expected{.name = "s"};
    expected.fleet.messages = 1;
    EXPECT_EQ(parse("fleet.messages = 1\n"), expected);
}

TEST(ReadScenario, ARateMakesConstantArrivals) {
    const FleetSettings fleet = parse("fleet = { messages = 1, rate = '30/m' }").fleet;
    EXPECT_EQ(fleet.arrivals, Arrivals::constant);
    EXPECT_EQ(fleet.rate, 0.5);
}

TEST(ReadScenario, TakesEveryKey) {
    const Scenario scenario = parse(R"(
name = "every-key"
seed = 9
[fleet]
senders = 2
profile = "rfc5321"
duration = "10s"
rate = "5/s"
arrivals = "poisson"
connections = 3
messages_per_connection = 4
idle = "5s"
timeouts = { data_done = "6s" }
retry = { schedule = ["7s"], lifetime = "8m" }
helo = "h.example"
pipelining = false
chunking = true
chunk_size = "1KiB"
auth = { user = "u", password = "p", mechanism = "login" }
[message]
size = { distribution = "uniform", min = "1KiB", max = "2KiB" }
recipients = 2
to = ["a@example.com", "b@real.example.org"]
sender_domain = "s.example"
[target]
server = "reference"
protocol = "lmtp"
[target.reference]
listen = "[::1]:2525"
service_time = "20ms"
workers = 5
max_size = "1MiB"
max_recipients = 6
pipelining = false
chunking = false
eight_bit_mime = false
size = false
auth = { user = "u", password = "p" }
[[impair]]
name = "one"
when.phase = "rcpt"
when.reply = "250"
when.probability = 0.5
when.every = 2
when.attempt = 3
when.recipient = "a*"
when.sender = "*s"
when.scope = "run"
effect = { hold = "1s" }
[drain]
quiet_for = "3s"
budget = "4s"
heal = "after_load"
[virtual]
latency = "5ms"
[expect]
lost = "== 0"
)");
    smtp::Timeouts timeouts;
    timeouts[Phase::data_done] = 6s;
    const Credentials plain{.user = "u", .password = "p"};
    Scenario expected{.name = "every-key", .seed = 9};
    expected.fleet = {.messages = std::nullopt,
                      .duration = 10s,
                      .arrivals = Arrivals::poisson,
                      .rate = 5,
                      .load_curve = {},
                      .auth = Credentials{.user = "u", .password = "p", .mechanism = "login"},
                      .tls = {},
                      .groups = {{.senders = 2,
                                  .sender = {.timeouts = timeouts,
                                             .connections = 3,
                                             .messages_per_connection = 4,
                                             .idle = 5s,
                                             .retry = {.rule = ListedWaits{{7s}}, .lifetime = 8min},
                                             .helo = "h.example",
                                             .pipelining = false,
                                             .chunking = true,
                                             .chunk_size = 1024}}}};
    expected.message = {.size = {.shape = world::Shape::uniform, .a = 1024, .b = 2048},
                        .corpus = "",
                        .recipients = 2,
                        .to = {"a@example.com", "b@real.example.org"},
                        .sender_domain = "s.example"};
    expected.target.protocol = Protocol::lmtp;
    expected.target.reference = {.listen = "[::1]:2525",
                                 .service_time = world::fixed(20ms),
                                 .workers = 5,
                                 .max_size = 1 << 20,
                                 .max_recipients = 6,
                                 .pipelining = false,
                                 .chunking = false,
                                 .eight_bit_mime = false,
                                 .size = false,
                                 .ehlo = true,
                                 .auth = plain};
    netem::Selector when{.phase = Phase::rcpt, .reply = 250, .probability = 0.5};
    when.every_nth = 2;
    when.attempt = 3;
    when.recipient = "a*";
    when.sender = "*s";
    when.counts_over_run = true;
    expected.rules = {{.name = "one",
                       .when = when,
                       .effect = netem::Hold{.until = netem::Hold::Until::time, .time = 1s}}};
    expected.drain = {.quiet_for = 3s, .budget = 4s, .heal_after_load = true};
    expected.virtual_network.latency = 5ms;
    expected.expectations = {{.figure = "lost", .bound = "== 0"}};
    // The profile is named, so what it assumes and the scenario does not say is told.
    ASSERT_THAT(scenario.assumptions,
                testing::ElementsAre(testing::StartsWith("rfc5321 as a sender: assumed are ")));
    expected.assumptions = scenario.assumptions;
    EXPECT_EQ(scenario, expected);
    EXPECT_EQ(parse(to_toml(scenario)), expected);
}

TEST(ReadScenario, OneSenderForEveryMessageIsKept) {
    const Scenario scenario =
        parse("fleet.messages = 1\ntarget.direct = true\nmessage.sender = 'a@b.test'\n");
    EXPECT_EQ(scenario.message.sender, "a@b.test");
    EXPECT_EQ(parse(to_toml(scenario)), scenario);
}

TEST(ReadScenario, TheQuestionIsTheFirstComment) {
    EXPECT_EQ(parse("\n# What if?\n#\n#  Then:\n\n# Not this.\nfleet.messages = 1\n").question,
              "What if?\n\n Then:");
}

TEST(ReadScenario, ACommentBehindAKeyIsNoQuestion) {
    EXPECT_EQ(parse("fleet.messages = 1\n# Too late.\n").question, "");
}

TEST(ReadScenario, QuotedAndDottedFiguresAreTheSame) {
    const std::string head =
        "fleet.messages = 1\n[[impair]]\nname = 'a-b'\nwhen = { phase = 'data_done' }\neffect = { "
        "drop "
        "= 'reply' }\n[expect]\n";
    EXPECT_EQ(parse(head + "fired.a-b = '>= 1'\nlatency.data_done.p99 = '< 1s'").expectations,
              parse(head + "'fired.a-b' = '>= 1'\n'latency.data_done.p99' = '< 1s'").expectations);
}

TEST(ReadScenario, AListOfBoundsIsAnExpectationEach) {
    const std::vector<Expectation> expected{
        {.figure = "lost", .bound = ">= 1", .comparison = Comparison::greater_or_equal, .value = 1},
        {.figure = "lost",
         .bound = "<= 3%",
         .comparison = Comparison::less_or_equal,
         .value = 0.03,
         .percent = true}};
    EXPECT_EQ(parse("fleet.messages = 1\nexpect.lost = ['>= 1', '<= 3%']").expectations, expected);
}

TEST(Override, TheTargetOfAnOptionReplacesTheReferenceReceiver) {
    const TargetSettings target =
        parse("fleet.messages = 1\n[target]\nserver = 'reference'\nreference.workers = 3\n",
              {"target.address=127.0.0.1:2525", "target.maildir=/tmp/m"})
            .target;
    TargetSettings expected{.server = "", .address = "127.0.0.1:2525"};
    expected.maildir = "/tmp/m";
    EXPECT_EQ(target, expected);
}

TEST(Override, AnAmountOfAnOptionReplacesThatOfTheFile) {
    const FleetSettings fleet = parse("fleet.messages = 1000\n", {"fleet.duration=5s"}).fleet;
    EXPECT_EQ(fleet.messages, std::nullopt);
    EXPECT_EQ(fleet.duration, 5s);
}

TEST(Override, ClosedArrivalsOfAnOptionReplaceTheRateOfTheFile) {
    const FleetSettings fleet =
        parse("fleet = { messages = 1, rate = '5/s' }", {"fleet.arrivals=closed"}).fleet;
    EXPECT_EQ(fleet.arrivals, Arrivals::closed);
    EXPECT_EQ(fleet.rate, 0);
}

class Shipped : public testing::TestWithParam<std::string> {};

TEST_P(Shipped, AsksAQuestionAndExpectsAnAnswer) {
    const Scenario scenario = load_scenario(GetParam());
    EXPECT_NE(scenario.question.find("?\nExpected: "), std::string::npos);
    EXPECT_FALSE(scenario.expectations.empty());
    EXPECT_EQ(scenario.name, files::path(GetParam()).stem());
}

TEST_P(Shipped, IsTheSameWhenWrittenAndReadAgain) {
    const Scenario scenario = load_scenario(GetParam());
    EXPECT_EQ(parse_scenario(to_toml(scenario), "elsewhere/scenario.toml"), scenario);
}

std::vector<std::string> shipped_files() {
    std::vector<std::string> result;
    for (const auto& entry : files::recursive_directory_iterator(TWOFIFTY_SOURCE_DIR "/scenarios"))
        if (entry.path().extension() == ".toml") result.push_back(entry.path().string());
    std::ranges::sort(result);
    return result;
}

INSTANTIATE_TEST_SUITE_P(Scenarios, Shipped, testing::ValuesIn(shipped_files()),
                         [](const auto& shipped) {
                             std::string name = files::path(shipped.param).stem().string();
                             std::ranges::replace(name, '-', '_');
                             return name;
                         });

TEST(Template, LoadsAndSurvivesTheWayToTomlAndBack) {
    const Scenario scenario = parse(scenario_template());
    EXPECT_EQ(scenario.name, "my-scenario");
    EXPECT_EQ(parse(to_toml(scenario)), scenario);
}

class Corpus : public testing::Test {
protected:
    void SetUp() override {
        folder_ = files::path(testing::TempDir()) /
                  testing::UnitTest::GetInstance()->current_test_info()->name();
        files::remove_all(folder_);
        files::create_directories(folder_ / "mail");
        for (const char* name : {"b.eml", "a.eml", "c.txt"})
            std::ofstream(folder_ / "mail" / name) << "Subject: x\r\n\r\n";
    }
    void TearDown() override { files::remove_all(folder_); }

    std::string path(const std::string& name) const { return (folder_ / name).string(); }
    std::string write(const std::string& corpus) const {
        std::ofstream(folder_ / "s.toml")
            << "fleet.messages = 1\n[message]\ncorpus = '" << corpus << "'\n";
        return path("s.toml");
    }

    files::path folder_;
};

TEST_F(Corpus, StandsRelativeToTheFile) {
    EXPECT_EQ(load_scenario(write("mail/*.eml")).message.corpus, path("mail/*.eml"));
}

TEST_F(Corpus, IsTheSameFromAnotherFolder) {
    const Scenario scenario = load_scenario(write("mail"));
    EXPECT_EQ(parse_scenario(to_toml(scenario), "/elsewhere/s.toml"), scenario);
}

TEST_F(Corpus, FilesAreSortedAndFitThePattern) {
    const std::vector<std::string> mails{path("mail/a.eml"), path("mail/b.eml")};
    EXPECT_EQ(corpus_files(path("mail/*.eml")), mails);
    EXPECT_EQ(corpus_files(path("mail")), mails);
    EXPECT_EQ(corpus_files(path("mail/?.t*t")), std::vector{path("mail/c.txt")});
    EXPECT_EQ(corpus_files(path("mail/b.eml")), std::vector{path("mail/b.eml")});
    EXPECT_EQ(corpus_files(path("mail/*.eml.gz")), std::vector<std::string>{});
}

TEST_F(Corpus, WithoutFilesIsAnErrorAtItsKey) {
    const std::string file = write("nothing/*.eml");
    try {
        load_scenario(file);
        FAIL() << "no error";
    } catch (const settings::Error& error) {
        EXPECT_THAT(error.what(),
                    testing::StartsWith(file + ":3:1: message.corpus: no file fits \"" +
                                        path("nothing/*.eml") + "\"; expected "));
    }
}

}  // namespace
}  // namespace twofifty::harness
