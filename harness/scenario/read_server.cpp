// What a real server is told that is started for the run, and [[fault]], which is done to it.
#include "harness/adapter/adapter.hpp"
#include "harness/scenario/sections.hpp"
#include "harness/scenario/server_keys.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

namespace twofifty::harness {
namespace {

using settings::Section;
using settings::Table;
using settings::Value;

constexpr Duration longest_timeout = std::chrono::hours{24};
constexpr std::uint64_t least_disk = 1ULL << 20;
constexpr std::uint64_t most_disk = 1ULL << 30;
constexpr std::int64_t most_faults = 1000;

void read_timeouts(Section& section, const Adapter& adapter, ServerSettings& result) {
    Section timeouts = section.section("timeouts");
    for (const std::string& key : timeouts.keys()) {
        const std::vector<std::string>& can = adapter.timeouts.can_set;
        if (std::ranges::find(can, key) == can.end())
            timeouts.fail(
                key,
                fmt::format(
                    "{} has no such setting{}{}", adapter.name,
                    adapter.timeouts.why_not.empty() ? "" : " (" + adapter.timeouts.why_not + ")",
                    can.empty() ? "; expected none"
                                : fmt::format("; expected one of {}", fmt::join(can, ", "))));
        const auto phase = std::ranges::find(phase_names, key) - phase_names.begin();
        const auto timeout = timeouts.duration(key, 1s, longest_timeout);
        if (*timeout % 1s != Duration::zero())
            timeouts.fail(key, "expected whole seconds, which is what servers are told");
        result.timeouts[static_cast<Phase>(phase)] = *timeout;
    }
    result.retry_every = section.duration("retry_every", 1s, longest_timeout);
    if (result.retry_every && !adapter.timeouts.retry)
        section.fail(
            "retry_every",
            fmt::format(
                "{} has no such setting{}; expected none", adapter.name,
                adapter.timeouts.why_not.empty() ? "" : " (" + adapter.timeouts.why_not + ")"));
}

std::string option_text(const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value.data)) return *text;
    return settings::to_toml(value);
}

void read_options(Section& section, const Adapter& adapter, ServerSettings& result) {
    Section options = section.section("options");
    for (const std::string& key : options.keys()) {
        if (adapter.option_lines.empty())
            options.fail(key, fmt::format("{} takes no options; expected none", adapter.name));
        const std::string part = key.substr(0, key.find('.'));
        const bool in_section = part != key && adapter.option_lines.contains(part);
        if (!in_section && !adapter.option_lines.contains("main"))
            options.fail(key, fmt::format("expected it in quotes behind one of the sections of {}: "
                                          "\"{}.{}\"",
                                          adapter.name, adapter.option_lines.begin()->first, key));
        const Value* const value = options.value(key);
        if (std::holds_alternative<Table>(value->data) ||
            std::holds_alternative<settings::List>(value->data))
            options.fail(key, "expected a text, a number, true or false");
        result.options[key] = option_text(*value);
    }
}

std::vector<std::string> one_or_more(Section& section, std::string_view key) {
    const Value* const value = section.value(key);
    if (value == nullptr) return {};
    if (std::holds_alternative<std::string>(value->data)) return {*section.text(key)};
    return section.texts(key).value_or(std::vector<std::string>{});
}

/// Names the servers that there are, the built-in one among them where it can stand.
void require_known(Section& section, const std::string& server) {
    std::vector<std::string_view> names = adapter_names();
    if (std::ranges::find(names, server) != names.end()) return;
    if (section.path() != sender_name) names.insert(names.begin(), "reference");
    const std::string near = settings::nearest(server, names);
    section.fail(
        "server",
        fmt::format("there is no server {}{}; expected one of: {}", settings::toml_text(server),
                    near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near),
                    fmt::join(names, ", ")));
}

}  // namespace

bool names_real_server(Section& section) {
    return section.has("server") && section.text("server") != "reference";
}

ServerSettings read_server(Section& section, const std::string& folder) {
    ServerSettings result;
    result.server = section.text("server").value_or("");
    require_known(section, result.server);
    const Adapter& adapter = find_adapter(result.server);
    result.configuration = section.text("configuration").value_or("");
    if (!result.configuration.empty()) {
        // A run folder's scenario.toml names it too, from another place.
        const std::filesystem::path path =
            std::filesystem::absolute(std::filesystem::path(folder) / result.configuration)
                .lexically_normal();
        result.configuration = path.string();
        if (!std::filesystem::is_directory(path))
            section.fail("configuration",
                         fmt::format("{} is no folder; expected one with the files of "
                                     "servers/{}, as you want them",
                                     settings::toml_text(path.string()), adapter.name));
    }
    read_timeouts(section, adapter, result);
    read_options(section, adapter, result);
    result.relay_to = one_or_more(section, "relay_to");
    if (!result.relay_to.empty() && !adapter.sends)
        section.fail("relay_to", fmt::format("{} hands no mail on; expected none", adapter.name));
    result.disk = section.size("disk", least_disk, most_disk).value_or(0);
    if (result.disk > 0 && adapter.inside.disk.empty())
        section.fail("disk", fmt::format("the adapter of {} names no folder for it; expected none",
                                         adapter.name));
    result.port = static_cast<std::uint16_t>(section.count("port", 1024, 65'535).value_or(0));
    return result;
}

ServerSettings read_sender_server(Section sender, const std::string& folder) {
    if (sender.keys().empty()) return {};
    if (!sender.has("server"))
        sender.fail("server",
                    "missing; expected the real server that the fleet's mail goes through, such "
                    "as \"postfix\"");
    ServerSettings result = read_server(sender, folder);
    if (!find_adapter(result.server).sends)
        sender.fail("server",
                    fmt::format("{} hands no mail on; expected a server that does (twofifty "
                                "servers tells)",
                                settings::toml_text(result.server)));
    if (!result.relay_to.empty())
        sender.fail("relay_to", "the mail of [sender] goes to the target; expected none");
    sender.finish();
    return result;
}

std::vector<Fault> read_faults(Section& root, const Scenario& scenario) {
    std::vector<std::string_view> servers;
    if (!scenario.sender.server.empty()) servers.push_back(sender_name);
    for (const ReceiverSettings& receiver : scenario.target.receivers())
        if (receiver.is_real()) servers.push_back(receiver.name);
    std::vector<Fault> faults;
    for (Section& section : root.sections("fault")) {
        Fault fault;
        if (servers.empty())
            section.fail("server",
                         "no real server is started here; expected [target] or [sender] with "
                         "one, such as server = \"postfix\"");
        fault.server = section.text("server").value_or(std::string(servers.front()));
        if (std::ranges::find(servers, fault.server) == servers.end())
            section.fail("server",
                         fmt::format("{} is none of the servers that are started; expected one "
                                     "of {}",
                                     settings::toml_text(fault.server), fmt::join(servers, ", ")));
        const auto effect = section.choice("effect", fault_effect_names);
        if (!effect)
            section.fail("effect", fmt::format("missing; expected one of {}",
                                               fmt::join(fault_effect_names, ", ")));
        fault.effect = static_cast<FaultEffect>(*effect);
        fault.at = section.duration("at", 0s, 24h);
        if (const auto message = section.count("at_message", 1, INT64_MAX))
            fault.at_message = static_cast<std::uint64_t>(*message);
        if (fault.at.has_value() == fault.at_message.has_value())
            section.fail("at",
                         "expected exactly one of at (a time such as \"2s\") and at_message (the "
                         "number of an end of data)");
        fault.lasting = section.duration("lasting", 1ms, 24h);
        fault.every = section.duration("every", 1ms, 24h);
        fault.times =
            static_cast<std::uint64_t>(section.count("times", 1, most_faults).value_or(1));
        if (fault.times > 1 && !fault.every)
            section.fail("every", "missing; expected how long after one the next begins");
        if (fault.every && (!fault.lasting || *fault.lasting >= *fault.every))
            section.fail("lasting", "expected a time that is shorter than `every`");
        const ServerSettings& server = server_of(scenario, fault.server);
        if (fault.effect == FaultEffect::full_disk && server.disk == 0)
            section.fail("effect",
                         fmt::format("{} has no disk of its own that could be full; expected "
                                     "disk = \"8MiB\" or so beside its server",
                                     fault.server));
        section.finish();
        faults.push_back(std::move(fault));
    }
    return faults;
}

const ServerSettings& server_of(const Scenario& scenario, std::string_view name) {
    if (name == sender_name) return scenario.sender;
    const auto receivers = scenario.target.receivers();
    return std::ranges::find(receivers, name, &ReceiverSettings::name)->real;
}

}  // namespace twofifty::harness
