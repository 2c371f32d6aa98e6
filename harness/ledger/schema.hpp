// The tables of a ledger and the views that a user queries. docs/accounting.md explains them.
#pragma once

#include <cstdint>
#include <string>

namespace twofifty::harness {

/// Marks a file as a ledger ("TF50"); SQLite keeps it in the file's header.
inline constexpr std::int32_t ledger_application_id = 0x54463530;

/// Counts up whenever an older program would misread the tables, a new place for an enumerator
/// included: the rows hold their numbers.
inline constexpr std::int32_t ledger_schema_version = 3;

/// The statements that make an empty ledger.
std::string ledger_schema();

}  // namespace twofifty::harness
