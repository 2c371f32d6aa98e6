// fleet.tls and target.reference.tls: a mode alone, or a table with the mode and what goes with it.
#include "harness/scenario/sections.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <filesystem>
#include <span>

namespace twofifty::harness {
namespace {

using settings::Section;
using smtp::TlsUse;

constexpr std::array<std::string_view, 4> fleet_modes{"none", "opportunistic", "starttls",
                                                      "implicit"};
constexpr std::array<std::string_view, 3> reference_modes{"none", "starttls", "implicit"};
constexpr std::array<std::string_view, 2> version_names{"1.2", "1.3"};

/// The mode, and the table that holds what goes with it; an empty one where the mode stands alone.
struct Written {
    std::string_view mode;
    Section table;
};

std::optional<Written> read_mode(Section& parent, std::span<const std::string_view> modes) {
    const settings::Value* value = parent.value("tls");
    if (!value) return std::nullopt;
    if (std::holds_alternative<std::string>(value->data)) {
        const std::size_t mode = *parent.choice("tls", modes);
        return Written{modes[mode], Section(parent.place_of("tls"), parent.path() + ".tls")};
    }
    if (!std::holds_alternative<settings::Table>(value->data))
        parent.fail("tls", fmt::format("expected one of \"{}\", or a table such as "
                                       "{{ mode = \"starttls\" }}, found {}",
                                       fmt::join(modes, "\", \""), settings::describe(*value)));
    Section table = parent.section("tls");
    const std::optional<std::size_t> mode = table.choice("mode", modes);
    if (!mode)
        table.fail("mode",
                   fmt::format("missing; expected one of \"{}\"", fmt::join(modes, "\", \"")));
    for (const std::string& key : table.keys())
        if (*mode == 0 && key != "mode")
            table.fail(key, "contradicts mode = \"none\"; remove one of the two");
    return Written{modes[*mode], std::move(table)};
}

TlsUse use_of(std::string_view mode) {
    for (std::size_t i = 0; i < fleet_modes.size(); ++i)
        if (fleet_modes[i] == mode) return static_cast<TlsUse>(i);
    return TlsUse::none;
}

tls::Versions read_version(Section& table) {
    const std::optional<std::size_t> version = table.choice("version", version_names);
    if (!version) return {};
    const auto only = static_cast<tls::Version>(*version);
    return {only, only};
}

/// A path, from the folder of the scenario; the resolved scenario is kept elsewhere.
std::string read_path(Section& table, std::string_view key, const std::string& folder) {
    const std::optional<std::string> path = table.text(key);
    if (!path) return {};
    if (path->empty()) table.fail(key, "is empty; expected the path of a PEM file");
    return std::filesystem::absolute(std::filesystem::path(folder) / *path)
        .lexically_normal()
        .string();
}

}  // namespace

std::string_view to_string(TlsUse use) {
    return fleet_modes[static_cast<std::size_t>(use)];
}

FleetTls read_fleet_tls(Section& fleet, const std::string& folder) {
    FleetTls result;
    std::optional<Written> written = read_mode(fleet, fleet_modes);
    if (!written) return result;
    Section& table = written->table;
    result.use = use_of(written->mode);
    result.verify = read_path(table, "verify", folder);
    result.server_name = table.text("server_name").value_or("");
    const bool is_name =
        is_domain(result.server_name) || result.server_name.find(':') != std::string::npos;
    if (table.has("server_name") && !is_name)
        table.fail("server_name",
                   fmt::format("{} is no host name; expected such as \"mx.example.test\"",
                               settings::toml_text(result.server_name)));
    result.versions = read_version(table);
    table.finish();
    return result;
}

std::optional<ReferenceTls> read_reference_tls(Section& reference, const std::string& folder,
                                               bool ehlo) {
    ReferenceTls result;
    std::optional<Written> written = read_mode(reference, reference_modes);
    if (!written) return std::nullopt;
    Section& table = written->table;
    result.use = use_of(written->mode);
    if (result.use == TlsUse::starttls && !ehlo)
        reference.fail("tls", "contradicts ehlo = false: only EHLO can offer STARTTLS; remove one");
    result.certificate = read_path(table, "certificate", folder);
    result.key = read_path(table, "key", folder);
    if (table.has("key") && result.certificate.empty())
        table.fail("key",
                   "needs the certificate that it belongs to; expected certificate beside "
                   "it, or neither (then both are made)");
    if (result.key.empty()) result.key = result.certificate;
    result.versions = read_version(table);
    table.finish();
    return result;
}

LayerSettings read_layer(Section layer, const std::string& folder, const Scenario& scenario) {
    constexpr std::array<std::string_view, 2> ways{"terminate", "pass"};
    LayerSettings result;
    const FleetTls& fleet = scenario.fleet.tls;
    result.terminates_tls = layer.choice("tls", ways).value_or(0) == 0;
    result.certificate = read_path(layer, "certificate", folder);
    result.key = read_path(layer, "key", folder);
    result.verify = read_path(layer, "verify", folder);
    for (const std::string_view key : {"certificate", "key", "verify"}) {
        if (layer.has(key) && !result.terminates_tls)
            layer.fail(key, "contradicts tls = \"pass\": the layer then shows and checks none");
        if (layer.has(key) && fleet.use == TlsUse::none)
            layer.fail(key, "says nothing without TLS; expected fleet.tls beside it");
    }
    if (layer.has("key") && result.certificate.empty())
        layer.fail("key",
                   "needs the certificate that it belongs to; expected certificate beside "
                   "it, or neither (then both are made)");
    // What the receiver shows, the layer may show in its place.
    const ReferenceTls& reference = scenario.target.reference.tls;
    if (result.certificate.empty() && result.terminates_tls) {
        result.certificate = reference.certificate;
        result.key = reference.key;
    }
    if (result.key.empty()) result.key = result.certificate;
    layer.finish();
    return result;
}

void check_tls_files(Section& root, const Scenario& scenario) {
    const FleetTls& fleet = scenario.fleet.tls;
    const std::string& shown = scenario.target.reference.tls.certificate;
    if (!fleet.verify.empty()) {
        try {
            tls::Context::for_client(fleet.verify);
        } catch (const tls::BadCredentials& error) {
            root.section("fleet").section("tls").fail("verify", error.what());
        }
    }
    const LayerSettings& layer = scenario.layer;
    if (!layer.verify.empty()) {
        try {
            tls::Context::for_client(layer.verify);
        } catch (const tls::BadCredentials& error) {
            root.section("layer").fail("verify", error.what());
        }
    }
    if (!layer.certificate.empty() && layer.certificate != shown) {
        try {
            tls::Context::for_server(tls::load_identity(layer.certificate, layer.key));
        } catch (const tls::BadCredentials& error) {
            root.section("layer").fail("certificate", error.what());
        }
    }
    if (layer.terminates_tls && !scenario.target.direct && !fleet.verify.empty() &&
        layer.certificate.empty())
        root.section("layer").fail(
            "certificate",
            "missing: the fleet verifies (fleet.tls.verify), and would not believe a "
            "certificate that the layer makes; expected layer.certificate and layer.key, "
            "layer.tls = \"pass\" or target.direct = true");
    const std::span<const ReceiverSettings> receivers = scenario.target.receivers();
    for (std::size_t i = 0; i < receivers.size(); ++i) {
        const ReferenceTls& reference = receivers[i].tls;
        if (reference.certificate.empty()) continue;
        try {
            tls::Context::for_server(tls::load_identity(reference.certificate, reference.key));
        } catch (const tls::BadCredentials& error) {
            Section receiver = receiver_section(root, scenario, i);
            if (!receiver.has("tls")) receiver = root.section("target").section("reference");
            receiver.section("tls").fail("certificate", error.what());
        }
    }
}

}  // namespace twofifty::harness
