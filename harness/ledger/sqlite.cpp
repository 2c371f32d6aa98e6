#include "harness/ledger/sqlite.hpp"

#include "harness/ledger/ledger.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <system_error>

namespace twofifty::harness {

namespace {

/// The operating system's words for the last failed call; SQLite's where there was none.
std::string system_reason(sqlite3* database) {
    const int number = database == nullptr ? 0 : sqlite3_system_errno(database);
    if (number != 0) return std::generic_category().message(number);
    return database == nullptr ? "out of memory" : sqlite3_errmsg(database);
}

std::string reason(sqlite3* database, int code) {
    switch (code & 0xff) {
        case SQLITE_FULL: return "the disk is full";
        case SQLITE_BUSY:
        case SQLITE_LOCKED: return "another program holds it locked";
        case SQLITE_CORRUPT: return fmt::format("it is damaged ({})", sqlite3_errmsg(database));
        case SQLITE_NOTADB: return "it is not a ledger of twofifty";
        case SQLITE_READONLY: return "it may only be read";
        default: return system_reason(database);
    }
}

}  // namespace

void CloseDatabase::operator()(sqlite3* database) const noexcept {
    sqlite3_close_v2(database);
}

void CloseStatement::operator()(sqlite3_stmt* statement) const noexcept {
    sqlite3_finalize(statement);
}

void fail(sqlite3* database, int code, std::string_view doing, const std::string& path) {
    throw LedgerError(
        fmt::format("cannot {} the ledger {}: {}.", doing, path, reason(database, code)));
}

}  // namespace twofifty::harness
