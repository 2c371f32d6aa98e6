#pragma once

#include "record/time.hpp"
#include "settings/value.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::settings {

/// The name among `names` that is nearest to what was written (edit distance, at most a third of
/// its length); empty: none.
std::string nearest(std::string_view written, std::span<const std::string_view> names);

/// Reads one table key by key, checks type and range, and remembers which keys were asked for, so
/// that finish() can name the ones nobody knows. Every getter throws Error with file, line, column,
/// the key's full path and what would be right. The tree must remain live while the Section is
/// used.
class Section {
public:
    /// `path` is how the table is called in messages: "fleet", "impair[2].when"; empty for the
    /// document itself.
    Section(const Value& table, std::string path);
    /// An absent table: every getter yields its default.
    Section(Place place, std::string path);

    const std::string& path() const { return path_; }
    const Place& place() const { return place_; }
    bool has(std::string_view key);
    /// The raw value, or null. Counts as asked for.
    const Value* value(std::string_view key);
    /// The place of a key, or the table's own where the key is absent.
    const Place& place_of(std::string_view key) const;
    /// Keys present, in the order of the file.
    std::vector<std::string> keys() const;

    std::optional<std::string> text(std::string_view key);
    std::optional<bool> flag(std::string_view key);
    std::optional<std::int64_t> count(std::string_view key, std::int64_t least, std::int64_t most);
    std::optional<double> number(std::string_view key, double least, double most);
    std::optional<Duration> duration(std::string_view key);
    std::optional<Duration> duration(std::string_view key, Duration least, Duration most);
    std::optional<std::uint64_t> size(std::string_view key);
    std::optional<std::uint64_t> size(std::string_view key, std::uint64_t least,
                                      std::uint64_t most);
    std::optional<double> rate(std::string_view key);
    /// The index of a text in `names`; the message of any other names them all, or the nearest one.
    std::optional<std::size_t> choice(std::string_view key,
                                      std::span<const std::string_view> names);
    std::optional<std::vector<std::string>> texts(std::string_view key);
    std::optional<std::vector<Duration>> durations(std::string_view key, Duration least,
                                                   Duration most);

    /// The sub-table; absent is an empty one.
    Section section(std::string_view key);
    /// An array of tables; absent is empty.
    std::vector<Section> sections(std::string_view key);

    /// Throws: "<place of the key>: <path.key>: <message>". The key need not exist: then the
    /// table's place is named, or a key that nobody asked for and that looks like a misspelling of
    /// this one.
    [[noreturn]] void fail(std::string_view key, const std::string& message) const;

    /// Throws for the first key that nobody asked for, and names the nearest known one.
    void finish();

private:
    [[noreturn]] void fail_kind(std::string_view key, const Value& value,
                                const std::string& expected) const;
    std::string path_of(std::string_view key) const;

    const Table* table_ = nullptr;
    Place place_;
    std::string path_;
    std::vector<std::string> known_;
};

}  // namespace twofifty::settings
