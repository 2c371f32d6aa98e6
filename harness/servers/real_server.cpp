#include "harness/servers/real_server.hpp"

#include "harness/servers/ports.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <iterator>
#include <regex>
#include <thread>

namespace twofifty::harness {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds look_interval{10};
constexpr Duration command_limit = std::chrono::seconds{20};
constexpr std::size_t last_words_most = 1500;
constexpr const char* output_file = "log/output";
constexpr const char* ballast_file = "ballast-of-twofifty";

std::string read_all(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void write_all(const fs::path& path, const std::string& text, bool executable) {
    fs::create_directories(path.parent_path());
    // In place: the file may be what the server's world shows for one of the machine's.
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
    if (!file) throw ServerError(fmt::format("cannot write {}", path.string()));
    const auto all_read = fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read |
                          fs::perms::others_read;
    const auto all_run = fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec;
    fs::permissions(path, executable ? all_read | all_run : all_read);
}

std::int64_t whole_seconds(Duration duration) {
    return std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(duration).count());
}

std::string inside_path(std::string_view path) {
    return path.starts_with('/') ? std::string(path)
                                 : fmt::format("{}/{}", private_directory, path);
}

/// "3.7.11" against "3.10": number by number.
bool at_least(const std::string& version, const std::string& least) {
    const std::regex number("[0-9]+");
    std::sregex_iterator own(version.begin(), version.end(), number);
    for (std::sregex_iterator wanted(least.begin(), least.end(), number), end; wanted != end;
         ++wanted) {
        const int have = own == end ? 0 : std::stoi((own++)->str());
        if (have != std::stoi(wanted->str())) return have > std::stoi(wanted->str());
    }
    return true;
}

}  // namespace

RealServer::RealServer(const Adapter& adapter, const ServerSettings& settings, ServerPlace place)
    : adapter_(adapter), settings_(settings), place_(std::move(place)) {
    const std::optional<Installed> installed = find_program(adapter);
    if (!installed)
        throw ServerError(
            fmt::format("{} is not installed. {}", adapter.name, how_to_install(adapter)));
    programs_ = installed->programs;
    if (const auto why = why_no_containers()) throw ServerError(*why);
    check_version();
    if (settings.port != 0 && port_is_taken(settings.port))
        throw ServerError(
            fmt::format("port {} is taken; expected a free one, or no `port`, which "
                        "takes any",
                        settings.port));
    ports_[""] = settings.port != 0 ? settings.port : free_port();
    for (const std::string& port : adapter.ports) ports_[port] = free_port();
}

RealServer::~RealServer() {
    if (container_) container_->kill();
}

void RealServer::check_version() {
    version_ = version_of(adapter_);
    const std::string& least = adapter_.version.at_least;
    if (!version_.empty() && !least.empty() && !at_least(version_, least))
        throw ServerError(
            fmt::format("this {} is {}; expected {} or later", adapter_.name, version_, least));
}

/// What docs/servers.md promises to templates.
TemplateValues RealServer::values() const {
    TemplateValues values;
    values.set("dir", std::string(private_directory));
    values.set("programs", std::string(programs_directory));
    values.set("hostname", place_.name + ".test");
    for (const auto& [name, port] : ports_)
        values.set(name.empty() ? "port" : "port." + name, std::to_string(port));
    if (!next_.hosts.empty()) {
        std::vector<TemplateValues>& relays = values.lists["relays"];
        for (const std::string& host : next_.hosts) {
            TemplateValues& relay = relays.emplace_back();
            relay.set("host", host);
            if (&host == &next_.hosts.back()) relay.set("last", "yes");
        }
        values.set("relay_host", next_.hosts.front());
        values.set("relay_port", std::to_string(next_.port));
        if (next_.lmtp) values.set("relay_lmtp", "yes");
    }
    for (const auto& [phase, timeout] : settings_.timeouts)
        values.set(fmt::format("timeout.{}", to_string(phase)),
                   std::to_string(whole_seconds(timeout)));
    if (settings_.retry_every)
        values.set("retry_seconds", std::to_string(whole_seconds(*settings_.retry_every)));
    std::map<std::string, std::string> lines;
    for (const auto& [key, value] : settings_.options) {
        const std::size_t dot = key.find('.');
        const bool has_section =
            dot != std::string::npos && adapter_.option_lines.contains(key.substr(0, dot));
        const std::string section = has_section ? key.substr(0, dot) : "main";
        TemplateValues option;
        option.set("name", has_section ? key.substr(dot + 1) : key);
        option.set("value", value);
        std::string& text = lines[section];
        text += (text.empty() ? "" : "\n") + rendered(adapter_.option_lines.at(section), option);
    }
    for (auto& [section, text] : lines) values.set("options." + section, std::move(text));
    return values;
}

std::string RealServer::rendered(const std::string& text, const TemplateValues& values) const {
    try {
        return render(text, values);
    } catch (const TemplateError& error) {
        throw ServerError(fmt::format("the adapter of {} is wrong, at {}: {}", adapter_.name,
                                      settings::toml_text(text), error.what()));
    }
}

CommandWords RealServer::rendered(const CommandWords& words, const TemplateValues& values) const {
    CommandWords result;
    for (const std::string& word : words) result.push_back(rendered(word, values));
    return result;
}

Command RealServer::command(const CommandWords& words) const {
    const TemplateValues known = values();
    Command command{.words = rendered(words, known)};
    for (const auto& [name, value] : adapter_.start.environment)
        command.environment[name] = rendered(value, known);
    return command;
}

void RealServer::write_files(const TemplateValues& values) {
    fs::create_directories(place_.folder / "log");
    if (settings_.configuration.empty()) {
        for (const AdapterFile& file : adapter_.files)
            write_all(place_.folder / file.path, rendered(file.text, values), file.executable);
        return;
    }
    // The user's own: the same marks, should there be any.
    for (const fs::directory_entry& entry :
         fs::recursive_directory_iterator(settings_.configuration)) {
        if (!entry.is_regular_file()) continue;
        const std::string text = read_all(entry.path());
        write_all(place_.folder / fs::relative(entry.path(), settings_.configuration),
                  rendered(text, values), text.starts_with("#!"));
    }
}

void RealServer::build_world(const TemplateValues& values) {
    ContainerPlan plan{.hostname = rendered(adapter_.inside.hostname, values),
                       .folder = place_.folder.string(),
                       .programs = programs_};
    // What is shown in place of something must be there; its owner is a user of the world inside.
    for (const AdapterFolder& folder : adapter_.inside.folders)
        fs::create_directories(place_.folder / rendered(folder.path, values));
    for (const auto& [seen, place] : adapter_.inside.bind) {
        const std::string own = rendered(place, values);
        if (!own.starts_with('/') && !fs::exists(place_.folder / own))
            fail(fmt::format("its configuration lacks {}, which it is to see as {}", own, seen));
        plan.binds.emplace_back(rendered(seen, values), inside_path(own));
    }
    if (settings_.disk > 0) {
        plan.disk = inside_path(adapter_.inside.disk);
        plan.disk_size = settings_.disk;
        fs::create_directories(place_.folder / adapter_.inside.disk);
    }
    if (!adapter_.syslog.empty()) plan.log = (place_.folder / adapter_.syslog).string();
    container_ = std::make_unique<Container>(plan);
    for (const AdapterFolder& folder : adapter_.inside.folders) {
        std::string owner = rendered(folder.owner, values);
        const std::size_t colon = owner.find(':');
        CommandWords words{"/usr/bin/install", "-d", "-m",
                           folder.mode,        "-o", owner.substr(0, colon)};
        if (colon != std::string::npos) words.insert(words.end(), {"-g", owner.substr(colon + 1)});
        words.push_back(inside_path(rendered(folder.path, values)));
        run_or_throw(words, "its folders cannot be made");
    }
}

void RealServer::run_or_throw(const CommandWords& words, const char* what) {
    const CommandOutput output = container_->run(command(words), command_limit);
    if (output.succeeded()) return;
    fail(fmt::format("{}: {} {}: {}", what, fmt::join(words, " "),
                     output.timed_out ? "did not end" : "failed", output.text));
}

void RealServer::start() {
    const auto began = Clock::now();
    try {
        const TemplateValues known = values();
        write_files(known);
        if (!container_) build_world(known);
        for (const CommandWords& words : adapter_.start.prepare)
            run_or_throw(words, "it does not take its configuration");
        container_->start(command(adapter_.start.run), (place_.folder / output_file).string());
        write_all(place_.folder / "init", fmt::format("{}\n", container_->init()), false);
    } catch (const ContainerError& error) {
        fail(error.what());
    } catch (const fs::filesystem_error& error) {
        fail(error.what());
    }
    ended_by_us_ = false;
    wait_for_greeting();
    start_time_ = Clock::now() - began;
}

void RealServer::wait_for_greeting() {
    const auto deadline = Clock::now() + adapter_.start.ready_within;
    while (!greets()) {
        if (!container_->running()) fail(fmt::format("it ended at once: {}", container_->end()));
        if (Clock::now() >= deadline)
            fail(fmt::format("it did not greet within {} s",
                             whole_seconds(adapter_.start.ready_within)));
        std::this_thread::sleep_for(look_interval);
    }
}

bool RealServer::greets() {
    return greeting_of(ports_.at(""), std::chrono::seconds{2}).starts_with("220");
}

void RealServer::stop() {
    if (!container_ || !container_->running()) return;
    ended_by_us_ = true;
    resume();
    container_->signal_main(adapter_.start.stop_signal);
    const auto deadline = Clock::now() + adapter_.start.stop_within;
    while (container_->running() && Clock::now() < deadline)
        std::this_thread::sleep_for(look_interval);
    container_->kill();
    std::error_code ignored;
    fs::remove(place_.folder / "init", ignored);
}

void RealServer::pause() {
    paused_ = true;
    container_->signal_all(SIGSTOP);
}

void RealServer::resume() {
    container_->signal_all(SIGCONT);
    paused_ = false;
}

void RealServer::kill() {
    ended_by_us_ = true;
    container_->kill();
}

void RealServer::terminate() {
    ended_by_us_ = true;
    container_->signal_main(adapter_.start.stop_signal);
}

void RealServer::fill_disk() {
    // What the server frees is taken, too, until the mark is gone. dd ends with "no space left on
    // device", which is the purpose.
    constexpr const char* fill =
        "touch $0.mark; dd if=/dev/zero of=$0 bs=64K status=none; "
        "(while [ -e $0.mark ]; do dd if=/dev/zero bs=4K status=none >> $0; sleep 0.05; done; rm "
        "$0) "
        "< /dev/null > /dev/null 2>&1 &";
    container_->run({.words = {"/bin/sh", "-c", fill, ballast()}}, command_limit);
}

void RealServer::free_disk() {
    // A server that was killed meanwhile has taken with it who would remove the rest.
    constexpr const char* empty =
        "rm -f $0.mark; for i in $(seq 50); do [ -e $0 ] || exit; sleep 0.05; done; rm -f $0";
    container_->run({.words = {"/bin/sh", "-c", empty, ballast()}}, command_limit);
}

std::string RealServer::ballast() const {
    return inside_path(adapter_.inside.disk) + "/" + ballast_file;
}

std::optional<std::string> RealServer::died() {
    if (!container_ || container_->running() || ended_by_us_) return std::nullopt;
    return fmt::format("{} has ended: {}{}", place_.name, container_->end(), last_words());
}

std::optional<QueueLook> RealServer::look_at_queue() {
    const AdapterQueue& queue = adapter_.queue;
    const std::time_t now = std::time(nullptr);
    if (!queue.folder.empty())
        return read_queue_folder(queue.format, place_.folder / queue.folder, now);
    // One that stands still would not answer.
    if (queue.run.empty() || paused_ || !container_ || !container_->running()) return std::nullopt;
    const CommandOutput output = container_->run(command(queue.run), command_limit);
    if (output.timed_out) return std::nullopt;
    return read_queue_output(queue.format, output.text, now);
}

void RealServer::flush_queue() {
    if (!adapter_.queue.flush.empty() && container_ && container_->running())
        container_->run(command(adapter_.queue.flush), command_limit);
}

/// The ends of its output and of its logs: what it said itself is better than any guess.
std::string RealServer::last_words() const {
    std::vector<std::string> files{output_file};
    files.insert(files.end(), adapter_.log_files.begin(), adapter_.log_files.end());
    std::string words;
    for (const std::string& file : files) {
        const std::string text = read_all(place_.folder / file);
        if (text.empty()) continue;
        const std::size_t from = text.size() > last_words_most ? text.size() - last_words_most : 0;
        words += fmt::format("\n{}:\n{}", (place_.folder / file).string(), text.substr(from));
    }
    while (words.ends_with('\n')) words.pop_back();
    return words;
}

void RealServer::fail(const std::string& what) const {
    throw ServerError(fmt::format("{} cannot be started: {}{}", place_.name, what, last_words()));
}

}  // namespace twofifty::harness
