// [target] and [target.reference]: which server gets the mail, and how the built-in one behaves.
#include "harness/scenario/sections.hpp"
#include "netem/distribution_settings.hpp"
#include "world/endpoint.hpp"

#include <fmt/format.h>

#include <array>

namespace twofifty::harness {
namespace {

using settings::Section;

constexpr std::array<std::string_view, 1> server_names{"reference"};
constexpr std::array<std::string_view, 2> protocol_names{"smtp", "lmtp"};
/// Thirty days, in nanoseconds.
constexpr double longest_service = 30.0 * 24 * 3600 * 1e9;

/// "host:port" with a host, and a port of at least `least_port`.
bool is_endpoint(const std::string& text, int least_port) {
    const std::optional<world::Endpoint> endpoint = world::parse_endpoint(text);
    return endpoint && !text.starts_with(':') && endpoint->port >= least_port;
}

ReferenceSettings read_reference(Section reference, const std::string& folder,
                                 const FleetTls& fleet) {
    ReferenceSettings result;
    if (const auto listen = reference.text("listen")) result.listen = *listen;
    if (!is_endpoint(result.listen, 0))
        reference.fail("listen", fmt::format("{} is no address; expected host:port such as "
                                             "\"127.0.0.1:0\" (0: any free port) or \"[::1]:2525\"",
                                             settings::toml_text(result.listen)));
    result.service_time = netem::read_distribution(reference, "service_time", netem::Quantity::time,
                                                   {.most = longest_service});
    if (const auto workers = reference.count("workers", 0, 10'000))
        result.workers = static_cast<std::uint32_t>(*workers);
    if (const auto size = reference.size("max_size", 1024, 1ULL << 30)) result.max_size = *size;
    if (const auto recipients = reference.count("max_recipients", 1, 100'000))
        result.max_recipients = static_cast<std::uint32_t>(*recipients);
    result.pipelining = reference.flag("pipelining").value_or(result.pipelining);
    result.chunking = reference.flag("chunking").value_or(result.chunking);
    result.eight_bit_mime = reference.flag("eight_bit_mime").value_or(result.eight_bit_mime);
    result.size = reference.flag("size").value_or(result.size);
    result.ehlo = reference.flag("ehlo").value_or(result.ehlo);
    result.auth = read_credentials(reference, "auth");
    if (!result.ehlo && result.auth)
        reference.fail("auth", "contradicts ehlo = false: only EHLO can offer AUTH; remove one");
    result.tls = read_reference_tls(reference, folder, fleet.use, result.ehlo);
    reference.finish();
    return result;
}

}  // namespace

TargetSettings read_target(Section target, const std::string& folder, const FleetTls& fleet) {
    TargetSettings result;
    result.address = target.text("address").value_or("");
    if (target.has("address") && !is_endpoint(result.address, 1))
        target.fail("address", fmt::format("{} is no address; expected host:port such as "
                                           "\"127.0.0.1:2525\" or \"[::1]:25\"",
                                           settings::toml_text(result.address)));
    const bool server_named = target.choice("server", server_names).has_value();
    const bool address_wins = overrides(target, "address", "server");
    if (target.has("address") && server_named && !address_wins)
        target.fail("address", "contradicts server = \"reference\"; expected one of the two");
    if (target.has("address")) result.server.clear();

    if (const auto protocol = target.choice("protocol", protocol_names))
        result.protocol = static_cast<Protocol>(*protocol);
    result.direct = target.flag("direct").value_or(false);
    result.maildir = target.text("maildir").value_or("");
    if (target.has("maildir") && result.maildir.empty())
        target.fail("maildir", "is empty; expected a path, which may hold {recipient} or {user}");
    if (target.has("maildir") && result.address.empty())
        target.fail("maildir",
                    "contradicts the reference receiver, which counts its copies itself; expected "
                    "it beside address only");

    // What the reference receiver would do is also read where an option names another target.
    const bool reference_given = target.has("reference");
    const bool from_option = target.has("address") && target.value("address")->place.line == 0;
    if (reference_given && !result.address.empty() && !from_option)
        target.fail("reference", "contradicts address: it is about the reference receiver only");
    const ReferenceSettings reference = read_reference(target.section("reference"), folder, fleet);
    if (!result.server.empty()) result.reference = reference;
    target.finish();
    return result;
}

}  // namespace twofifty::harness
