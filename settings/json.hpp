// JSON into the tree of settings and back, so that a request is read, and complained about, like a
// file.
#pragma once

#include "settings/value.hpp"

#include <string>
#include <string_view>

namespace twofifty::settings {

/// Reads one JSON document (RFC 8259). `source` names it in messages. A key whose value is null is
/// as if it were absent, and so is a document that is null: it becomes an empty table. Throws Error
/// with line and column where it is no JSON, where a key stands twice in a table, where a list
/// holds null, and where it is more than 64 levels deep.
Value parse_json(std::string_view text, std::string source);

/// The tree as JSON on one line, without spaces. A number is written as short as it reads back as
/// the same.
std::string to_json(const Value& value);

/// The text as a JSON string, quotes included. What is no UTF-8 becomes U+FFFD.
std::string json_text(std::string_view text);

}  // namespace twofifty::settings
