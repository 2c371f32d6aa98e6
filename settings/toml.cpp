// TOML into our tree. The parser keeps a table's keys sorted by name; we put them back into the
// order of the file, in which errors are found and rules apply.
#include "settings/value.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <tuple>

namespace twofifty::settings {
namespace {

constexpr std::size_t largest_file = 1U << 20;

Place place_of(const toml::source_region& region, const std::string& source) {
    return Place{source, region.begin.line, region.begin.column};
}

Value to_value(const toml::node& node, const std::string& source);

Table to_table(const toml::table& table, const std::string& source) {
    Table result;
    for (const auto& [key, node] : table) {
        result.entries.push_back({.key = std::string(key.str()),
                                  .place = place_of(key.source(), source),
                                  .value = to_value(node, source)});
    }
    std::ranges::stable_sort(result.entries, {}, [](const Table::Entry& entry) {
        return std::tuple(entry.place.line, entry.place.column);
    });
    return result;
}

List to_list(const toml::array& array, const std::string& source) {
    List result;
    for (const toml::node& node : array) result.push_back(to_value(node, source));
    return result;
}

Value to_value(const toml::node& node, const std::string& source) {
    const Place place = place_of(node.source(), source);
    if (const auto* table = node.as_table()) return {to_table(*table, source), place};
    if (const auto* array = node.as_array()) return {to_list(*array, source), place};
    if (const auto* text = node.as_string()) return {text->get(), place};
    if (const auto* whole = node.as_integer()) return {whole->get(), place};
    if (const auto* number = node.as_floating_point()) return {number->get(), place};
    if (const auto* flag = node.as_boolean()) return {flag->get(), place};
    throw Error(place,
                "dates and times of day have no use here; a duration is a text such as \"2s\"");
}

/// The parser's words, in one line.
std::string one_line(std::string_view description) {
    std::string result(description);
    std::ranges::replace_if(
        result, [](char c) { return c == '\n' || c == '\r'; }, ' ');
    return result;
}

}  // namespace

Value parse_toml(std::string_view text, std::string source) {
    try {
        const toml::table document = toml::parse(text, source);
        return {to_table(document, source), Place{source, 1, 1}};
    } catch (const toml::parse_error& error) {
        throw Error(place_of(error.source(), source),
                    "this is not TOML: " + one_line(error.description()));
    }
}

std::string read_text_file(const std::string& path) {
    const Place place{.source = path};
    std::error_code ec;
    if (std::filesystem::is_directory(path, ec))
        throw Error(place, "this is a directory; expected a TOML file");
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw Error(place, fmt::format("cannot read the file: {}",
                                       std::generic_category().message(errno ? errno : EIO)));
    std::string text(largest_file + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad()) throw Error(place, "cannot read the file: reading failed");
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > largest_file)
        throw Error(place, "the file is over 1 MiB; expected a TOML file of settings");
    return text;
}

Value read_toml_file(const std::string& path) {
    return parse_toml(read_text_file(path), path);
}

}  // namespace twofifty::settings
