// [target]: which server gets the mail. How the built-in ones behave is read in read_receiver.cpp.
#include "harness/adapter/adapter.hpp"
#include "harness/scenario/sections.hpp"
#include "harness/scenario/server_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace twofifty::harness {
namespace {

using settings::Section;

constexpr std::array<std::string_view, 2> protocol_names{"smtp", "lmtp"};
/// What is about the reference receiver only, beside the address of another server. An option that
/// names another target leaves it in the file, and it is read all the same.
void refuse_beside_address(Section& target, std::string_view key) {
    const bool from_option = target.value("address")->place.line == 0;
    if (target.has(key) && !from_option)
        target.fail(key, "contradicts address: it is about the reference receiver only");
}

/// `server = "postfix"` in [target] itself: the only receiver, named after it.
ReceiverSettings the_only_server(Section& target, const std::string& folder,
                                 const std::vector<ReceiverSettings>& named) {
    ReceiverSettings result;
    result.real = read_server(target, folder);
    result.name = result.real.server;
    if (target.has("reference"))
        target.fail("reference",
                    "contradicts server, which is a real one; expected one of the two");
    if (!named.empty())
        target.fail("receiver",
                    "contradicts server in [target], which is the only receiver; expected "
                    "`server` in each [[target.receiver]] instead");
    if (!result.real.relay_to.empty())
        target.fail("relay_to",
                    "there is no other receiver here; expected [[target.receiver]] tables, "
                    "one with this server and one for where its mail goes");
    return result;
}

/// A receiver that others hand their mail to, and that names no domain, gets none from the fleet.
void mark_inner(std::vector<ReceiverSettings>& receivers) {
    for (ReceiverSettings& receiver : receivers)
        receiver.inner = receiver.domains.empty() &&
                         std::ranges::any_of(receivers, [&](const ReceiverSettings& other) {
                             const auto& next = other.real.relay_to;
                             return std::ranges::find(next, receiver.name) != next.end();
                         });
}

/// The fleet speaks one protocol: what the real servers that it turns to take.
void agree_on_protocol(Section& target, bool said, TargetSettings& result) {
    for (ReceiverSettings& receiver : result.named) {
        if (!receiver.is_real()) continue;
        receiver.protocol =
            find_adapter(receiver.real.server).lmtp ? Protocol::lmtp : Protocol::smtp;
        if (receiver.inner) continue;
        if (said && receiver.protocol != result.protocol)
            target.fail("protocol",
                        fmt::format("contradicts {}, which takes {} only", receiver.name,
                                    receiver.protocol == Protocol::lmtp ? "LMTP" : "SMTP"));
        result.protocol = receiver.protocol;
        said = true;
    }
}

}  // namespace

TargetSettings read_target(Section target, const std::string& folder, const FleetTls& fleet) {
    TargetSettings result;
    result.address = target.text("address").value_or("");
    if (target.has("address") && !is_endpoint(result.address, 1))
        target.fail("address", fmt::format("{} is no address; expected host:port such as "
                                           "\"127.0.0.1:2525\" or \"[::1]:25\"",
                                           settings::toml_text(result.address)));
    const bool server_named = target.has("server");
    const bool address_wins = overrides(target, "address", "server");
    if (target.has("address") && server_named && !address_wins)
        target.fail("address", fmt::format("contradicts server = {}; expected one of the two",
                                           settings::toml_text(*target.text("server"))));
    if (target.has("address")) result.server.clear();

    if (const auto protocol = target.choice("protocol", protocol_names))
        result.protocol = static_cast<Protocol>(*protocol);
    const bool protocol_said = target.has("protocol");
    result.sample_every =
        target.duration("sample_every", Duration::zero(), 24h).value_or(result.sample_every);
    result.direct = target.flag("direct").value_or(false);
    result.maildir = target.text("maildir").value_or("");
    if (target.has("maildir") && result.maildir.empty())
        target.fail("maildir", "is empty; expected a path, which may hold {recipient} or {user}");
    if (target.has("maildir") && result.address.empty())
        target.fail("maildir",
                    "contradicts the reference receiver, which counts its copies itself; expected "
                    "it beside address only");

    if (target.has("address")) {
        refuse_beside_address(target, "reference");
        refuse_beside_address(target, "receiver");
    }
    const ReceiverSettings reference = read_reference(target.section("reference"), folder, fleet);
    std::vector<ReceiverSettings> named =
        read_receivers(target, reference, result.protocol, folder);
    if (!result.server.empty()) {
        result.reference = reference;
        if (names_real_server(target)) named = {the_only_server(target, folder, named)};
        mark_inner(named);
        result.named = std::move(named);
        agree_on_protocol(target, protocol_said, result);
    }
    const bool some_real = std::ranges::any_of(result.named, &ReceiverSettings::is_real);
    if (some_real && !target.has("sample_every")) result.sample_every = real_sample_every;
    target.finish();
    return result;
}

}  // namespace twofifty::harness
