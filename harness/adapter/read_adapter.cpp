// From the files of an adapter's folder to what the program knows of the server.
#include "harness/adapter/adapter.hpp"
#include "record/phase.hpp"
#include "settings/section.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <regex>

namespace twofifty::harness {
namespace {

using settings::Section;
using settings::Value;

constexpr std::array<std::string_view, 2> protocol_names{"smtp", "lmtp"};
constexpr std::array<std::string_view, 7> format_names{"none",    "postqueue", "exim", "sendmail",
                                                       "smtpctl", "haraka",    "files"};
constexpr std::array<std::string_view, 4> signal_names{"TERM", "INT", "QUIT", "KILL"};
constexpr std::array signals{SIGTERM, SIGINT, SIGQUIT, SIGKILL};
constexpr std::string_view description = "server.toml";

std::string text(Section& section, std::string_view key) {
    return section.text(key).value_or("");
}

std::vector<std::string> texts(Section& section, std::string_view key) {
    return section.texts(key).value_or(std::vector<std::string>{});
}

std::string required(Section& section, std::string_view key, std::string_view what) {
    std::string found = text(section, key);
    if (found.empty()) section.fail(key, fmt::format("missing; expected {}", what));
    return found;
}

/// A list of lists of words.
std::vector<CommandWords> commands(Section& section, std::string_view key) {
    std::vector<CommandWords> result;
    const Value* const value = section.value(key);
    if (value == nullptr) return result;
    const auto* const list = std::get_if<settings::List>(&value->data);
    if (list == nullptr) section.fail(key, "expected a list of commands, each a list of words");
    for (const Value& element : *list) {
        settings::Table table{{{"run", element.place, element}}};
        const Value one{std::move(table), element.place};
        Section wrapped(one, fmt::format("{}.{}", section.path(), key));
        result.push_back(texts(wrapped, "run"));
    }
    return result;
}

/// Every key with its text, in the order of the file.
std::vector<std::pair<std::string, std::string>> pairs(Section section) {
    std::vector<std::pair<std::string, std::string>> result;
    for (const std::string& key : section.keys()) result.emplace_back(key, text(section, key));
    return result;
}

AdapterInside read_inside(Section section) {
    AdapterInside inside;
    inside.hostname = section.text("hostname").value_or("{{hostname}}");
    inside.bind = pairs(section.section("bind"));
    for (Section& folder : section.sections("folders")) {
        inside.folders.push_back({required(folder, "path", "a path in the private directory"),
                                  folder.text("owner").value_or("root"),
                                  folder.text("mode").value_or("755")});
        folder.finish();
    }
    inside.disk = text(section, "disk");
    section.finish();
    return inside;
}

AdapterStart read_start(Section section) {
    AdapterStart start;
    for (auto& [name, value] : pairs(section.section("environment")))
        start.environment.emplace(std::move(name), std::move(value));
    start.prepare = commands(section, "prepare");
    start.run = texts(section, "run");
    if (start.run.empty()) section.fail("run", "missing; expected the command that starts it");
    start.ready_within = section.duration("ready_within").value_or(start.ready_within);
    if (const auto signal = section.choice("stop", signal_names))
        start.stop_signal = signals[*signal];
    start.stop_within = section.duration("stop_within").value_or(start.stop_within);
    section.finish();
    return start;
}

AdapterCopies read_copies(Section section) {
    AdapterCopies copies{.maildir = text(section, "maildir"),
                         .mbox = text(section, "mbox"),
                         .imap = text(section, "imap"),
                         .user = text(section, "user"),
                         .password = text(section, "password"),
                         .suppresses = section.flag("suppresses").value_or(false)};
    section.finish();
    return copies;
}

AdapterTimeouts read_timeouts(Section section) {
    AdapterTimeouts timeouts{.can_set = texts(section, "can_set"),
                             .retry = section.flag("retry").value_or(false),
                             .why_not = text(section, "why_not")};
    for (const std::string& phase : timeouts.can_set)
        if (std::ranges::find(phase_names, phase) == phase_names.end())
            section.fail("can_set", fmt::format("{} is no phase", settings::toml_text(phase)));
    section.finish();
    return timeouts;
}

AdapterQueue read_queue(Section section) {
    AdapterQueue queue;
    queue.format = static_cast<QueueFormat>(section.choice("format", format_names).value_or(0));
    queue.run = texts(section, "run");
    queue.folder = text(section, "folder");
    queue.flush = texts(section, "flush");
    section.finish();
    return queue;
}

std::vector<AdapterLogLine> read_log_lines(Section& log) {
    std::vector<AdapterLogLine> lines;
    for (Section& section : log.sections("line")) {
        const auto means = section.choice("means", log_meaning_names);
        if (!means) section.fail("means", "missing; expected what the line tells");
        AdapterLogLine line{static_cast<LogMeaning>(*means),
                            required(section, "pattern", "a regular expression")};
        try {
            const std::regex compiled(line.pattern);
        } catch (const std::regex_error& error) {
            section.fail("pattern", fmt::format("no regular expression: {}", error.what()));
        }
        lines.push_back(std::move(line));
        section.finish();
    }
    return lines;
}

}  // namespace

Adapter read_adapter(const std::string& name, std::vector<AdapterFile> files,
                     const std::string& source) {
    const auto described = std::ranges::find(files, description, &AdapterFile::path);
    if (described == files.end())
        throw settings::Error({source}, fmt::format("there is no {} in this folder", description));
    const Value document =
        settings::parse_toml(described->text, fmt::format("{}/{}", source, description));
    files.erase(described);
    // What a package manager reads is no template.
    std::erase_if(files, [](const AdapterFile& file) { return file.path.starts_with("npm/"); });

    Section root(document, "");
    Adapter adapter{.name = required(root, "name", "the name of the folder")};
    if (adapter.name != name)
        root.fail("name",
                  fmt::format("is {}; expected the name of the folder, {}",
                              settings::toml_text(adapter.name), settings::toml_text(name)));
    adapter.summary = text(root, "summary");
    adapter.lmtp = root.choice("takes", protocol_names).value_or(0) == 1;
    adapter.sends = root.flag("sends").value_or(false);
    adapter.packages = texts(root, "packages");
    adapter.unpacked = texts(root, "unpacked");
    adapter.npm = texts(root, "npm");
    adapter.program = required(root, "program", "the file that is there where it is installed");
    adapter.ports = texts(root, "ports");
    Section version = root.section("version");
    adapter.version = {texts(version, "run"), text(version, "pattern"), text(version, "at_least")};
    version.finish();
    adapter.inside = read_inside(root.section("inside"));
    adapter.start = read_start(root.section("start"));
    adapter.copies = read_copies(root.section("copies"));
    adapter.timeouts = read_timeouts(root.section("timeouts"));
    for (auto& [section, line] : pairs(root.section("options")))
        adapter.option_lines.emplace(std::move(section), std::move(line));
    adapter.queue = read_queue(root.section("queue"));
    Section log = root.section("log");
    adapter.log_files = texts(log, "files");
    adapter.syslog = text(log, "syslog");
    adapter.log_lines = read_log_lines(log);
    log.finish();
    root.finish();
    adapter.files = std::move(files);
    return adapter;
}

}  // namespace twofifty::harness
