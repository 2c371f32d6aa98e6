// What people and machines are told.
#include "harness/diagnose/note.hpp"
#include "harness/diagnose/diagnose.hpp"
#include "tests/unit/ledger/events.hpp"

#include <gmock/gmock.h>

#include <sstream>

namespace twofifty::harness {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Diagnosis two_cuts() {
    std::vector<Mail> mails;
    for (std::uint32_t message = 1; message <= 2; ++message) {
        Mail& mail = mails.emplace_back(message);
        mail.submitted().attempt().accepted_by_receiver().delivered().connection_lost();
        mail.attempt().accepted_by_receiver().delivered().acknowledged();
    }
    return diagnose(history(mails));
}

TEST(Note, FirstLineIsTheCause) {
    EXPECT_THAT(write_note(two_cuts()),
                StartsWith("CONGESTED NETWORK: replies or connections were lost, or late, between "
                           "the servers and the senders (2\nof 2 extra copies, 100.0 %).\n"));
}

TEST(Note, SaysThatNoTimeoutHelpsAgainstLostConnections) {
    EXPECT_THAT(write_note(two_cuts()),
                HasSubstr("Against the 2 duplicates after a lost connection no timeout helps"));
}

TEST(Note, IsNotWiderThanAHundredColumns) {
    Diagnosis diagnosis = two_cuts();
    diagnosis.receivers.push_back({.name = std::string(200, 'x'), .copies = 4});
    diagnosis.receivers.push_back({.name = "y", .copies = 4});
    std::istringstream note(write_note(diagnosis));
    for (std::string line; std::getline(note, line);) EXPECT_LE(line.size(), 100U) << line;
}

TEST(Note, NamesCannotCommandATerminal) {
    Diagnosis diagnosis = two_cuts();
    diagnosis.receivers.push_back({.name = "\x1b[31m"});
    diagnosis.receivers.push_back({.name = "two\nlines"});
    EXPECT_THAT(write_note(diagnosis), Not(HasSubstr("\x1b")));
    EXPECT_THAT(write_note(diagnosis), HasSubstr("two?lines"));
}

TEST(Note, SaysHowNearItWasWhereNothingIsWrong) {
    Mail mail(1);
    mail.submitted().attempt().accepted_by_receiver().delivered().acknowledged();
    const std::string note = write_note(diagnose(history({mail})));
    EXPECT_THAT(note, StartsWith("NOTHING WRONG: no message exists twice.\n"));
    EXPECT_THAT(note, HasSubstr("the longest wait for a reply took 4 ms; no sender gave up."));
    EXPECT_THAT(note, Not(HasSubstr("prevented")));
}

TEST(Note, JsonHasTheSameCause) {
    const std::string json = write_diagnosis_json(two_cuts());
    EXPECT_THAT(json, StartsWith(R"({"schema":1,"cause":"congested_network",)"
                                 R"("causes":{"congested_network":2},)"));
}

}  // namespace
}  // namespace twofifty::harness
