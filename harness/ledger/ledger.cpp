#include "harness/ledger/ledger.hpp"

#include "harness/ledger/event_block.hpp"
#include "harness/ledger/schema.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <variant>

namespace twofifty::harness {

namespace {

/// A reader with a long query makes the writer wait only while the file is opened or closed.
constexpr int busy_timeout_ms = 5000;

/// Pages wide enough that the tree of a long run stays flat.
constexpr std::int64_t page_bytes = 16384;

void bind_text(sqlite3_stmt* statement, int column, std::string_view text) {
    sqlite3_bind_text64(statement, column, text.empty() ? "" : text.data(), text.size(),
                        SQLITE_STATIC, SQLITE_UTF8);
}

std::string column_text(sqlite3_stmt* row, int column) {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(row, column));
    if (text == nullptr) return {};
    return {text, static_cast<std::size_t>(sqlite3_column_bytes(row, column))};
}

constexpr std::string_view block_insert = "INSERT INTO block VALUES (?, ?, ?, ?, ?)";

/// The numbers of the messages that some events are about; none where they are about no message.
struct MessageRange {
    std::uint32_t least = std::numeric_limits<std::uint32_t>::max();
    std::uint32_t most = 0;

    explicit MessageRange(std::span<const Event> events) {
        for (const Event& event : events) {
            if (event.message == 0) continue;
            least = std::min(least, event.message);
            most = std::max(most, event.message);
        }
    }
};

constexpr std::string_view foreign_select =
    "SELECT number, sender, message_id, digest FROM foreign_message";

ForeignMessage read_foreign_message(sqlite3_stmt* row) {
    return {static_cast<std::uint32_t>(sqlite3_column_int64(row, 0)), column_text(row, 1),
            column_text(row, 2), static_cast<std::uint64_t>(sqlite3_column_int64(row, 3))};
}

/// Binds a newcomer to the statement of its table, which it yields.
struct Introducer {
    sqlite3_stmt* operator()(const ForeignMessage& message) const {
        sqlite3_bind_int64(of_message.get(), 1, message.number);
        bind_text(of_message.get(), 2, message.sender);
        bind_text(of_message.get(), 3, message.message_id);
        sqlite3_bind_int64(of_message.get(), 4, static_cast<std::int64_t>(message.digest));
        return of_message.get();
    }
    sqlite3_stmt* operator()(const RecipientFacts& recipient) const {
        sqlite3_bind_int64(of_recipient.get(), 1, recipient.number);
        bind_text(of_recipient.get(), 2, recipient.address);
        return of_recipient.get();
    }
    sqlite3_stmt* operator()(const NewRule& rule) const {
        sqlite3_bind_int64(of_rule.get(), 1, rule.number);
        bind_text(of_rule.get(), 2, rule.facts.name);
        bind_text(of_rule.get(), 3, rule.facts.effect);
        return of_rule.get();
    }
    sqlite3_stmt* operator()(const RunFact& fact) const {
        bind_text(of_run.get(), 1, fact.key);
        bind_text(of_run.get(), 2, fact.value);
        return of_run.get();
    }

    Statement of_message;
    Statement of_recipient;
    Statement of_rule;
    Statement of_run;
};

}  // namespace

Database Ledger::connect(const std::string& path, int flags) {
    sqlite3* raw = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX, nullptr);
    Database database(raw);
    const bool makes = (flags & SQLITE_OPEN_CREATE) != 0;
    if (code != SQLITE_OK) fail(raw, code, makes ? "create" : "open", path);
    sqlite3_extended_result_codes(raw, 1);
    sqlite3_busy_timeout(raw, busy_timeout_ms);
    return database;
}

Ledger Ledger::create(const std::string& path, std::int64_t most_bytes) {
    std::error_code ec;
    if (std::filesystem::exists(path, ec)) {
        throw LedgerError(fmt::format(
            "cannot create the ledger {}: the file exists, and a ledger belongs to one run.",
            path));
    }
    Ledger ledger(path, connect(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE));
    ledger.execute(fmt::format("PRAGMA page_size = {};"
                               "PRAGMA journal_mode = WAL;"
                               "PRAGMA synchronous = OFF;"
                               "PRAGMA cache_size = -16384;",
                               page_bytes),
                   "create");
    ledger.execute("BEGIN IMMEDIATE;" + ledger_schema() + "COMMIT;", "create");
    if (most_bytes > 0) {
        ledger.execute(fmt::format("PRAGMA max_page_count = {};", most_bytes / page_bytes),
                       "create");
    }
    ledger.insert_ = ledger.prepare(block_insert, "create");
    ledger.writes_ = true;
    return ledger;
}

Ledger Ledger::open(const std::string& path) {
    Ledger ledger(path, connect(path, SQLITE_OPEN_READONLY));
    ledger.require_ledger();
    return ledger;
}

Ledger::~Ledger() {
    insert_.reset();
    if (database_ == nullptr || !writes_) return;
    // One file, readable from any place, once the run is over. Where a reader still holds it open
    // this fails, and the ledger stays in its present mode: nothing is lost.
    sqlite3_busy_timeout(database_.get(), 0);
    sqlite3_exec(database_.get(), "PRAGMA journal_mode = DELETE", nullptr, nullptr, nullptr);
}

void Ledger::require_ledger() const {
    if (number("PRAGMA application_id") != ledger_application_id) {
        throw LedgerError(
            fmt::format("cannot open the ledger {}: it is not a ledger of twofifty.", path_));
    }
    const std::int64_t version = number("PRAGMA user_version");
    if (version != ledger_schema_version) {
        throw LedgerError(
            fmt::format("cannot open the ledger {}: its schema is {}, this program "
                        "reads {}; use the version that wrote it, or a newer one.",
                        path_, version, ledger_schema_version));
    }
    require_same_words("kind", event_kind_names);
    require_same_words("phase", phase_names);
    require_same_words("outcome", outcome_names);
}

void Ledger::require_same_words(std::string_view table,
                                std::span<const std::string_view> names) const {
    const Statement rows =
        prepare(fmt::format("SELECT number, name FROM {} ORDER BY number", table), "open");
    std::size_t expected = 0;
    int code = sqlite3_step(rows.get());
    for (; code == SQLITE_ROW; code = sqlite3_step(rows.get())) {
        const std::int64_t number = sqlite3_column_int64(rows.get(), 0);
        if (number != static_cast<std::int64_t>(expected) || expected >= names.size() ||
            column_text(rows.get(), 1) != names[expected]) {
            throw LedgerError(fmt::format(
                "cannot open the ledger {}: its table {} is not the one of this program.", path_,
                table));
        }
        ++expected;
    }
    if (code != SQLITE_DONE) fail(database_.get(), code, "open", path_);
}

void Ledger::append(std::span<const Event> events) {
    if (events.empty()) return;
    execute("BEGIN IMMEDIATE", "write");
    try {
        write(events);
        execute("COMMIT", "write");
    } catch (...) {
        abandon();
        throw;
    }
    next_seq_ += static_cast<std::int64_t>(events.size());
}

void Ledger::write(std::span<const Event> events) {
    std::int64_t seq = next_seq_;
    while (!events.empty()) {
        const std::size_t count = std::min(events.size(), most_events_in_block);
        write_row(seq, events.first(count));
        events = events.subspan(count);
        seq += static_cast<std::int64_t>(count);
    }
}

void Ledger::write_row(std::int64_t seq, std::span<const Event> events) {
    write_block(events, block_);
    const MessageRange messages(events);
    sqlite3_stmt* const insert = insert_.get();
    sqlite3_bind_int64(insert, 1, seq);
    sqlite3_bind_int64(insert, 2, static_cast<std::int64_t>(events.size()));
    if (messages.most == 0) {
        sqlite3_bind_null(insert, 3);
        sqlite3_bind_null(insert, 4);
    } else {
        sqlite3_bind_int64(insert, 3, messages.least);
        sqlite3_bind_int64(insert, 4, messages.most);
    }
    // A text that is too long for SQLite is the one thing that binding can refuse.
    const int bound =
        sqlite3_bind_text64(insert, 5, block_.data(), block_.size(), SQLITE_STATIC, SQLITE_UTF8);
    const int code = bound == SQLITE_OK ? sqlite3_step(insert) : bound;
    // The reset repeats the error of the step; the words of it must be read before.
    if (code != SQLITE_DONE) {
        try {
            fail(database_.get(), code, "write", path_);
        } catch (...) {
            sqlite3_reset(insert);
            throw;
        }
    }
    sqlite3_reset(insert);
}

void Ledger::abandon() noexcept {
    // After some errors (a full disk) SQLite has already rolled back by itself.
    if (sqlite3_get_autocommit(database_.get()) == 0) {
        sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
    }
}

void Ledger::set_run(std::string_view key, std::string_view value) {
    const Statement insert = prepare(
        "INSERT INTO run VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        "write");
    bind_text(insert.get(), 1, key);
    bind_text(insert.get(), 2, value);
    const int code = sqlite3_step(insert.get());
    if (code != SQLITE_DONE) fail(database_.get(), code, "write", path_);
}

std::string Ledger::run(std::string_view key) const {
    const Statement row = prepare("SELECT value FROM run WHERE key = ?", "read");
    bind_text(row.get(), 1, key);
    const int code = sqlite3_step(row.get());
    if (code != SQLITE_ROW && code != SQLITE_DONE) fail(database_.get(), code, "read", path_);
    return code == SQLITE_ROW ? column_text(row.get(), 0) : std::string{};
}

void Ledger::replace_table(std::string_view table, std::string_view insert, std::size_t rows,
                           const std::function<void(std::size_t, sqlite3_stmt*)>& bind) {
    execute("BEGIN IMMEDIATE", "write");
    try {
        execute(fmt::format("DELETE FROM {}", table), "write");
        const Statement statement = prepare(insert, "write");
        for (std::size_t i = 0; i < rows; ++i) {
            sqlite3_bind_int64(statement.get(), 1, static_cast<std::int64_t>(i) + 1);
            bind(i, statement.get());
            const int code = sqlite3_step(statement.get());
            if (code != SQLITE_DONE) fail(database_.get(), code, "write", path_);
            sqlite3_reset(statement.get());
        }
        execute("COMMIT", "write");
    } catch (...) {
        abandon();
        throw;
    }
}

void Ledger::replace_names(std::string_view table, std::span<const std::string> names) {
    replace_table(table, fmt::format("INSERT INTO {} VALUES (?, ?)", table), names.size(),
                  [&](std::size_t i, sqlite3_stmt* row) { bind_text(row, 2, names[i]); });
}

void Ledger::set_recipients(std::span<const std::string> addresses) {
    replace_names("recipient", addresses);
}

void Ledger::set_receivers(std::span<const std::string> names) {
    replace_names("receiver", names);
}

void Ledger::set_senders(std::span<const std::string> names) {
    replace_names("sender", names);
}

std::vector<std::string> Ledger::texts(std::string_view sql) const {
    const Statement rows = prepare(sql, "read");
    std::vector<std::string> found;
    int code = sqlite3_step(rows.get());
    for (; code == SQLITE_ROW; code = sqlite3_step(rows.get()))
        found.push_back(column_text(rows.get(), 0));
    if (code != SQLITE_DONE) fail(database_.get(), code, "read", path_);
    return found;
}

std::vector<std::string> Ledger::recipients() const {
    return texts("SELECT address FROM recipient ORDER BY number");
}

std::vector<std::string> Ledger::receivers() const {
    return texts("SELECT name FROM receiver ORDER BY number");
}

std::vector<std::string> Ledger::senders() const {
    return texts("SELECT name FROM sender ORDER BY number");
}

void Ledger::set_rules(std::span<const RuleFacts> rules) {
    replace_table("rule", "INSERT INTO rule VALUES (?, ?, ?)", rules.size(),
                  [&](std::size_t i, sqlite3_stmt* row) {
                      bind_text(row, 2, rules[i].name);
                      bind_text(row, 3, rules[i].effect);
                  });
}

std::vector<RuleFacts> Ledger::rules() const {
    const Statement rows = prepare("SELECT name, effect FROM rule ORDER BY number", "read");
    std::vector<RuleFacts> rules;
    int code = sqlite3_step(rows.get());
    for (; code == SQLITE_ROW; code = sqlite3_step(rows.get())) {
        rules.push_back({column_text(rows.get(), 0), column_text(rows.get(), 1)});
    }
    if (code != SQLITE_DONE) fail(database_.get(), code, "read", path_);
    return rules;
}

void Ledger::introduce(std::span<const Introduction> newcomers) {
    if (newcomers.empty()) return;
    execute("BEGIN IMMEDIATE", "write");
    try {
        Introducer introducer{
            prepare("INSERT OR REPLACE INTO foreign_message VALUES (?, ?, nullif(?, ''), ?)",
                    "write"),
            prepare("INSERT OR REPLACE INTO recipient VALUES (?, ?)", "write"),
            prepare("INSERT OR REPLACE INTO rule VALUES (?, ?, ?)", "write"),
            prepare("INSERT OR REPLACE INTO run VALUES (?, ?)", "write")};
        for (const Introduction& newcomer : newcomers) {
            sqlite3_stmt* const row = std::visit(introducer, newcomer);
            const int code = sqlite3_step(row);
            if (code != SQLITE_DONE) fail(database_.get(), code, "write", path_);
            sqlite3_reset(row);
        }
        execute("COMMIT", "write");
    } catch (...) {
        abandon();
        throw;
    }
}

std::vector<ForeignMessage> Ledger::foreign_messages() const {
    const Statement rows = prepare(fmt::format("{} ORDER BY number", foreign_select), "read");
    std::vector<ForeignMessage> messages;
    int code = sqlite3_step(rows.get());
    for (; code == SQLITE_ROW; code = sqlite3_step(rows.get()))
        messages.push_back(read_foreign_message(rows.get()));
    if (code != SQLITE_DONE) fail(database_.get(), code, "read", path_);
    return messages;
}

std::optional<ForeignMessage> Ledger::foreign_message(std::uint32_t number) const {
    const Statement row = prepare(fmt::format("{} WHERE number = ?", foreign_select), "read");
    sqlite3_bind_int64(row.get(), 1, number);
    const int code = sqlite3_step(row.get());
    if (code != SQLITE_ROW && code != SQLITE_DONE) fail(database_.get(), code, "read", path_);
    if (code == SQLITE_DONE) return std::nullopt;
    return read_foreign_message(row.get());
}

std::uint64_t Ledger::event_count() const {
    return static_cast<std::uint64_t>(number("SELECT ifnull(sum(events_count), 0) FROM block"));
}

void Ledger::visit_blocks(sqlite3_stmt* rows,
                          const std::function<void(const Event&)>& visit) const {
    Event event;
    int code = sqlite3_step(rows);
    for (; code == SQLITE_ROW; code = sqlite3_step(rows)) {
        std::int64_t seq = sqlite3_column_int64(rows, 0);
        const std::string block = column_text(rows, 1);
        BlockReader reader(block);
        BlockReader::Found found = reader.next(event);
        for (; found == BlockReader::Found::event; found = reader.next(event)) {
            visit(event);
            ++seq;
        }
        if (found == BlockReader::Found::damage) {
            throw LedgerError(fmt::format(
                "cannot read the ledger {}: it is damaged (event {} cannot be read).", path_, seq));
        }
    }
    if (code != SQLITE_DONE) fail(database_.get(), code, "read", path_);
}

void Ledger::for_each_event(const std::function<void(const Event&)>& visit) const {
    visit_blocks(prepare("SELECT seq, events FROM block ORDER BY seq", "read").get(), visit);
}

std::vector<Event> Ledger::events_of(std::uint32_t message) const {
    const Statement rows = prepare(
        "SELECT seq, events FROM block WHERE ? BETWEEN least_message AND most_message ORDER BY seq",
        "read");
    sqlite3_bind_int64(rows.get(), 1, message);
    std::vector<Event> events;
    visit_blocks(rows.get(), [&](const Event& event) {
        if (event.message == message) events.push_back(event);
    });
    return events;
}

void Ledger::execute(const std::string& sql, std::string_view doing) const {
    const int code = sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) fail(database_.get(), code, doing, path_);
}

Statement Ledger::prepare(std::string_view sql, std::string_view doing) const {
    sqlite3_stmt* raw = nullptr;
    const int code = sqlite3_prepare_v2(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                        &raw, nullptr);
    if (code != SQLITE_OK) fail(database_.get(), code, doing, path_);
    return Statement(raw);
}

std::int64_t Ledger::number(std::string_view sql) const {
    const Statement row = prepare(sql, "open");
    const int code = sqlite3_step(row.get());
    if (code != SQLITE_ROW) fail(database_.get(), code, "open", path_);
    return sqlite3_column_int64(row.get(), 0);
}

}  // namespace twofifty::harness
