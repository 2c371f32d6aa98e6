// One --set option: a key path, a value, and where in the tree it goes.
#include "settings/value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace twofifty::settings {
namespace {

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

[[noreturn]] void fail_form(const Place& place) {
    throw Error(place,
                "not an assignment; expected key=value, such as --set fleet.connections=2 "
                "(a part of the key that holds a dot stands in double quotes)");
}

/// Splits at the first "=" outside quotes; a quoted part of the key may hold dots and "=".
struct Assignment {
    std::vector<std::string> parts;
    std::string_view value;
};

std::optional<Assignment> split(std::string_view text) {
    Assignment result;
    std::string part;
    bool in_quotes = false;
    bool was_quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"') {
            if (!in_quotes && (was_quoted || !part.empty())) return std::nullopt;
            in_quotes = !in_quotes;
            was_quoted = true;
        } else if (in_quotes) {
            part += c;
        } else if (c == '.' || c == '=') {
            if (!was_quoted) part = std::string(trimmed(part));
            if (part.empty()) return std::nullopt;
            result.parts.push_back(std::move(part));
            part.clear();
            was_quoted = false;
            if (c == '=') {
                result.value = trimmed(text.substr(i + 1));
                return result;
            }
        } else if (was_quoted) {
            if (c != ' ' && c != '\t') return std::nullopt;
        } else {
            part += c;
        }
    }
    return std::nullopt;
}

void set_place(Value& value, const Place& place) {
    value.place = place;
    if (auto* table = std::get_if<Table>(&value.data)) {
        for (Table::Entry& entry : table->entries) {
            entry.place = place;
            set_place(entry.value, place);
        }
    } else if (auto* list = std::get_if<List>(&value.data)) {
        for (Value& element : *list) set_place(element, place);
    }
}

Value& element(List& list, const std::string& part, const Place& place) {
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
    const bool is_number = error == std::errc{} && end == part.data() + part.size();
    if (is_number && number >= 1 && number <= list.size()) return list[number - 1];
    for (Value& candidate : list) {
        const auto* table = std::get_if<Table>(&candidate.data);
        const Table::Entry* name = table ? table->find("name") : nullptr;
        const auto* text = name ? std::get_if<std::string>(&name->value.data) : nullptr;
        if (text && *text == part) return candidate;
    }
    throw Error(place, fmt::format("no element {} here; expected a number from 1 to {} or a name",
                                   toml_text(part), list.size()));
}

Value& descend(Value& value, const std::string& part, const Place& place) {
    if (auto* list = std::get_if<List>(&value.data)) return element(*list, part, place);
    auto* table = std::get_if<Table>(&value.data);
    if (!table)
        throw Error(place, fmt::format("{} cannot be set: what it would stand in is {}",
                                       toml_text(part), describe(value)));
    if (Table::Entry* entry = table->find(part)) return entry->value;
    table->entries.push_back({.key = part, .place = place, .value = {Table{}, place}});
    return table->entries.back().value;
}

void put(Value& root, const std::vector<std::string>& parts, Value value, const Place& place) {
    Value* target = &root;
    for (const std::string& part : parts) {
        Value* const parent = target;
        target = &descend(*parent, part, place);
        if (auto* table = std::get_if<Table>(&parent->data); &part == &parts.back() && table)
            table->find(part)->place = place;
    }
    *target = std::move(value);
}

}  // namespace

Value parse_value(std::string_view text, const Place& place) {
    // Shells make quotes awkward to write, hence a text may stand without them.
    Value value{std::string(text), place};
    if (text.find_first_of("\r\n") != std::string_view::npos) return value;
    try {
        Value document = parse_toml("value = " + std::string(text), place.source);
        value = std::move(std::get<Table>(document.data).entries.front().value);
    } catch (const Error&) {
        return value;
    }
    set_place(value, place);
    return value;
}

void apply_override(Value& root, std::string_view assignment) {
    const Place place{.source = "--set " + std::string(assignment)};
    const std::optional<Assignment> parsed = split(assignment);
    if (!parsed) fail_form(place);
    put(root, parsed->parts, parse_value(parsed->value, place), place);
}

void set_key(Value& root, std::string_view key, Value value, const Place& place) {
    const std::string assignment = std::string(key) + "=";
    const std::optional<Assignment> parsed = split(assignment);
    if (!parsed || !parsed->value.empty())
        throw Error(place, fmt::format("{} is no key; expected one such as "
                                       "\"fleet.timeouts.data_done\"",
                                       toml_text(key)));
    put(root, parsed->parts, std::move(value), place);
}

}  // namespace twofifty::settings
