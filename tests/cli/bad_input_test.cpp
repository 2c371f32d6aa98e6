// Bad input is refused before anything starts: one line on standard error that names the place,
// exit code 3, no results folder, no connection. What exactly is said of each key is tested where
// scenarios are read; here the whole program is.
#include "tests/cli/child.hpp"
#include "tests/cli/scripted_target.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <linux/capability.h>
#include <sys/prctl.h>
#include <algorithm>

namespace twofifty::cli {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

/// Root reads and writes everything; without these two it obeys the modes of files, as users do.
void obey_file_modes() {
    prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE);
    prctl(PR_CAPBSET_DROP, CAP_DAC_READ_SEARCH);
}

/// Refused: exit 3, nothing on standard output, one line on standard error.
testing::AssertionResult is_refused(const Ended& ended, const std::string& line) {
    const bool one_line =
        std::count(ended.err.begin(), ended.err.end(), '\n') == 1 && ended.err.ends_with('\n');
    if (ended.exit_code == 3 && ended.out.empty() && one_line && ended.err.starts_with(line))
        return testing::AssertionSuccess();
    return testing::AssertionFailure()
           << "expected exit 3 and the one line " << line << "...\ngot " << ended.story();
}

struct BadFile {
    const char* name;
    const char* toml;
    const char* line;  ///< How the line begins, behind "twofifty: ".
};

std::ostream& operator<<(std::ostream& out, const BadFile& file) {
    return out << file.name;
}

class BadScenarioFile : public testing::TestWithParam<BadFile> {};

#define FLEET "fleet.messages = 1\n"
#define RULE FLEET "[[impair]]\nname = 'r'\n"

INSTANTIATE_TEST_SUITE_P(
    Run, BadScenarioFile,
    testing::Values(
        BadFile{"MalformedToml", FLEET "name = [\n", "bad.toml:2:10: this is not TOML: "},
        BadFile{"UnknownKey", "fleet.mesages = 1\n",
                "bad.toml:1:7: fleet.mesages: unknown key; did you mean \"messages\"?"},
        BadFile{"WrongType", "fleet.messages = 'all'\n",
                "bad.toml:1:7: fleet.messages: expected a whole number from 1 to 100000000, found "
                "the text \"all\""},
        BadFile{"NegativeValue", FLEET "seed = -1\n",
                "bad.toml:2:1: seed: expected a whole number from 0 "},
        BadFile{"AbsurdValue", FLEET "fleet.senders = 1000000\n",
                "bad.toml:2:7: fleet.senders: expected a whole number from 1 to 10000, found "},
        BadFile{"ProbabilityAboveOne",
                RULE "when = { phase = 'data_done', probability = 1.5 }\n"
                     "effect = { drop = 'reply' }\n",
                "bad.toml:4:31: impair[1].when.probability: expected a number from 0 to 1, found "},
        BadFile{"NegativeProbability",
                RULE "when = { phase = 'data_done', probability = -0.1 }\n"
                     "effect = { drop = 'reply' }\n",
                "bad.toml:4:31: impair[1].when.probability: expected a number from 0 to 1, found "},
        BadFile{"UnknownPhase", RULE "when = { phase = 'data_don' }\neffect = { drop = 'reply' }\n",
                "bad.toml:4:10: impair[1].when.phase: expected one of "},
        BadFile{"UnknownEffect",
                RULE "when = { phase = 'data_done' }\neffect = { dorp = 'reply' }\n",
                "bad.toml:5:12: impair[1].effect.dorp: unknown effect; did you mean \"drop\"?"},
        BadFile{"ContradictoryKeys", FLEET "fleet.duration = '1s'\n",
                "bad.toml:2:7: fleet.duration: contradicts messages; expected one of the two"},
        BadFile{"CorpusWithoutFiles", FLEET "message.corpus = 'mail/*.eml'\n",
                "bad.toml:2:9: message.corpus: no file fits "},
        BadFile{"ExpectationOnAnUnknownFigure", FLEET "expect.dupicated = '== 0'\n",
                "bad.toml:2:8: expect.dupicated: unknown figure; did you mean \"duplicated\"?"}),
    [](const testing::TestParamInfo<BadFile>& file) { return std::string(file.param.name); });

TEST_P(BadScenarioFile, IsRefusedInOneLineBeforeAnythingStarts) {
    const TempFolder folder;
    folder.write("bad.toml", GetParam().toml);
    const Ended ended = twofifty({"run", "bad.toml"}, folder.path());
    EXPECT_TRUE(is_refused(ended, std::string("twofifty: ") + GetParam().line));
    EXPECT_THAT(folder.names(), ElementsAre("bad.toml"));
}

TEST_P(BadScenarioFile, IsRefusedByCheckInTheSameWords) {
    const TempFolder folder;
    folder.write("bad.toml", GetParam().toml);
    EXPECT_EQ(twofifty({"check", "bad.toml"}, folder.path()).err,
              twofifty({"run", "bad.toml"}, folder.path()).err);
}

TEST(BadInput, AMissingFileIsNamed) {
    const TempFolder folder;
    const Ended ended = twofifty({"run", "none.toml"}, folder.path());
    EXPECT_TRUE(is_refused(ended, "twofifty: none.toml: cannot read the file: No such file"));
    EXPECT_THAT(folder.names(), ElementsAre());
}

TEST(BadInput, AnUnreadableScenarioIsNamed) {
    const TempFolder folder;
    folder.write("s.toml", FLEET);
    std::filesystem::permissions(folder / "s.toml", std::filesystem::perms::none);
    const Ended ended = twofifty({"run", "s.toml"}, folder.path(), obey_file_modes);
    EXPECT_TRUE(is_refused(ended, "twofifty: s.toml: cannot read the file: Permission denied"));
}

TEST(BadInput, AnUnreadableCorpusIsNamed) {
    const TempFolder folder;
    folder.write("mail/a.eml", "Subject: a\r\n\r\nbody\r\n");
    std::filesystem::permissions(folder / "mail/a.eml", std::filesystem::perms::none);
    folder.write("s.toml", FLEET "message.corpus = 'mail'\n");
    const Ended ended = twofifty({"run", "s.toml"}, folder.path(), obey_file_modes);
    EXPECT_TRUE(is_refused(ended, "twofifty: s.toml:2:9: message.corpus: cannot read "));
    EXPECT_THAT(ended.err, HasSubstr("mail/a.eml\": Permission denied"));
    EXPECT_THAT(folder.names(), ElementsAre("mail", "s.toml"));
}

TEST(BadInput, ACorpusFileThatIsNoMessageIsRefusedBeforeTheRun) {
    const TempFolder folder;
    folder.write("mail/a.eml", "no header, no empty line");
    folder.write("s.toml", FLEET "message.corpus = 'mail'\n");
    const Ended ended = twofifty({"run", "s.toml"}, folder.path());
    EXPECT_TRUE(is_refused(ended, "twofifty: s.toml:2:9: message.corpus: "));
    EXPECT_THAT(folder.names(), ElementsAre("mail", "s.toml"));
}

TEST(BadInput, AResultsFolderThatMayNotBeWrittenIsNamed) {
    const TempFolder folder;
    folder.write("s.toml", FLEET);
    std::filesystem::create_directory(folder / "closed");
    std::filesystem::permissions(folder / "closed", std::filesystem::perms(0555));
    const Ended ended =
        twofifty({"run", "s.toml", "--out", "closed"}, folder.path(), obey_file_modes);
    EXPECT_EQ(ended.exit_code, 3);
    EXPECT_THAT(ended.err, EndsWith("cannot make a results folder in closed/s: Permission denied; "
                                    "name another with --out\n"));
    EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1);
    EXPECT_TRUE(std::filesystem::is_empty(folder / "closed"));
}

TEST(BadInput, AResultsFolderBelowAFileIsNamed) {
    const TempFolder folder;
    folder.write("s.toml", FLEET);
    const Ended ended = twofifty({"run", "s.toml", "--out", "s.toml/x"}, folder.path());
    EXPECT_EQ(ended.exit_code, 3);
    EXPECT_THAT(ended.err, HasSubstr("cannot make a results folder in s.toml/x/s: "));
}

TEST(BadInput, OneBadScenarioOfTwoKeepsTheGoodOneFromStarting) {
    const TempFolder folder;
    folder.write("good.toml", FLEET);
    folder.write("bad.toml", "fleet.messages = 0\n");
    const Ended ended = twofifty({"run", "--virtual", "good.toml", "bad.toml"}, folder.path());
    EXPECT_TRUE(is_refused(ended, "twofifty: bad.toml:1:7: fleet.messages: "));
    EXPECT_THAT(folder.names(), ElementsAre("bad.toml", "good.toml"));
}

TEST(BadInput, ARefusedScenarioSendsNothingToItsTarget) {
    const TempFolder folder;
    ScriptedTarget target([](Peer& peer) { peer.until_gone(); });
    folder.write("bad.toml", "target.address = '" + target.address() + "'\nfleet.messages = -1\n");
    const Ended ended = twofifty({"run", "bad.toml"}, folder.path());
    EXPECT_TRUE(is_refused(ended, "twofifty: bad.toml:2:7: fleet.messages: "));
    EXPECT_EQ(target.connections(), 0);
}

TEST(BadInput, AnOptionIsNamedAsTheOneThatIsWrong) {
    const TempFolder folder;
    folder.write("s.toml", FLEET);
    const Ended ended = twofifty({"run", "s.toml", "--set", "fleet.rate=fast"}, folder.path());
    EXPECT_TRUE(is_refused(ended, "twofifty: --set fleet.rate=fast: fleet.rate: expected a rate"));
    EXPECT_THAT(folder.names(), ElementsAre("s.toml"));
}

TEST(BadInput, APublicTargetIsRefusedAndTheWayOutIsNamed) {
    const TempFolder folder;
    folder.write("s.toml", FLEET);
    const Ended ended = twofifty({"run", "s.toml", "--target", "192.0.2.1:25"}, folder.path());
    EXPECT_TRUE(is_refused(ended,
                           "twofifty: target 192.0.2.1:25: 192.0.2.1 is neither loopback "
                           "nor private; "));
    EXPECT_THAT(ended.err, HasSubstr("--i-may-send-to 192.0.2.1"));
    EXPECT_THAT(folder.names(), ElementsAre("s.toml"));
}

TEST(BadInput, PermissionForOneHostIsNoneForAnother) {
    const TempFolder folder;
    folder.write("s.toml", FLEET);
    const Ended ended =
        twofifty({"run", "s.toml", "--target", "192.0.2.1:25", "--i-may-send-to", "192.0.2.2"},
                 folder.path());
    EXPECT_TRUE(is_refused(ended, "twofifty: target 192.0.2.1:25: "));
}

TEST(BadInput, AVirtualRunAgainstARealServerIsRefused) {
    const TempFolder folder;
    folder.write("s.toml", FLEET);
    const Ended ended =
        twofifty({"run", "--virtual", "s.toml", "--target", "127.0.0.1:25"}, folder.path());
    EXPECT_TRUE(is_refused(ended, "twofifty: s.toml: --virtual cannot reach 127.0.0.1:25"));
}

TEST(BadUsage, NoCommandAnUnknownOneAndAnUnknownOptionAreRefused) {
    const TempFolder folder;
    EXPECT_TRUE(is_refused(twofifty({}, folder.path()), "twofifty: "));
    EXPECT_TRUE(is_refused(twofifty({"walk"}, folder.path()), "twofifty: "));
    EXPECT_TRUE(is_refused(twofifty({"run"}, folder.path()), "twofifty: "));
    EXPECT_TRUE(is_refused(twofifty({"run", "--fast", "s.toml"}, folder.path()), "twofifty: "));
    EXPECT_TRUE(
        is_refused(twofifty({"run", "--seed", "x", "s.toml"}, folder.path()), "twofifty: "));
}

TEST(BadUsage, AJUnitFileThatHasNoPlaceToGoIsRefusedBeforeTheRun) {
    const TempFolder folder;
    folder.write("s.toml", FLEET);
    const Ended ended = twofifty({"run", "s.toml", "--junit", "none/out.xml"}, folder.path());
    EXPECT_TRUE(is_refused(ended, "twofifty: --junit none/out.xml: there is no folder none\n"));
    EXPECT_THAT(folder.names(), ElementsAre("s.toml"));
}

TEST(BadUsage, AFolderThatHoldsNoRunIsNamed) {
    const TempFolder folder;
    EXPECT_TRUE(is_refused(twofifty({"report", "."}, folder.path()),
                           "twofifty: . is no run folder: it holds no ledger.sqlite"));
    EXPECT_TRUE(is_refused(twofifty({"compare", ".", "."}, folder.path()), "twofifty: "));
}

}  // namespace
}  // namespace twofifty::cli
