#include "harness/ledger/event_row.hpp"

#include <sqlite3.h>

#include <bit>
#include <limits>

namespace twofifty::harness {

const std::string_view event_insert =
    "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

const std::string_view event_select =
    "SELECT seq, at_ns, kind, phase, outcome, code, node, message, recipient, attempt, connection,"
    " rule, duration_ns, quantity, digest, text FROM event";

namespace {

int bind_number(sqlite3_stmt* insert, int column, std::int64_t value) {
    return value == 0 ? sqlite3_bind_null(insert, column)
                      : sqlite3_bind_int64(insert, column, value);
}

int bind_words(sqlite3_stmt* insert, int column, const std::string& text) {
    if (text.empty()) return sqlite3_bind_null(insert, column);
    return sqlite3_bind_text64(insert, column, text.data(), text.size(), SQLITE_STATIC,
                               SQLITE_UTF8);
}

/// Takes a number where it fits the field; otherwise says so.
template <class Field>
bool take(sqlite3_stmt* row, int column, Field& field) {
    const std::int64_t value = sqlite3_column_int64(row, column);
    field = static_cast<Field>(value);
    return value >= 0 && value <= static_cast<std::int64_t>(std::numeric_limits<Field>::max());
}

template <class Enumeration>
bool take(sqlite3_stmt* row, int column, Enumeration& field, std::size_t count) {
    const std::int64_t value = sqlite3_column_int64(row, column);
    field = static_cast<Enumeration>(value);
    return value >= 0 && value < static_cast<std::int64_t>(count);
}

}  // namespace

int bind_event(sqlite3_stmt* insert, std::int64_t seq, const Event& event) {
    int bad = sqlite3_bind_int64(insert, 1, seq);
    bad |= sqlite3_bind_int64(insert, 2, event.at.time_since_epoch().count());
    bad |= sqlite3_bind_int64(insert, 3, static_cast<std::int64_t>(event.kind));
    bad |= bind_number(insert, 4, static_cast<std::int64_t>(event.phase));
    bad |= bind_number(insert, 5, static_cast<std::int64_t>(event.outcome));
    bad |= bind_number(insert, 6, event.code);
    bad |= bind_number(insert, 7, event.node);
    bad |= bind_number(insert, 8, event.message);
    bad |= bind_number(insert, 9, event.recipient);
    bad |= bind_number(insert, 10, event.attempt);
    bad |= bind_number(insert, 11, event.connection);
    bad |= bind_number(insert, 12, event.rule);
    bad |= bind_number(insert, 13, event.duration.count());
    bad |= bind_number(insert, 14, event.quantity);
    bad |= bind_number(insert, 15, std::bit_cast<std::int64_t>(event.digest));
    // A text that is too long for SQLite is the one thing that binding can refuse.
    const int text = bind_words(insert, 16, event.text);
    return text != SQLITE_OK ? text : bad;
}

bool read_event(sqlite3_stmt* row, Event& event) {
    event.at = at(Duration{sqlite3_column_int64(row, 1)});
    const bool fits =
        take(row, 2, event.kind, event_kind_names.size()) &&
        take(row, 3, event.phase, phase_names.size()) &&
        take(row, 4, event.outcome, outcome_names.size()) && take(row, 5, event.code) &&
        take(row, 6, event.node) && take(row, 7, event.message) && take(row, 8, event.recipient) &&
        take(row, 9, event.attempt) && take(row, 10, event.connection) && take(row, 11, event.rule);
    event.duration = Duration{sqlite3_column_int64(row, 12)};
    event.quantity = sqlite3_column_int64(row, 13);
    event.digest = std::bit_cast<std::uint64_t>(sqlite3_column_int64(row, 14));
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(row, 15));
    event.text.assign(text == nullptr ? "" : text,
                      static_cast<std::size_t>(sqlite3_column_bytes(row, 15)));
    return fits;
}

}  // namespace twofifty::harness
