// SQLite as the ledger uses it: a connection and its statements that close themselves, and errors
// that are one sentence.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace twofifty::harness {

struct CloseDatabase {
    void operator()(sqlite3* database) const noexcept;
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;

struct CloseStatement {
    void operator()(sqlite3_stmt* statement) const noexcept;
};
using Statement = std::unique_ptr<sqlite3_stmt, CloseStatement>;

/// Throws LedgerError: "cannot <doing> the ledger <path>: <reason>.", with the reason of SQLite's
/// last failure, told by `code`.
[[noreturn]] void fail(sqlite3* database, int code, std::string_view doing,
                       const std::string& path);

}  // namespace twofifty::harness
