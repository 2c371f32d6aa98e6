#include "harness/scenario/read_scenario.hpp"

#include "harness/scenario/corpus.hpp"
#include "harness/scenario/receiver_profiles.hpp"
#include "harness/scenario/sections.hpp"
#include "harness/scenario/server_keys.hpp"
#include "netem/rule_settings.hpp"
#include "world/endpoint.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>

namespace twofifty::harness {
namespace {

using settings::Section;
using settings::Value;

constexpr std::array<std::string_view, 2> heal_names{"never", "after_load"};

/// Results lie in a folder of this name.
bool is_folder_name(std::string_view text) {
    return !text.empty() && text.size() <= 100 && text.front() != '.' &&
           std::ranges::all_of(text, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      c == '-' || c == '_' || c == '.';
           });
}

std::string read_name(Section& root) {
    std::string name =
        root.text("name").value_or(std::filesystem::path(root.place().source).stem().string());
    if (!is_folder_name(name))
        root.fail("name", fmt::format("{} names no results folder; expected 1 to 100 letters, "
                                      "digits, hyphens, underscores and dots, such as \"lost-250\"",
                                      settings::toml_text(name)));
    return name;
}

DrainSettings read_drain(Section drain) {
    DrainSettings result;
    result.quiet_for = drain.duration("quiet_for", 1ms, 24h).value_or(result.quiet_for);
    result.budget = drain.duration("budget", 0s, 24h * 365).value_or(result.budget);
    result.heal_after_load = drain.choice("heal", heal_names).value_or(0) == 1;
    drain.finish();
    return result;
}

VirtualSettings read_virtual(Section section) {
    VirtualSettings result;
    result.latency = section.duration("latency", 0s, 1h).value_or(result.latency);
    section.finish();
    return result;
}

/// Whom the fleet expects at the other end, where it was not told.
void name_server(Scenario& scenario) {
    FleetTls& tls = scenario.fleet.tls;
    if (tls.use == smtp::TlsUse::none || !tls.server_name.empty()) return;
    const std::optional<world::Endpoint> address = world::parse_endpoint(scenario.target.address);
    tls.server_name = address ? address->host : std::string(reference_hostname);
}

/// Contradictions between sections.
void check_together(Section& root, const Scenario& scenario) {
    const TargetSettings& target = scenario.target;
    const auto is_sender = [](const ReceiverSettings& one) { return one.name == sender_name; };
    if (!scenario.sender.server.empty() && std::ranges::any_of(target.named, is_sender))
        root.section("target").fail("receiver",
                                    "one is named \"sender\", as [sender] is called among the "
                                    "servers of a run; expected another name");
    if (target.direct && !scenario.sender.server.empty())
        root.section("target").fail(
            "direct",
            "contradicts [sender], which the impairment layer watches; expected "
            "one of the two");
    if (!scenario.sender.server.empty() && scenario.fleet.tls.use != smtp::TlsUse::none)
        root.section("fleet").fail("tls",
                                   "contradicts [sender]: the fleet submits in the clear; expected "
                                   "none");
    if (!target.direct && !scenario.message.sender.empty())
        root.section("message").fail(
            "sender",
            "is the same for every message, and the impairment layer knows a message by its "
            "sender; expected sender_domain, or target.direct = true");
    if (target.direct && !scenario.rules.empty())
        root.fail(
            "impair",
            "contradicts target.direct = true, which leaves the impairment layer out; expected "
            "one of the two");
}

std::string names_of(std::span<const ReceiverSettings> receivers) {
    std::vector<std::string> names;
    for (const ReceiverSettings& receiver : receivers)
        names.push_back(settings::toml_text(receiver.name));
    // A server that runs already has no name.
    return names.empty() ? "none, the target being no reference receiver"
                         : fmt::format("{}", fmt::join(names, ", "));
}

/// Rules about something that the rest of the scenario rules out. LMTP has every phase that SMTP
/// has, its LHLO being phase helo.
void check_rules(Section& root, const Scenario& scenario) {
    std::vector<Section> sections = root.sections("impair");
    const std::span<const ReceiverSettings> receivers = scenario.target.receivers();
    const bool ours = !receivers.empty();
    const auto offers_chunks = [](const ReceiverSettings& receiver) { return receiver.chunking; };
    const bool offered = !ours || std::ranges::any_of(receivers, offers_chunks);
    const std::vector<SenderGroup>& groups = scenario.fleet.groups;
    const auto uses_chunks = [](const SenderGroup& group) { return group.sender.chunking; };
    const bool some_chunks = offered && std::ranges::any_of(groups, uses_chunks);
    const bool all_chunks = ours && std::ranges::all_of(receivers, offers_chunks) &&
                            std::ranges::all_of(groups, uses_chunks);
    const smtp::TlsUse tls = scenario.fleet.tls.use;
    const bool single_attempts = std::ranges::all_of(groups, [](const SenderGroup& group) {
        return group.sender.retry.lifetime == Duration::zero();
    });
    for (std::size_t i = 0; i < scenario.rules.size(); ++i) {
        const netem::Selector& when = scenario.rules[i].when;
        if (when.phase == Phase::auth && !scenario.fleet.auth)
            sections[i].section("when").fail(
                "phase",
                "nobody authenticates here, so the rule would never fire; expected "
                "fleet.auth beside it, or another phase");
        if (when.phase == Phase::starttls &&
            (tls == smtp::TlsUse::none || tls == smtp::TlsUse::implicit))
            sections[i].section("when").fail(
                "phase",
                "nobody says STARTTLS here, so the rule would never fire; expected "
                "fleet.tls = \"starttls\" or \"opportunistic\" beside it, or another phase");
        if (when.ended_by == netem::EndOfData::bdat && !some_chunks)
            sections[i].section("when").fail(
                "ended_by",
                "no message is sent in chunks here, so the rule would never fire; "
                "expected fleet.chunking = true beside it, and a target that offers "
                "it, or \"dot\"");
        if (when.ended_by == netem::EndOfData::dot && all_chunks)
            sections[i].section("when").fail(
                "ended_by",
                "every message is sent in chunks here, so the rule would never fire; "
                "expected fleet.chunking = false beside it, or \"bdat\"");
        const auto is_meant = [&](const ReceiverSettings& receiver) {
            return netem::fits_receiver(when, receiver.name);
        };
        if (!when.receiver.empty() && std::ranges::none_of(receivers, is_meant))
            sections[i].section("when").fail(
                "receiver", fmt::format("{} fits the name of no receiver; expected one of {}",
                                        settings::toml_text(when.receiver), names_of(receivers)));
        if (when.attempt > 1 && single_attempts)
            sections[i].section("when").fail(
                "attempt",
                "contradicts fleet.retry.lifetime = \"0s\", a single attempt; expected "
                "attempt = 1 or a longer lifetime");
    }
}

/// The first comment block of a file, without its marks.
std::string first_comment(std::string_view text) {
    std::string result;
    bool begun = false;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (!line.starts_with('#')) {
            if (begun || !line.empty()) break;
            continue;
        }
        if (begun) result += '\n';
        begun = true;
        line.remove_prefix(line.starts_with("# ") ? 2 : 1);
        result += line;
    }
    return result;
}

Value read_tree(std::string_view text, const std::string& source,
                std::span<const std::string> overrides) {
    Value root = settings::parse_toml(text, source);
    for (const std::string& assignment : overrides) settings::apply_override(root, assignment);
    return root;
}

}  // namespace

Scenario read_scenario(const Value& written) {
    Scenario result;
    const std::string folder = std::filesystem::path(written.place.source).parent_path().string();
    Value root_value = written;
    put_receiver_profiles(root_value, folder, result.assumptions);
    Section root(root_value, "");
    result.name = read_name(root);
    if (const auto seed = root.count("seed", 0, std::numeric_limits<std::int64_t>::max()))
        result.seed = static_cast<std::uint64_t>(*seed);
    // A misspelt section is a better answer than what is missing because of it.
    for (const std::string_view key :
         {"fleet", "message", "target", "sender", "layer", "impair", "fault", "drain", "virtual",
          "expect", "assumptions", "sweep"})
        root.value(key);
    root.finish();
    // A resolved scenario says what it relies on itself.
    if (const auto told = root.texts("assumptions")) result.assumptions = *told;
    result.fleet = read_fleet(root, folder, result.assumptions);
    result.message = read_message(root.section("message"), folder);
    result.target = read_target(root.section("target"), folder, result.fleet.tls);
    result.sender = read_sender_server(root.section("sender"), folder);
    if (!result.sender.server.empty() && !root.section("target").has("sample_every"))
        result.target.sample_every = real_sample_every;
    name_server(result);
    result.layer = read_layer(root.section("layer"), folder, result);
    result.rules = netem::read_rules(root);
    result.faults = read_faults(root, result);
    result.drain = read_drain(root.section("drain"));
    result.virtual_network = read_virtual(root.section("virtual"));
    check_together(root, result);
    check_receivers(root, result);
    check_rules(root, result);
    result.expectations = read_expectations(root.section("expect"), result.rules);
    result.sweep = read_sweep(root);
    return result;
}

Scenario parse_scenario(std::string_view text, const std::string& source,
                        std::span<const std::string> overrides) {
    Scenario result = read_scenario(read_tree(text, source, overrides));
    result.question = first_comment(text);
    return result;
}

Scenario load_scenario(const std::string& path, std::span<const std::string> overrides) {
    const std::string text = settings::read_text_file(path);
    Scenario result = parse_scenario(text, path, overrides);
    check_files(read_tree(text, path, overrides), result);
    return result;
}

void check_files(const Value& root_value, const Scenario& scenario) {
    Section root(root_value, "");
    if (!scenario.message.corpus.empty()) {
        const std::string trouble = corpus_trouble(scenario.message.corpus);
        if (!trouble.empty()) root.section("message").fail("corpus", trouble);
    }
    check_tls_files(root, scenario);
}

}  // namespace twofifty::harness
