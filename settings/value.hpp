// What the user wrote: a tree of values in which each one knows where it stood. TOML files, --set
// options and (in requests to the proxy) JSON all become this, so that every part reads its
// settings, and complains about them, in one way.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace twofifty::settings {

/// Where a value stood. `source` is a file's name as the user gave it, or an option such as
/// "--set". line 0: no line.
struct Place {
    std::string source;
    std::uint32_t line = 0;
    std::uint32_t column = 0;
};

/// "file:line:column", or "source" alone where there is no line.
std::string to_string(const Place& place);

/// Bad input, found before anything was started. what() is the whole message: place, key, what was
/// wrong, what would be right.
class Error : public std::runtime_error {
public:
    Error(const Place& place, const std::string& message);
};

struct Value;

/// Keys in the order of the file, each with the place of the key itself.
struct Table {
    struct Entry;
    std::vector<Entry> entries;

    const Entry* find(std::string_view key) const;
    Entry* find(std::string_view key);
};

using List = std::vector<Value>;

struct Value {
    std::variant<bool, std::int64_t, double, std::string, List, Table> data;
    Place place;

    /// "a text", "a whole number", "a table", ...: for messages.
    std::string_view kind() const;
};

struct Table::Entry {
    std::string key;
    Place place;
    Value value;
};

/// Reads a TOML document. `source` names it in messages.
/// Throws Error (the parser's own words, with line and column) where it is no TOML.
Value parse_toml(std::string_view text, std::string source);

/// The text of a settings file. Throws Error where it is missing, cannot be read, or is over 1 MiB.
std::string read_text_file(const std::string& path);

/// Reads a TOML file. Throws Error where the file is missing or cannot be read.
Value read_toml_file(const std::string& path);

/// The text as a TOML string, quotes included.
std::string toml_text(std::string_view text);

/// The value as TOML on one line: a table as `{ a = 1 }`. parse_toml reads it back as the same.
std::string to_toml(const Value& value);

/// What a value is, for messages: `the text "two"`, `the number 2`, `a table`. One short line
/// whatever the value holds.
std::string describe(const Value& value);

/// Applies "dotted.key=value" to a tree: the value is read as TOML, or as a text where it is none
/// (`fleet.rate=200/s`). Tables on the way are made. In an array of tables a part of the key is the
/// table's number, from 1, or its `name` (`impair.lose-250.when.probability=0.5`). A part with dots
/// is put in quotes. Throws Error that names the option.
void apply_override(Value& root, std::string_view assignment);

/// A value alone, read as TOML, and as a text where it is none. All of it stands at `place`.
Value parse_value(std::string_view text, const Place& place);

/// Sets a key, written as in apply_override, to a value that was read already. `place` is where the
/// key stood, for messages. Throws Error that names it.
void set_key(Value& root, std::string_view key, Value value, const Place& place);

}  // namespace twofifty::settings
