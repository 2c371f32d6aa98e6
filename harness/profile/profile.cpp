#include "harness/profile/profile.hpp"

#include "harness/profile/embedded.hpp"
#include "settings/section.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace twofifty::harness {
namespace {

using settings::Section;
using settings::Table;
using settings::Value;

constexpr std::array texts_of_profile{std::string_view{"title"}, std::string_view{"version"},
                                      std::string_view{"note"}};

std::string first_comment(std::string_view text) {
    std::string comment;
    while (text.starts_with('#')) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(1, end - 1);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.starts_with(' ')) line.remove_prefix(1);
        comment += (comment.empty() ? "" : " ") + std::string(line);
    }
    return comment;
}

ProfileFigure read_figure(Section section, std::string key) {
    ProfileFigure figure{.key = std::move(key)};
    figure.value = *section.value("value");
    const auto grade = section.choice("grade", grade_names);
    if (!grade)
        section.fail("grade", "missing; expected how the figure is known, such as \"documented\"");
    figure.grade = static_cast<Grade>(*grade);
    const bool assumed = figure.grade == Grade::assumed;
    const std::string_view reason = assumed ? "why" : "source";
    figure.source = section.text(reason).value_or("");
    if (figure.source.empty())
        section.fail(reason, assumed ? "missing; expected why this value was chosen"
                                     : "missing; expected where the figure stands: no figure "
                                       "without its source");
    figure.note = section.text("note").value_or("");
    figure.version = section.text("version").value_or("");
    section.finish();
    return figure;
}

/// A table that has a value is a figure; any other table holds figures.
void collect(Section section, const std::string& prefix, std::vector<ProfileFigure>& figures) {
    for (const std::string& key : section.keys()) {
        const std::string path = prefix + key;
        const Value* const value = section.value(key);
        const auto* table = std::get_if<Table>(&value->data);
        if (table == nullptr)
            section.fail(key, fmt::format("{} alone; expected a figure with its source, such as "
                                          "{{ value = ..., grade = \"documented\", source = "
                                          "\"...\" }}",
                                          settings::describe(*value)));
        if (table->find("value") != nullptr) {
            figures.push_back(read_figure(section.section(key), path));
        } else {
            collect(section.section(key), path + ".", figures);
        }
    }
}

void put(Table& table, std::string_view path, const Value& value) {
    const std::string key(path.substr(0, path.find('.')));
    Table::Entry* entry = table.find(key);
    if (entry == nullptr) {
        table.entries.push_back(
            {.key = key, .place = value.place, .value = {Table{}, value.place}});
        entry = &table.entries.back();
    }
    if (key.size() == path.size()) {
        entry->value = value;
    } else {
        put(std::get<Table>(entry->value.data), path.substr(key.size() + 1), value);
    }
}

}  // namespace

Table Profile::tree() const {
    Table table;
    for (const ProfileFigure& figure : figures) put(table, figure.key, figure.value);
    return table;
}

std::vector<std::string_view> profile_names(Role role) {
    std::vector<std::string_view> names;
    for (const EmbeddedProfile& profile : embedded_profiles())
        if (profile.role == role) names.push_back(profile.name);
    std::sort(names.begin(), names.end());
    return names;
}

Profile read_profile(Role role, const std::string& name, std::string_view text,
                     const std::string& source) {
    const Value document = settings::parse_toml(text, source);
    Profile profile{.name = name, .role = role, .characteristic = first_comment(text)};
    Section root(document, "");
    profile.title = root.text("title").value_or("");
    if (profile.title.empty()) root.fail("title", "missing; expected the server's name");
    profile.version = root.text("version").value_or("");
    profile.note = root.text("note").value_or("");
    Value figures{Table{}, document.place};
    for (const Table::Entry& entry : std::get<Table>(document.data).entries)
        if (std::find(texts_of_profile.begin(), texts_of_profile.end(), entry.key) ==
            texts_of_profile.end())
            std::get<Table>(figures.data).entries.push_back(entry);
    collect(Section(figures, ""), "", profile.figures);
    return profile;
}

Profile load_profile(Role role, const std::string& name, const settings::Place& place,
                     std::string_view key, const std::string& folder) {
    if (name.find('/') != std::string::npos || name.ends_with(".toml")) {
        const std::filesystem::path path = std::filesystem::path(folder) / name;
        return read_profile(role, path.stem().string(), settings::read_text_file(path.string()),
                            path.string());
    }
    for (const EmbeddedProfile& profile : embedded_profiles())
        if (profile.role == role && profile.name == name)
            return read_profile(role, name, profile.text,
                                fmt::format("profiles/{}s/{}.toml",
                                            role_names[static_cast<std::size_t>(role)], name));
    const std::vector<std::string_view> names = profile_names(role);
    const std::string near = settings::nearest(name, names);
    throw settings::Error(
        place, fmt::format("{}: there is no {} profile {}{}; expected one of: {}", key,
                           role_names[static_cast<std::size_t>(role)], settings::toml_text(name),
                           near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near),
                           fmt::join(names, ", ")));
}

std::string in_words(const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value.data)) return *text;
    if (const auto* list = std::get_if<settings::List>(&value.data)) {
        std::string words;
        for (const Value& element : *list) words += (words.empty() ? "" : ", ") + in_words(element);
        return "[" + words + "]";
    }
    if (const auto* table = std::get_if<Table>(&value.data)) {
        std::string words;
        for (const Table::Entry& entry : table->entries)
            words += (words.empty() ? "" : ", ") + entry.key + " " + in_words(entry.value);
        return "{" + words + "}";
    }
    if (const auto* flag = std::get_if<bool>(&value.data)) return *flag ? "true" : "false";
    if (const auto* whole = std::get_if<std::int64_t>(&value.data)) return std::to_string(*whole);
    return fmt::format("{:g}", std::get<double>(value.data));
}

}  // namespace twofifty::harness
