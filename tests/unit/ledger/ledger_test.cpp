// The store: what is kept, and what happens where it cannot be.
#include "harness/ledger/ledger.hpp"

#include "harness/ledger/event_digest.hpp"
#include "harness/ledger/judge.hpp"
#include "harness/ledger/schema.hpp"
#include "tests/unit/ledger/events.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>

namespace twofifty::harness {
namespace {

namespace fs = std::filesystem;

/// A folder for one test.
class LedgerTest : public testing::Test {
protected:
    LedgerTest() {
        std::string name = (fs::temp_directory_path() / "twofifty-ledger-XXXXXX").string();
        folder_ = mkdtemp(name.data());
    }
    ~LedgerTest() override { fs::remove_all(folder_); }

    std::string path() const { return (folder_ / "ledger.sqlite").string(); }

    void sql(const std::string& statements) const {
        sqlite3* database = nullptr;
        ASSERT_EQ(sqlite3_open(path().c_str(), &database), SQLITE_OK);
        EXPECT_EQ(sqlite3_exec(database, statements.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
            << sqlite3_errmsg(database);
        sqlite3_close(database);
    }

    /// The rows of a query, values joined by "|".
    std::vector<std::string> rows(const std::string& query) const {
        sqlite3* database = nullptr;
        std::vector<std::string> found;
        EXPECT_EQ(sqlite3_open(path().c_str(), &database), SQLITE_OK);
        const auto add = [](void* to, int columns, char** values, char**) {
            std::string row;
            for (int i = 0; i < columns; ++i) {
                row += (i > 0 ? "|" : "") + std::string(values[i] == nullptr ? "" : values[i]);
            }
            static_cast<std::vector<std::string>*>(to)->push_back(row);
            return 0;
        };
        EXPECT_EQ(sqlite3_exec(database, query.c_str(), add, &found, nullptr), SQLITE_OK)
            << sqlite3_errmsg(database);
        sqlite3_close(database);
        return found;
    }

    static std::vector<Event> stored(const Ledger& ledger) {
        std::vector<Event> events;
        ledger.for_each_event([&](const Event& event) { events.push_back(event); });
        return events;
    }

    static std::string refusal(const std::function<void()>& act) {
        try {
            act();
        } catch (const LedgerError& error) {
            return error.what();
        }
        return "nothing was refused";
    }

    fs::path folder_;
};

std::string digest_of(const std::vector<Event>& events) {
    EventDigest digest;
    for (const Event& event : events) digest.add(event);
    return digest.value();
}

/// Every field at its extremes, and each alone.
std::vector<Event> extreme_events() {
    using std::numeric_limits;
    std::vector<Event> events(20);
    events[1] = {.at = at(Duration::max()),
                 .kind = EventKind::target_failed,
                 .phase = Phase::other,
                 .outcome = Outcome::not_sent,
                 .code = numeric_limits<std::uint16_t>::max(),
                 .node = numeric_limits<std::uint16_t>::max(),
                 .message = numeric_limits<std::uint32_t>::max(),
                 .recipient = numeric_limits<std::uint32_t>::max(),
                 .attempt = numeric_limits<std::uint32_t>::max(),
                 .connection = numeric_limits<std::uint32_t>::max(),
                 .rule = numeric_limits<std::uint32_t>::max(),
                 .duration = Duration::max(),
                 .quantity = numeric_limits<std::int64_t>::max(),
                 .digest = numeric_limits<std::uint64_t>::max(),
                 .text = std::string(100'000, 'x')};
    events[2].at = at(Duration::min());
    events[3].kind = EventKind::submitted;
    events[4].phase = Phase::connect;
    events[5].outcome = Outcome::accepted;
    events[6].code = 1;
    events[7].node = 1;
    events[8].message = 1;
    events[9].recipient = 1;
    events[10].attempt = 1;
    events[11].connection = 1;
    events[12].rule = 1;
    events[13].duration = -1ns;
    events[14].quantity = numeric_limits<std::int64_t>::min();
    events[15].digest = 1;
    events[16].text = std::string("a\0b", 3);
    events[17].text = "\xff\xfe not UTF-8";
    events[18].text = "'; DROP TABLE event; --";
    events[19].digest = std::uint64_t{1} << 63;
    return events;
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

TEST_F(LedgerTest, RowOutOfRangeIsDamage) {
    { Ledger::create(path()).append(extreme_events()); }
    for (const std::string damage : {"kind = 77", "kind = -1", "phase = 99", "outcome = 99",
                                     "code = 65536", "message = -1", "rule = 4294967296"}) {
        sql("UPDATE event SET " + damage + " WHERE seq = 3");
        EXPECT_EQ(refusal([&] { stored(Ledger::open(path())); }),
                  "cannot read the ledger " + path() +
                      ": it is damaged (event 3 holds a value out of range).")
            << damage;
        sql("UPDATE event SET kind = 0, phase = NULL, outcome = NULL, code = NULL, message = NULL "
            "WHERE seq = 3");
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

/// A ledger with one duplicated and one clean message, as a user would query it.
class LedgerViews : public LedgerTest {
protected:
    LedgerViews() {
        Ledger ledger = Ledger::create(path());
        ledger.set_recipients(std::vector<std::string>{"r1@recipient.test"});
        ledger.set_receivers(std::vector<std::string>{"mx1"});
        ledger.set_senders(std::vector<std::string>{"out1"});
        ledger.set_rules(std::vector<RuleFacts>{{"lose-250", "{ drop = \"reply\" }"}});
        Mail duplicated(7);
        duplicated.submitted().attempt().accepted_by_receiver().fault("drop").delivered();
        duplicated.timed_out().achieved("client_gone", 2s);
        duplicated.attempt().accepted_by_receiver().delivered().acknowledged();
        Mail clean(8);
        clean.submitted().attempt().accepted_by_receiver().delivered().acknowledged();
        std::vector<Event> events = history({duplicated, clean});
        for (Event& event : events) event.node = 1;
        ledger.append(events);
    }
};

TEST_F(LedgerViews, MessagesShowCopiesAndTheSendersEnd) {
    EXPECT_EQ(rows("SELECT message, recipient, attempts, copies, sender_end FROM messages"),
              (std::vector<std::string>{"7|r1@recipient.test|2|2|acknowledged",
                                        "8|r1@recipient.test|1|1|acknowledged"}));
}

TEST_F(LedgerViews, AttemptsShowOutcomeAndReason) {
    EXPECT_EQ(rows("SELECT message, attempt, outcome, phase, code, waited_ms, reason FROM attempts "
                   "ORDER BY message, attempt"),
              (std::vector<std::string>{"7|1|unknown|data_done||2000.0|timed_out",
                                        "7|2|accepted|data_done|250|4.0|",
                                        "8|1|accepted|data_done|250|4.0|"}));
}

TEST_F(LedgerViews, CopiesShowTheirQueueIds) {
    EXPECT_EQ(rows("SELECT message, recipient, queue_id, received_headers, digest FROM copies "
                   "ORDER BY message, found_ms"),
              (std::vector<std::string>{"7|r1@recipient.test|Q7.1.1|1|0000000000001007",
                                        "7|r1@recipient.test|Q7.1.2|1|0000000000001007",
                                        "8|r1@recipient.test|Q8.1.1|1|0000000000001008"}));
}

TEST_F(LedgerViews, SendersAndReceiversHaveTheirNames) {
    EXPECT_EQ(rows("SELECT DISTINCT sender FROM messages"), std::vector<std::string>{"out1"});
    EXPECT_EQ(rows("SELECT DISTINCT receiver FROM copies"), std::vector<std::string>{"mx1"});
}

TEST_F(LedgerViews, FaultsShowAskedAndAchieved) {
    EXPECT_EQ(rows("SELECT message, rule, effect, phase, code, achieved_ms, ending FROM faults"),
              (std::vector<std::string>{"7|lose-250|drop|data_done|250|2000.0|client_gone"}));
}

TEST_F(LedgerViews, RepliesShowPhaseAndCode) {
    EXPECT_EQ(rows("SELECT message, attempt, phase, code, waited_ms FROM replies"),
              (std::vector<std::string>{"8|1|data_done|250|4.0", "7|2|data_done|250|4.0"}));
}

TEST_F(LedgerViews, EventsShowEveryRowWithNames) {
    EXPECT_EQ(rows("SELECT count(*) FROM events"), rows("SELECT count(*) FROM event"));
    EXPECT_EQ(rows("SELECT kind, rule, text FROM events WHERE kind = 'rule_fired'"),
              (std::vector<std::string>{"rule_fired|lose-250|drop"}));
}

}  // namespace
}  // namespace twofifty::harness
