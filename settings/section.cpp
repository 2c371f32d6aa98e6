#include "settings/section.hpp"

#include "settings/units.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace twofifty::settings {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Insertions, deletions, substitutions and swaps of neighbours that turn one word into the other.
std::size_t edit_distance(std::string_view left, std::string_view right) {
    std::vector<std::size_t> before_last(right.size() + 1);
    std::vector<std::size_t> last(right.size() + 1);
    std::vector<std::size_t> row(right.size() + 1);
    for (std::size_t j = 0; j <= right.size(); ++j) last[j] = j;
    for (std::size_t i = 1; i <= left.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= right.size(); ++j) {
            const bool same = lower(left[i - 1]) == lower(right[j - 1]);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
            const bool swapped = i > 1 && j > 1 && lower(left[i - 1]) == lower(right[j - 2]) &&
                                 lower(left[i - 2]) == lower(right[j - 1]);
            if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
        std::swap(before_last, last);
        std::swap(last, row);
    }
    return last[right.size()];
}

std::string range_text(std::int64_t least, std::int64_t most) {
    return fmt::format("a whole number from {} to {}", least, most);
}

}  // namespace

std::string nearest(std::string_view written, std::span<const std::string_view> names) {
    std::string_view best;
    // Nothing that is so long was meant to be a key; the distance costs length times length.
    if (written.size() > 100) return {};
    std::size_t best_distance = written.size() / 3 + 1;
    for (const std::string_view name : names) {
        const std::size_t distance = edit_distance(written, name);
        if (distance < best_distance) {
            best = name;
            best_distance = distance;
        }
    }
    return std::string(best);
}

Section::Section(const Value& table, std::string path)
    : table_(std::get_if<Table>(&table.data)), place_(table.place), path_(std::move(path)) {
    if (!table_)
        throw Error(place_, fmt::format("{}: expected a table, found {}", path_, describe(table)));
}

Section::Section(Place place, std::string path)
    : place_(std::move(place)), path_(std::move(path)) {}

bool Section::has(std::string_view key) {
    return value(key) != nullptr;
}

const Value* Section::value(std::string_view key) {
    if (std::ranges::find(known_, key) == known_.end()) known_.emplace_back(key);
    const Table::Entry* entry = table_ ? table_->find(key) : nullptr;
    return entry ? &entry->value : nullptr;
}

std::vector<std::string> Section::keys() const {
    std::vector<std::string> result;
    if (!table_) return result;
    for (const Table::Entry& entry : table_->entries) result.push_back(entry.key);
    return result;
}

std::optional<std::string> Section::text(std::string_view key) {
    const Value* found = value(key);
    if (!found) return std::nullopt;
    const auto* text = std::get_if<std::string>(&found->data);
    if (!text) fail_kind(key, *found, "a text in quotes");
    return *text;
}

std::optional<bool> Section::flag(std::string_view key) {
    const Value* found = value(key);
    if (!found) return std::nullopt;
    const auto* flag = std::get_if<bool>(&found->data);
    if (!flag) fail_kind(key, *found, "true or false");
    return *flag;
}

std::optional<std::int64_t> Section::count(std::string_view key, std::int64_t least,
                                           std::int64_t most) {
    const Value* found = value(key);
    if (!found) return std::nullopt;
    const auto* whole = std::get_if<std::int64_t>(&found->data);
    if (!whole || *whole < least || *whole > most) fail_kind(key, *found, range_text(least, most));
    return *whole;
}

std::optional<double> Section::number(std::string_view key, double least, double most) {
    const Value* found = value(key);
    if (!found) return std::nullopt;
    double number = std::numeric_limits<double>::quiet_NaN();
    if (const auto* real = std::get_if<double>(&found->data)) number = *real;
    if (const auto* whole = std::get_if<std::int64_t>(&found->data))
        number = static_cast<double>(*whole);
    // Written so that "not a number", which TOML can spell, is outside every range.
    if (!(number >= least && number <= most))
        fail_kind(key, *found, fmt::format("a number from {} to {}", least, most));
    return number;
}

std::optional<Duration> Section::duration(std::string_view key) {
    return duration(key, Duration{}, Duration::max());
}

std::optional<Duration> Section::duration(std::string_view key, Duration least, Duration most) {
    const Value* found = value(key);
    if (!found) return std::nullopt;
    const auto* text = std::get_if<std::string>(&found->data);
    const std::optional<Duration> duration = text ? parse_duration(*text) : std::nullopt;
    if (!duration)
        fail_kind(key, *found, "a duration with its unit, such as \"300ms\", \"2s\" or \"1h30m\"");
    if (*duration < least || *duration > most)
        fail_kind(
            key, *found,
            fmt::format("a duration from {} to {}", format_duration(least), format_duration(most)));
    return duration;
}

std::optional<std::uint64_t> Section::size(std::string_view key) {
    return size(key, 0, std::numeric_limits<std::uint64_t>::max());
}

std::optional<std::uint64_t> Section::size(std::string_view key, std::uint64_t least,
                                           std::uint64_t most) {
    const Value* found = value(key);
    if (!found) return std::nullopt;
    const auto* text = std::get_if<std::string>(&found->data);
    const std::optional<std::uint64_t> size = text ? parse_size(*text) : std::nullopt;
    if (!size)
        fail_kind(key, *found, "a size with its unit, such as \"512B\", \"8KiB\" or \"10MiB\"");
    if (*size < least || *size > most)
        fail_kind(key, *found,
                  fmt::format("a size from {} to {}", format_size(least), format_size(most)));
    return size;
}

std::optional<double> Section::rate(std::string_view key) {
    const Value* found = value(key);
    if (!found) return std::nullopt;
    const auto* text = std::get_if<std::string>(&found->data);
    const std::optional<double> rate = text ? parse_rate(*text) : std::nullopt;
    if (!rate)
        fail_kind(key, *found,
                  "a rate above 0 and up to 10000000/s, such as \"200/s\", \"30/m\" or \"5/h\"");
    return rate;
}

std::optional<std::size_t> Section::choice(std::string_view key,
                                           std::span<const std::string_view> names) {
    const Value* found = value(key);
    if (!found) return std::nullopt;
    const auto* text = std::get_if<std::string>(&found->data);
    if (text) {
        const auto name = std::ranges::find(names, *text);
        if (name != names.end()) return static_cast<std::size_t>(name - names.begin());
    }
    std::string expected = fmt::format("one of \"{}\"", fmt::join(names, "\", \""));
    if (names.size() == 1) expected = fmt::format("\"{}\"", names.front());
    const std::string near = text ? nearest(*text, names) : std::string();
    if (!near.empty() && names.size() > 1) expected += fmt::format("; did you mean \"{}\"?", near);
    fail_kind(key, *found, expected);
}

std::optional<std::vector<std::string>> Section::texts(std::string_view key) {
    const Value* found = value(key);
    if (!found) return std::nullopt;
    const auto* list = std::get_if<List>(&found->data);
    if (!list) fail_kind(key, *found, "a list of texts, such as [\"a\", \"b\"]");
    std::vector<std::string> result;
    for (const Value& element : *list) {
        const auto* text = std::get_if<std::string>(&element.data);
        if (!text)
            throw Error(element.place, fmt::format("{}: expected a text in quotes, found {}",
                                                   path_of(key), describe(element)));
        result.push_back(*text);
    }
    return result;
}

std::optional<std::vector<Duration>> Section::durations(std::string_view key, Duration least,
                                                        Duration most) {
    const Value* found = value(key);
    if (!found) return std::nullopt;
    const auto* list = std::get_if<List>(&found->data);
    if (!list) fail_kind(key, *found, "a list of durations, such as [\"1s\", \"2s\"]");
    std::vector<Duration> result;
    for (const Value& element : *list) {
        const auto* text = std::get_if<std::string>(&element.data);
        const std::optional<Duration> duration = text ? parse_duration(*text) : std::nullopt;
        if (!duration || *duration < least || *duration > most)
            throw Error(element.place, fmt::format("{}: expected durations from {} to {}, found {}",
                                                   path_of(key), format_duration(least),
                                                   format_duration(most), describe(element)));
        result.push_back(*duration);
    }
    return result;
}

Section Section::section(std::string_view key) {
    const Value* found = value(key);
    if (!found) return Section(place_, path_of(key));
    if (!std::holds_alternative<Table>(found->data)) fail_kind(key, *found, "a table");
    Section result(*found, path_of(key));
    // The key is where a reader looks for a table; a table made of dotted keys has no other place.
    result.place_ = table_->find(key)->place;
    return result;
}

std::vector<Section> Section::sections(std::string_view key) {
    std::vector<Section> result;
    const Value* found = value(key);
    if (!found) return result;
    const auto* list = std::get_if<List>(&found->data);
    const std::string expected = fmt::format("tables, each headed [[{}]]", path_of(key));
    if (!list) fail_kind(key, *found, expected);
    for (const Value& element : *list) {
        const std::string path = fmt::format("{}[{}]", path_of(key), result.size() + 1);
        if (!std::holds_alternative<Table>(element.data))
            throw Error(element.place, fmt::format("{}: expected {}, found {}", path, expected,
                                                   describe(element)));
        result.emplace_back(element, path);
    }
    return result;
}

const Place& Section::place_of(std::string_view key) const {
    const Table::Entry* entry = table_ ? table_->find(key) : nullptr;
    return entry ? entry->place : place_;
}

void Section::fail(std::string_view key, const std::string& message) const {
    if (table_ && !table_->find(key)) {
        // A misspelt key is a better answer than the missing one it was meant to be.
        const std::array<std::string_view, 1> missing{key};
        for (const Table::Entry& entry : table_->entries) {
            const bool known = std::ranges::find(known_, entry.key) != known_.end();
            if (!known && !nearest(entry.key, missing).empty())
                fail(entry.key, fmt::format("unknown key; did you mean \"{}\"?", key));
        }
    }
    throw Error(place_of(key), path_of(key) + ": " + message);
}

void Section::finish() {
    if (!table_) return;
    const std::vector<std::string_view> names(known_.begin(), known_.end());
    for (const Table::Entry& entry : table_->entries) {
        if (std::ranges::find(names, entry.key) != names.end()) continue;
        const std::string near = nearest(entry.key, names);
        if (!near.empty()) fail(entry.key, fmt::format("unknown key; did you mean \"{}\"?", near));
        fail(entry.key, fmt::format("unknown key; known here: {}", fmt::join(names, ", ")));
    }
}

void Section::fail_kind(std::string_view key, const Value& value,
                        const std::string& expected) const {
    fail(key, fmt::format("expected {}, found {}", expected, describe(value)));
}

std::string Section::path_of(std::string_view key) const {
    // A key may hold anything; in a message it stays one line.
    std::string shown = toml_text(key.substr(0, 100));
    if (std::ranges::all_of(key, [](char c) { return c > ' ' && c != '"' && c < 0x7f; }))
        shown = std::string(key.substr(0, 100));
    return path_.empty() ? shown : path_ + "." + shown;
}

}  // namespace twofifty::settings
