// An event as a row of the table `event`, and back: the only place that knows the columns' order.
#pragma once

#include "record/event.hpp"

#include <cstdint>
#include <string_view>

struct sqlite3_stmt;

namespace twofifty::harness {

extern const std::string_view event_insert;
extern const std::string_view event_select;
inline constexpr int event_seq_column = 0;

/// Binds every column of event_insert. The event must live until the statement was stepped.
/// Returns SQLITE_OK or an error code.
int bind_event(sqlite3_stmt* insert, std::int64_t seq, const Event& event);

/// Reads a row of event_select. False where a number fits no field: the row is not ours.
bool read_event(sqlite3_stmt* row, Event& event);

}  // namespace twofifty::harness
