// What anyone can ask the ledger's file in plain SQL.
#include "tests/unit/ledger/events.hpp"
#include "tests/unit/ledger/ledger_file.hpp"

#include <span>

namespace twofifty::harness {
namespace {

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

TEST_F(LedgerTest, QueriesSeeEveryFieldAndNullForWhatDoesNotApply) {
    std::vector<Event> events = extreme_events();
    events[1].text = "a \"quoted\" text\twith \\ and \xc3\xa4";
    { Ledger::create(path()).append(std::span(events).subspan(1, 2)); }
    EXPECT_EQ(rows("SELECT * FROM event"),
              (std::vector<std::string>{
                  "1|9223372036854775807|18|" + std::to_string(phase_names.size() - 1) +
                      "|5|65535|65535|4294967295|4294967295|4294967295|4294967295|4294967295|"
                      "9223372036854775807|9223372036854775807|-1|" +
                      events[1].text,
                  "2|-9223372036854775808|0|||||||||||||"}));
    EXPECT_EQ(rows("SELECT typeof(digest), typeof(text) FROM event"),
              (std::vector<std::string>{"integer|text", "null|null"}));
}

TEST_F(LedgerTest, QueriesNumberEventsThroughAllBlocks) {
    Ledger ledger = Ledger::create(path());
    ledger.append(events_of_many_blocks());
    ledger.append(events_of_many_blocks());
    EXPECT_EQ(rows("SELECT count(*), count(DISTINCT seq), min(seq), max(seq) FROM event"),
              std::vector<std::string>{"10000|10000|1|10000"});
    EXPECT_EQ(rows("SELECT count(*) FROM event WHERE CAST(text AS INTEGER) = (seq - 1) % 5000"),
              std::vector<std::string>{"10000"});
}

TEST_F(LedgerViews, EventsShowEveryRowWithNames) {
    EXPECT_EQ(rows("SELECT count(*) FROM events"), rows("SELECT count(*) FROM event"));
    EXPECT_EQ(rows("SELECT kind, rule, text FROM events WHERE kind = 'rule_fired'"),
              (std::vector<std::string>{"rule_fired|lose-250|drop"}));
}

}  // namespace
}  // namespace twofifty::harness
