// The store: what is kept, and what happens where it cannot be.
#include "harness/ledger/ledger.hpp"

#include "harness/ledger/event_digest.hpp"
#include "harness/ledger/judge.hpp"
#include "harness/ledger/schema.hpp"
#include "tests/unit/ledger/events.hpp"
#include "tests/unit/ledger/ledger_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>

namespace twofifty::harness {
namespace {

namespace fs = std::filesystem;

std::string digest_of(const std::vector<Event>& events) {
    EventDigest digest;
    for (const Event& event : events) digest.add(event);
    return digest.value();
}

TEST_F(LedgerTest, EveryFieldComesBackAsItWas) {
    const std::vector<Event> events = extreme_events();
    { Ledger::create(path()).append(events); }
    EXPECT_EQ(stored(Ledger::open(path())), events);
}

TEST_F(LedgerTest, DigestOfTheRowsIsTheDigestOfTheEvents) {
    const std::vector<Event> events = extreme_events();
    { Ledger::create(path()).append(events); }
    EXPECT_EQ(digest_of(stored(Ledger::open(path()))), digest_of(events));
}

TEST_F(LedgerTest, BatchesKeepTheirOrder) {
    const std::vector<Event> events = history({Mail(7).submitted().attempt().acknowledged()});
    Ledger ledger = Ledger::create(path());
    for (const Event& event : events) ledger.append({&event, 1});
    ledger.append({});
    EXPECT_EQ(stored(ledger), events);
    EXPECT_EQ(ledger.event_count(), events.size());
}

TEST_F(LedgerTest, BatchLargerThanABlockKeepsItsOrder) {
    const std::vector<Event> events = events_of_many_blocks();
    Ledger ledger = Ledger::create(path());
    ledger.append(events);
    ledger.append(events);
    std::vector<Event> twice = events;
    twice.insert(twice.end(), events.begin(), events.end());
    EXPECT_TRUE(stored(ledger) == twice);
    EXPECT_EQ(ledger.event_count(), twice.size());
}

TEST_F(LedgerTest, TimelineIsGatheredFromManyBlocks) {
    const std::vector<Event> events = events_of_many_blocks();
    Ledger ledger = Ledger::create(path());
    ledger.append(events);
    EXPECT_TRUE(std::ranges::equal(ledger.events_of(7), std::span(events).first(2500)));
    EXPECT_EQ(ledger.events_of(9), std::vector<Event>());
}

TEST_F(LedgerTest, TimelineOfAMessageIsItsEvents) {
    const Mail mail = Mail(7).submitted();
    const Mail other = Mail(8).submitted();
    Ledger ledger = Ledger::create(path());
    ledger.append(history({mail, other}));
    EXPECT_EQ(ledger.events_of(7), mail.events());
}

TEST_F(LedgerTest, RunFactsAreKeptAndReplaced) {
    {
        Ledger ledger = Ledger::create(path());
        ledger.set_run("state", "running");
        ledger.set_run("state", "complete");
        ledger.set_run("scenario", "");
    }
    const Ledger ledger = Ledger::open(path());
    EXPECT_EQ(ledger.run("state"), "complete");
    EXPECT_EQ(ledger.run("scenario"), "");
    EXPECT_EQ(ledger.run("never set"), "");
}

TEST_F(LedgerTest, RecipientsAndRulesAreKeptInOrder) {
    const std::vector<std::string> recipients{"b@recipient.test", "a@recipient.test"};
    const std::vector<RuleFacts> rules{{"lose-250", "{ drop = \"reply\" }"}, {"b", "{}"}};
    {
        Ledger ledger = Ledger::create(path());
        ledger.set_recipients(std::vector<std::string>{"old", "old", "old"});
        ledger.set_recipients(recipients);
        ledger.set_rules(rules);
    }
    const Ledger ledger = Ledger::open(path());
    EXPECT_EQ(ledger.recipients(), recipients);
    EXPECT_EQ(ledger.rules(), rules);
}

TEST_F(LedgerTest, SendersAndReceiversAreKeptByName) {
    const std::vector<std::string> senders{"postfix-1", "postfix-2", "haraka-1"};
    const std::vector<std::string> receivers{"domino", "ibm-i"};
    {
        Ledger ledger = Ledger::create(path());
        ledger.set_senders(senders);
        ledger.set_receivers(receivers);
    }
    const Ledger ledger = Ledger::open(path());
    EXPECT_EQ(ledger.senders(), senders);
    EXPECT_EQ(ledger.receivers(), receivers);
}

TEST_F(LedgerTest, ClosedLedgerIsOneFile) {
    { Ledger::create(path()).append(extreme_events()); }
    std::vector<std::string> files;
    for (const auto& entry : fs::directory_iterator(folder_)) {
        files.push_back(entry.path().filename().string());
    }
    EXPECT_EQ(files, std::vector<std::string>{"ledger.sqlite"});
}

TEST_F(LedgerTest, CanBeReadWhileItIsWritten) {
    const std::vector<Event> events = extreme_events();
    Ledger writer = Ledger::create(path());
    writer.append(events);
    const Ledger reader = Ledger::open(path());
    writer.append(events);
    EXPECT_EQ(stored(reader).size(), 2 * events.size());
}

// Killed without a chance to close anything, in the middle of the next batch.
TEST_F(LedgerTest, KilledWriterLeavesEveryBatchItHadAppended) {
    const std::vector<Event> events = extreme_events();
    const pid_t writer = fork();
    ASSERT_GE(writer, 0);
    if (writer == 0) {
        std::optional<Ledger> ledger(Ledger::create(path()));
        for (int batch = 0; batch < 3; ++batch) ledger->append(events);
        kill(getpid(), SIGKILL);
    }
    int status = 0;
    ASSERT_EQ(waitpid(writer, &status, 0), writer);
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(stored(Ledger::open(path())).size(), 3 * events.size());
}

TEST_F(LedgerTest, FullDiskKeepsWhatWasStoredAndSaysSo) {
    std::vector<Event> batch(1000);
    for (Event& event : batch) event.text = std::string(100, 'x');
    Ledger ledger = Ledger::create(path(), 1 << 20);
    std::size_t appended = 0;
    const std::string message = refusal([&] {
        for (;;) {
            ledger.append(batch);
            appended += batch.size();
        }
    });
    EXPECT_EQ(message, "cannot write the ledger " + path() + ": the disk is full.");
    EXPECT_GT(appended, 0U);
    EXPECT_EQ(stored(ledger).size(), appended);
    EXPECT_EQ(stored(Ledger::open(path())).size(), appended);
}

TEST_F(LedgerTest, AnExistingFileIsNeverOverwritten) {
    { Ledger::create(path()).append(extreme_events()); }
    EXPECT_EQ(refusal([&] { Ledger::create(path()); }),
              "cannot create the ledger " + path() +
                  ": the file exists, and a ledger belongs to one run.");
    EXPECT_EQ(stored(Ledger::open(path())).size(), extreme_events().size());
}

TEST_F(LedgerTest, MissingFolderIsNamed) {
    const std::string missing = (folder_ / "no" / "ledger.sqlite").string();
    EXPECT_EQ(refusal([&] { Ledger::create(missing); }),
              "cannot create the ledger " + missing + ": No such file or directory.");
}

// No one may write below /proc, the administrator included.
TEST_F(LedgerTest, UnwritableFolderIsNamed) {
    EXPECT_THAT(refusal([] { Ledger::create("/proc/self/ledger.sqlite"); }),
                testing::StartsWith("cannot create the ledger /proc/self/ledger.sqlite: "));
}

TEST_F(LedgerTest, MissingFileIsNamedAndNotMade) {
    EXPECT_EQ(refusal([&] { Ledger::open(path()); }),
              "cannot open the ledger " + path() + ": No such file or directory.");
    EXPECT_FALSE(fs::exists(path()));
}

TEST_F(LedgerTest, AnotherDatabaseIsNotALedger) {
    sql("CREATE TABLE event (seq INTEGER)");
    EXPECT_EQ(refusal([&] { Ledger::open(path()); }),
              "cannot open the ledger " + path() + ": it is not a ledger of twofifty.");
}

TEST_F(LedgerTest, AnotherKindOfFileIsNotALedger) {
    std::ofstream(path()) << std::string(5000, 'x');
    EXPECT_EQ(refusal([&] { Ledger::open(path()); }),
              "cannot open the ledger " + path() + ": it is not a ledger of twofifty.");
}

TEST_F(LedgerTest, EmptyFileIsNotALedger) {
    std::ofstream{path()};
    EXPECT_EQ(refusal([&] { Ledger::open(path()); }),
              "cannot open the ledger " + path() + ": it is not a ledger of twofifty.");
}

TEST_F(LedgerTest, NewerSchemaIsRefused) {
    { Ledger::create(path()); }
    sql("PRAGMA user_version = 99");
    EXPECT_EQ(refusal([&] { Ledger::open(path()); }),
              "cannot open the ledger " + path() +
                  ": its schema is 99, this program reads 3; use the version that wrote it, or a "
                  "newer one.");
}

TEST_F(LedgerTest, LedgerWithOtherWordsIsRefused) {
    { Ledger::create(path()); }
    sql("UPDATE phase SET name = 'finale' WHERE name = 'data_done'");
    EXPECT_EQ(
        refusal([&] { Ledger::open(path()); }),
        "cannot open the ledger " + path() + ": its table phase is not the one of this program.");
}

TEST_F(LedgerTest, OlderSchemaIsRefused) {
    { Ledger::create(path()); }
    sql("PRAGMA user_version = 2");
    EXPECT_EQ(refusal([&] { Ledger::open(path()); }),
              "cannot open the ledger " + path() +
                  ": its schema is 2, this program reads 3; use the version that wrote it, or a "
                  "newer one.");
}

TEST_F(LedgerTest, EventThatFitsNoFieldIsDamage) {
    { Ledger::create(path()).append(extreme_events()); }
    sql("CREATE TABLE sound AS SELECT events FROM block");
    for (const std::string damage :
         {"[1]', 77", "[1]', -1", "[2]', 99", "[3]', 99", "[4]', 65536", "[6]', -1",
          "[10]', 4294967296", "[1]', 'submitted'", "[1]', 1.5", "[0]', null", "', 7"}) {
        sql("UPDATE block SET events = json_set(events, '$[1]" + damage + ")");
        EXPECT_EQ(refusal([&] { stored(Ledger::open(path())); }),
                  "cannot read the ledger " + path() + ": it is damaged (event 2 cannot be read).")
            << damage;
        sql("UPDATE block SET events = (SELECT events FROM sound)");
    }
}

TEST_F(LedgerTest, OverwrittenPagesAreDamage) {
    std::vector<Event> batch(5000);
    for (Event& event : batch) event.text = std::string(100, 'x');
    { Ledger::create(path()).append(batch); }
    {
        std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(200'000);
        file << std::string(100'000, '\x55');
    }
    EXPECT_THAT(refusal([&] { stored(Ledger::open(path())); }),
                testing::StartsWith("cannot read the ledger " + path() + ": it is damaged"));
}

TEST_F(LedgerTest, LedgerOpenedForReadingIsNotWritten) {
    { Ledger::create(path()); }
    Ledger ledger = Ledger::open(path());
    EXPECT_EQ(refusal([&] { ledger.set_run("state", "complete"); }),
              "cannot write the ledger " + path() + ": it may only be read.");
}

TEST_F(LedgerTest, StoredEventsAreJudgedAsTheEventsThemselves) {
    const std::vector<Event> events = history({Mail(7)
                                                   .submitted()
                                                   .attempt()
                                                   .accepted_by_receiver()
                                                   .fault("drop")
                                                   .delivered()
                                                   .timed_out()
                                                   .attempt()
                                                   .accepted_by_receiver()
                                                   .delivered()
                                                   .acknowledged()});
    const std::vector<RuleFacts> rules{{"lose-250", "{ drop = \"reply\" }"}};
    {
        Ledger ledger = Ledger::create(path());
        ledger.set_rules(rules);
        ledger.append(events);
    }
    const Ledger ledger = Ledger::open(path());
    Judge stored_judge({ledger.rules()});
    ledger.for_each_event([&](const Event& event) { stored_judge.add(event); });
    EXPECT_EQ(stored_judge.finish(), judge(events, {rules}));
}

}  // namespace
}  // namespace twofifty::harness
