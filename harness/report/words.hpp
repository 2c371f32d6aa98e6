// The words of a report: what the short names of verdicts, causes and routes mean to somebody who
// reads them for the first time, and how quantities are written.
#pragma once

#include "harness/report/summary.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::harness {

/// "duplicated" -> "two copies or more arrived". A name without words is its own description.
std::string_view describe_verdict(std::string_view name);

/// "reply_dropped" -> "the reply to the final dot was dropped".
std::string_view describe_cause(std::string_view name);

/// "recipient_subset" -> "sent again to recipients already accepted".
std::string_view describe_route(std::string_view name);

/// About three significant digits, never fewer than the whole milliseconds: "0.412", "13.7",
/// "2003".
std::string format_ms(double ms);

/// A moment of a timeline: "+2.000 s", "+12m 05s", "+3h 20m", "+5d 01h".
std::string format_since(double ms);

/// "1.95 %"; "0 %" for none; "-" of nothing.
std::string format_share(std::uint64_t part, std::uint64_t whole);

/// What receivers kept from the mailboxes: "3 copies more were suppressed by the receiver: 2
/// recipients' messages were accepted twice or more."; empty where nothing.
std::vector<std::string> describe_withheld(const Summary& summary);

/// "sender (postfix 3.7.11): greeted after 0.34 s; killed at +2.00 s, ...": what happened to it.
std::string describe_server(const ServerFigures& server);
/// "12 lines say that a message may be sent more than once", ...: what its log tells.
std::vector<std::string> describe_log(const ServerFigures& server);
/// "domino, incoming: 37 messages at most, after 1h 20m; the oldest waited 250 s".
std::string describe_queue(const QueueFigures& queue);

/// "1 copy", "2 copies".
std::string counted(std::uint64_t count, std::string_view one, std::string_view many);

/// "2.1 %", "1003 ms", "3"; "nothing measured" without a value.
std::string format_value(const std::optional<double>& value, std::string_view unit);

}  // namespace twofifty::harness
