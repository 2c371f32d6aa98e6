#include "harness/scenario/server_keys.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace twofifty::harness {

using settings::toml_text;

void write_server(Writer& writer, const ServerSettings& server) {
    writer.text("server", server.server);
    if (!server.configuration.empty()) writer.text("configuration", server.configuration);
    std::vector<std::string> parts;
    for (const auto& [phase, timeout] : server.timeouts)
        parts.push_back(fmt::format("{} = {}", to_string(phase), in_quotes(timeout)));
    if (!parts.empty()) writer.line("timeouts", fmt::format("{{ {} }}", fmt::join(parts, ", ")));
    if (server.retry_every) writer.duration("retry_every", *server.retry_every);
    parts.clear();
    for (const auto& [name, value] : server.options)
        parts.push_back(fmt::format("{} = {}", toml_text(name), toml_text(value)));
    if (!parts.empty()) writer.line("options", fmt::format("{{ {} }}", fmt::join(parts, ", ")));
    if (!server.relay_to.empty()) writer.texts("relay_to", server.relay_to);
    if (server.disk > 0) writer.size("disk", server.disk);
    if (server.port != 0) writer.number("port", server.port);
}

void write_faults(Writer& writer, const std::vector<Fault>& faults) {
    for (const Fault& fault : faults) {
        writer.header("[[fault]]");
        writer.text("server", fault.server);
        writer.text("effect", to_string(fault.effect));
        if (fault.at) writer.duration("at", *fault.at);
        if (fault.at_message) writer.number("at_message", *fault.at_message);
        if (fault.lasting) writer.duration("lasting", *fault.lasting);
        if (fault.every) {
            writer.duration("every", *fault.every);
            writer.number("times", fault.times);
        }
    }
}

}  // namespace twofifty::harness
