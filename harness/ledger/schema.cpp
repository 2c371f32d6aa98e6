#include "harness/ledger/schema.hpp"

#include "record/event.hpp"

#include <fmt/format.h>

#include <span>
#include <string_view>

namespace twofifty::harness {

namespace {

// One row an event. 0 and the empty text are stored as NULL: "does not apply" then reads as such,
// and takes no room.
constexpr std::string_view tables = R"sql(
CREATE TABLE event (
    seq         INTEGER PRIMARY KEY,
    at_ns       INTEGER NOT NULL,
    kind        INTEGER NOT NULL,
    phase       INTEGER,
    outcome     INTEGER,
    code        INTEGER,
    node        INTEGER,
    message     INTEGER,
    recipient   INTEGER,
    attempt     INTEGER,
    connection  INTEGER,
    rule        INTEGER,
    duration_ns INTEGER,
    quantity    INTEGER,
    digest      INTEGER,
    text        TEXT
);
CREATE TABLE kind      (number INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE phase     (number INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE outcome   (number INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE run       (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE recipient (number INTEGER PRIMARY KEY, address TEXT NOT NULL);
CREATE TABLE receiver  (number INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE sender    (number INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE rule      (number INTEGER PRIMARY KEY, name TEXT NOT NULL, effect TEXT NOT NULL);
CREATE TABLE foreign_message (
    number     INTEGER PRIMARY KEY,
    sender     TEXT NOT NULL,
    message_id TEXT,
    digest     INTEGER NOT NULL
);
)sql";

constexpr std::string_view views = R"sql(
CREATE VIEW events AS
SELECT seq, at_ns / 1e6 AS at_ms, kind.name AS kind, phase.name AS phase, outcome.name AS outcome,
       code, node, message, recipient.address AS recipient, attempt, connection, rule.name AS rule,
       duration_ns / 1e6 AS duration_ms, quantity, printf('%016x', digest) AS digest, text
FROM event
JOIN kind ON kind.number = event.kind
LEFT JOIN phase ON phase.number = event.phase
LEFT JOIN outcome ON outcome.number = event.outcome
LEFT JOIN recipient ON recipient.number = event.recipient
LEFT JOIN rule ON rule.number = event.rule;

CREATE VIEW messages AS
SELECT message, address AS recipient, ifnull(sender.name, node) AS sender, planned_ns / 1e6 AS planned_ms,
       submitted_ns / 1e6 AS submitted_ms, bytes, attempts, copies,
       CASE WHEN acknowledged_ns IS NOT NULL THEN 'acknowledged'
            WHEN gave_up THEN 'gave_up' ELSE 'pending' END AS sender_end,
       (acknowledged_ns - planned_ns) / 1e6 AS time_to_acknowledge_ms,
       (delivered_ns - planned_ns) / 1e6 AS time_to_delivery_ms
FROM (
    SELECT message, recipient,
           max(node) FILTER (WHERE name = 'submitted') AS node,
           min(at_ns - ifnull(duration_ns, 0)) FILTER (WHERE name = 'submitted') AS planned_ns,
           min(at_ns) FILTER (WHERE name = 'submitted') AS submitted_ns,
           max(quantity) FILTER (WHERE name = 'submitted') AS bytes,
           count(*) FILTER (WHERE name = 'attempt_ended') AS attempts,
           count(*) FILTER (WHERE name = 'copy_found') AS copies,
           min(at_ns) FILTER (WHERE name = 'attempt_ended' AND outcome =
               (SELECT number FROM outcome WHERE name = 'accepted')) AS acknowledged_ns,
           min(at_ns) FILTER (WHERE name = 'copy_found') AS delivered_ns,
           count(*) FILTER (WHERE name = 'gave_up') > 0 AS gave_up
    FROM event JOIN kind ON kind.number = event.kind
    WHERE name IN ('submitted', 'attempt_ended', 'copy_found', 'gave_up') AND message IS NOT NULL
    GROUP BY message, recipient
    HAVING submitted_ns IS NOT NULL
)
LEFT JOIN recipient ON recipient.number = recipient
LEFT JOIN sender ON sender.number = node;

CREATE VIEW attempts AS
SELECT ended.message, recipient.address AS recipient, ended.attempt, ended.connection,
       started.at_ns / 1e6 AS started_ms, ended.at_ns / 1e6 AS ended_ms, outcome.name AS outcome,
       phase.name AS phase, ended.code, ended.duration_ns / 1e6 AS waited_ms, ended.text AS reason
FROM event AS ended
LEFT JOIN event AS started ON started.message = ended.message AND started.attempt = ended.attempt
    AND started.kind = (SELECT number FROM kind WHERE name = 'attempt_started')
LEFT JOIN outcome ON outcome.number = ended.outcome
LEFT JOIN phase ON phase.number = ended.phase
LEFT JOIN recipient ON recipient.number = ended.recipient
WHERE ended.kind = (SELECT number FROM kind WHERE name = 'attempt_ended');

CREATE VIEW copies AS
SELECT message, recipient.address AS recipient, at_ns / 1e6 AS found_ms,
       ifnull(receiver.name, node) AS receiver,
       text AS queue_id, ifnull(quantity, 0) AS received_headers, duration_ns / 1e6 AS commit_ms,
       printf('%016x', digest) AS digest
FROM event
LEFT JOIN recipient ON recipient.number = event.recipient
LEFT JOIN receiver ON receiver.number = event.node
WHERE kind = (SELECT number FROM kind WHERE name = 'copy_found');

CREATE VIEW replies AS
SELECT message, recipient.address AS recipient, attempt, connection, at_ns / 1e6 AS at_ms,
       phase.name AS phase, code, ifnull(duration_ns, 0) / 1e6 AS waited_ms, text
FROM event
LEFT JOIN phase ON phase.number = event.phase
LEFT JOIN recipient ON recipient.number = event.recipient
WHERE kind = (SELECT number FROM kind WHERE name = 'reply_seen');

CREATE VIEW faults AS
WITH numbered AS (
    SELECT event.*, kind.name AS what,
           row_number() OVER (PARTITION BY kind, rule, message, recipient, connection, phase
                              ORDER BY seq) AS turn
    FROM event JOIN kind ON kind.number = event.kind
    WHERE kind.name IN ('rule_fired', 'rule_achieved')
)
SELECT fired.message, recipient.address AS recipient, fired.attempt, fired.connection,
       rule.name AS rule, fired.text AS effect, phase.name AS phase, fired.code,
       fired.at_ns / 1e6 AS at_ms, fired.duration_ns / 1e6 AS asked_ms,
       achieved.duration_ns / 1e6 AS achieved_ms, achieved.text AS ending
FROM numbered AS fired
LEFT JOIN numbered AS achieved ON achieved.what = 'rule_achieved' AND achieved.turn = fired.turn
    AND achieved.connection IS fired.connection AND achieved.message IS fired.message
    AND achieved.rule IS fired.rule AND achieved.recipient IS fired.recipient
    AND achieved.phase IS fired.phase
LEFT JOIN rule ON rule.number = fired.rule
LEFT JOIN phase ON phase.number = fired.phase
LEFT JOIN recipient ON recipient.number = fired.recipient
WHERE fired.what = 'rule_fired';
)sql";

std::string fill(std::string_view table, std::span<const std::string_view> names) {
    std::string sql;
    for (std::size_t number = 0; number < names.size(); ++number) {
        sql += fmt::format("INSERT INTO {} VALUES ({}, '{}');\n", table, number, names[number]);
    }
    return sql;
}

}  // namespace

std::string ledger_schema() {
    return fmt::format("PRAGMA application_id = {};\nPRAGMA user_version = {};\n{}{}{}{}{}",
                       ledger_application_id, ledger_schema_version, tables,
                       fill("kind", event_kind_names), fill("phase", phase_names),
                       fill("outcome", outcome_names), views);
}

}  // namespace twofifty::harness
