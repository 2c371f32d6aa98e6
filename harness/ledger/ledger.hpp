// The ledger: where the events of a run are kept, in one SQLite file that anyone can query. It is
// written while the run goes on, so that a run that is killed can still be judged. Events are
// stored many to a row, as JSON, and a view shows them one a row: a row each would cost more than
// all else in a run.
#pragma once

#include "harness/ledger/facts.hpp"
#include "harness/ledger/sqlite.hpp"
#include "record/event.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::harness {

/// The store failed: the disk is full, the file is locked, damaged, no ledger, or of a newer
/// program. what() is one whole sentence that names the file. What was stored before stays as it
/// was.
class LedgerError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// One ledger file, open. Belongs to one thread at a time. Every function throws LedgerError.
///
/// The file is in WAL mode without syncing: what append() has returned from is with the kernel, so
/// a process that is killed loses nothing of it; a machine that loses power may. Others may read
/// the file while it is written. When the writer closes it in order, all is in the one file again.
class Ledger {
public:
    /// Makes a new ledger. The file must not exist, its folder must. A file that would grow beyond
    /// `most_bytes` is treated as a full disk; 0: no such limit.
    static Ledger create(const std::string& path, std::int64_t most_bytes = 0);

    /// Opens a ledger for reading; also one that is being written, or whose writer was killed.
    static Ledger open(const std::string& path);

    Ledger(Ledger&&) noexcept = default;
    Ledger& operator=(Ledger&&) = delete;
    ~Ledger();

    /// Stores the events in their order: all of them, or none where it throws.
    void append(std::span<const Event> events);

    /// Facts about the run itself: scenario, world, seed, version, run_id, started_at, state
    /// ("running", "complete"), ... A key that is set again gets the new value.
    void set_run(std::string_view key, std::string_view value);
    /// Empty where the key was never set.
    std::string run(std::string_view key) const;

    /// The addresses of the run by their numbers, from 1.
    void set_recipients(std::span<const std::string> addresses);
    std::vector<std::string> recipients() const;

    /// Their names by their numbers, from 1, which are the events' nodes.
    void set_receivers(std::span<const std::string> names);
    void set_senders(std::span<const std::string> names);
    std::vector<std::string> receivers() const;
    std::vector<std::string> senders() const;

    void set_rules(std::span<const RuleFacts> rules);
    std::vector<RuleFacts> rules() const;

    /// Stores who and what appeared while the run went on: all of them, or none where it throws.
    void introduce(std::span<const Introduction> newcomers);
    /// The messages of clients that are not ours, by their numbers; none in a run of the fleet.
    std::vector<ForeignMessage> foreign_messages() const;
    /// The one of that number; nothing where there is none.
    std::optional<ForeignMessage> foreign_message(std::uint32_t number) const;

    std::uint64_t event_count() const;

    /// Calls `visit` with every event in the order in which they were stored. The event is valid
    /// during the call. The store is read as it goes: memory does not grow with the run.
    void for_each_event(const std::function<void(const Event&)>& visit) const;

    /// The events of one message, in order: its timeline. Only the rows that hold messages from
    /// before it to behind it are looked at.
    std::vector<Event> events_of(std::uint32_t message) const;

private:
    Ledger(std::string path, Database database) noexcept
        : path_(std::move(path)), database_(std::move(database)) {}

    static Database connect(const std::string& path, int flags);
    void require_ledger() const;
    void require_same_words(std::string_view table, std::span<const std::string_view> names) const;
    void execute(const std::string& sql, std::string_view doing) const;
    Statement prepare(std::string_view sql, std::string_view doing) const;
    std::vector<std::string> texts(std::string_view sql) const;
    std::int64_t number(std::string_view sql) const;
    void write(std::span<const Event> events);
    void write_row(std::int64_t seq, std::span<const Event> events);
    void replace_names(std::string_view table, std::span<const std::string> names);
    void replace_table(std::string_view table, std::string_view insert, std::size_t rows,
                       const std::function<void(std::size_t, sqlite3_stmt*)>& bind);
    void abandon() noexcept;
    void visit_blocks(sqlite3_stmt* rows, const std::function<void(const Event&)>& visit) const;

    std::string path_;
    Database database_;
    Statement insert_;
    std::string block_;
    std::int64_t next_seq_ = 1;
    bool writes_ = false;
};

}  // namespace twofifty::harness
