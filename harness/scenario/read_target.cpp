// [target]: which server gets the mail. How the built-in ones behave is read in read_receiver.cpp.
#include "harness/scenario/sections.hpp"

#include <fmt/format.h>

#include <array>

namespace twofifty::harness {
namespace {

using settings::Section;

constexpr std::array<std::string_view, 1> server_names{"reference"};
constexpr std::array<std::string_view, 2> protocol_names{"smtp", "lmtp"};
/// What is about the reference receiver only, beside the address of another server. An option that
/// names another target leaves it in the file, and it is read all the same.
void refuse_beside_address(Section& target, std::string_view key) {
    const bool from_option = target.value("address")->place.line == 0;
    if (target.has(key) && !from_option)
        target.fail(key, "contradicts address: it is about the reference receiver only");
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
    const std::vector<ReceiverSettings> named = read_receivers(target, reference, folder);
    if (!result.server.empty()) {
        result.reference = reference;
        result.named = named;
    }
    target.finish();
    return result;
}

}  // namespace twofifty::harness
