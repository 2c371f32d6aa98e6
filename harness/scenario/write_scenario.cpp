#include "harness/scenario/write_scenario.hpp"

#include "harness/scenario/receiver_keys.hpp"
#include "harness/scenario/scenario_writer.hpp"
#include "harness/scenario/sections.hpp"
#include "harness/scenario/server_keys.hpp"
#include "netem/distribution_settings.hpp"
#include "netem/rule_settings.hpp"
#include "settings/units.hpp"
#include "settings/value.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace twofifty::harness {
namespace {

using netem::Quantity;
using settings::format_duration;
using settings::format_size;
using settings::toml_text;

void write_load(Writer& writer, const FleetSettings& fleet) {
    constexpr std::array<std::string_view, 3> arrivals{"constant", "poisson", "closed"};
    if (fleet.messages) writer.number("messages", *fleet.messages);
    if (fleet.duration) writer.duration("duration", *fleet.duration);
    writer.text("arrivals", arrivals[static_cast<std::size_t>(fleet.arrivals)]);
    if (fleet.arrivals != Arrivals::closed) writer.text("rate", settings::format_rate(fleet.rate));
    if (!fleet.load_curve.factors.empty())
        writer.line("load_curve",
                    fmt::format("{{ step = {}, factors = [{}] }}", in_quotes(fleet.load_curve.step),
                                fmt::join(fleet.load_curve.factors, ", ")));
    writer.auth(fleet.auth);
    write_tls(writer, fleet.tls.use, fleet.tls.versions,
              {{"verify", fleet.tls.verify}, {"server_name", fleet.tls.server_name}});
}

void write_fleet(Writer& writer, const FleetSettings& fleet) {
    writer.header("[fleet]");
    const bool alike = fleet.groups.size() == 1 && fleet.groups.front().name.empty();
    if (alike) writer.number("senders", fleet.groups.front().senders);
    write_load(writer, fleet);
    if (alike) return write_sender(writer, fleet.sender());
    for (const SenderGroup& group : fleet.groups) {
        writer.header("[[fleet.group]]");
        writer.text("name", group.name);
        writer.line("weight", fmt::format("{}", group.weight));
        writer.number("senders", group.senders);
        write_sender(writer, group.sender);
    }
}

void write_layer(Writer& writer, const Scenario& scenario) {
    const LayerSettings& layer = scenario.layer;
    writer.header("[layer]");
    writer.text("tls", layer.terminates_tls ? "terminate" : "pass");
    if (scenario.fleet.tls.use == smtp::TlsUse::none) return;
    if (!layer.certificate.empty()) writer.text("certificate", layer.certificate);
    if (!layer.key.empty()) writer.text("key", layer.key);
    if (!layer.verify.empty()) writer.text("verify", layer.verify);
}

void write_message(Writer& writer, const MessageSettings& message) {
    writer.header("[message]");
    if (message.corpus.empty())
        writer.line("size", netem::to_toml(message.size, Quantity::size));
    else
        writer.text("corpus", message.corpus);
    writer.number("recipients", message.recipients);
    if (!message.to.empty()) writer.texts("to", message.to);
    if (!message.domains.empty()) writer.texts("domains", message.domains);
    if (message.sender.empty())
        writer.text("sender_domain", message.sender_domain);
    else
        writer.text("sender", message.sender);
}

void write_target(Writer& writer, const TargetSettings& target) {
    writer.header("[target]");
    if (!target.server.empty()) writer.text("server", target.server);
    if (!target.address.empty()) writer.text("address", target.address);
    writer.text("protocol", target.protocol == Protocol::smtp ? "smtp" : "lmtp");
    writer.flag("direct", target.direct);
    if (!target.maildir.empty()) writer.text("maildir", target.maildir);
    if (target.server.empty()) return;
    writer.duration("sample_every", target.sample_every);
    writer.header("[target.reference]");
    write_receiver(writer, target.reference);
    for (const ReceiverSettings& receiver : target.named) {
        writer.header("[[target.receiver]]");
        writer.text("name", receiver.name);
        if (!receiver.domains.empty()) writer.texts("domains", receiver.domains);
        writer.number("preference", receiver.preference);
        if (receiver.is_real()) {
            write_server(writer, receiver.real);
            continue;
        }
        writer.text("protocol", receiver.protocol == Protocol::smtp ? "smtp" : "lmtp");
        write_receiver(writer, receiver);
    }
}

/// Several bounds on one figure are one key with a list: TOML has each key once.
void write_expectations(Writer& writer, const std::vector<Expectation>& expectations) {
    if (expectations.empty()) return;
    writer.header("[expect]");
    for (auto next = expectations.begin(); next != expectations.end();) {
        const auto end = std::find_if(
            next, expectations.end(),
            [&](const Expectation& expectation) { return expectation.figure != next->figure; });
        std::vector<std::string> bounds;
        for (auto one = next; one != end; ++one) bounds.push_back(toml_text(one->bound));
        const std::string joined = fmt::format("{}", fmt::join(bounds, ", "));
        writer.line(toml_text(next->figure),
                    bounds.size() == 1 ? joined : fmt::format("[{}]", joined));
        next = end;
    }
}

std::string commented(std::string_view question) {
    std::string result;
    std::size_t begin = 0;
    while (!question.empty() && begin <= question.size()) {
        const std::size_t end = std::min(question.find('\n', begin), question.size());
        const std::string_view line = question.substr(begin, end - begin);
        result += line.empty() ? "#\n" : fmt::format("# {}\n", line);
        begin = end + 1;
    }
    return result;
}

}  // namespace

std::string to_toml(const Scenario& scenario) {
    std::string toml = commented(scenario.question);
    Writer writer(toml);
    writer.text("name", scenario.name);
    writer.number("seed", scenario.seed);
    if (!scenario.assumptions.empty()) writer.texts("assumptions", scenario.assumptions);
    write_fleet(writer, scenario.fleet);
    write_message(writer, scenario.message);
    write_target(writer, scenario.target);
    if (!scenario.sender.server.empty()) {
        writer.header("[sender]");
        write_server(writer, scenario.sender);
    }
    write_layer(writer, scenario);
    for (const netem::Rule& rule : scenario.rules) {
        toml += '\n';
        toml += netem::to_toml(rule);
    }
    write_faults(writer, scenario.faults);
    writer.header("[drain]");
    writer.duration("quiet_for", scenario.drain.quiet_for);
    writer.duration("budget", scenario.drain.budget);
    writer.text("heal", scenario.drain.heal_after_load ? "after_load" : "never");
    writer.header("[virtual]");
    writer.duration("latency", scenario.virtual_network.latency);
    write_expectations(writer, scenario.expectations);
    if (scenario.sweep) toml += to_toml(*scenario.sweep);
    return toml;
}

}  // namespace twofifty::harness
