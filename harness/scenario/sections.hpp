// The readers of a scenario's sections. Each reads one table, checks what can be checked within
// it, and leaves no key unread; what concerns several sections is checked in read_scenario.cpp.
#pragma once

#include "harness/scenario/scenario.hpp"
#include "settings/section.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace twofifty::harness {

/// `folder` is where the scenario's file stands; relative paths start there.
/// Adds to `assumptions` what the profiles that are used only assume.
FleetSettings read_fleet(settings::Section& root, const std::string& folder,
                         std::vector<std::string>& assumptions);
MessageSettings read_message(settings::Section message, const std::string& folder);
/// `fleet` says what the reference receiver offers of TLS where it is not told.
TargetSettings read_target(settings::Section target, const std::string& folder,
                           const FleetTls& fleet);

/// [target.reference]: the only receiver, or what the others take their defaults from.
ReceiverSettings read_reference(settings::Section reference, const std::string& folder,
                                const FleetTls& fleet);
/// [[target.receiver]]; empty where there are none.
std::vector<ReceiverSettings> read_receivers(settings::Section& target,
                                             const ReceiverSettings& defaults, Protocol protocol,
                                             const std::string& folder);
/// What receivers and the rest of the scenario ask of each other.
void check_receivers(settings::Section& root, const Scenario& scenario);
/// The table of the receiver in this place among those that are started, from 0.
settings::Section receiver_section(settings::Section& root, const Scenario& scenario,
                                   std::size_t place);

FleetTls read_fleet_tls(settings::Section& fleet, const std::string& folder);
/// What `tls` says; nothing where the key is absent. With `ehlo` false STARTTLS cannot be offered.
std::optional<ReferenceTls> read_reference_tls(settings::Section& reference,
                                               const std::string& folder, bool ehlo);
/// Throws where a file that the settings name cannot be used.
void check_tls_files(settings::Section& root, const Scenario& scenario);
/// "none", "opportunistic", "starttls", "implicit".
std::string_view to_string(smtp::TlsUse use);

/// `scenario` holds fleet and target already: without TLS there is nothing to end, and a fleet that
/// verifies must be shown a certificate that it can believe.
LayerSettings read_layer(settings::Section layer, const std::string& folder,
                         const Scenario& scenario);

/// `rules` are those of the scenario: a figure may name one.
std::vector<Expectation> read_expectations(settings::Section expect,
                                           const std::vector<netem::Rule>& rules);

/// A bound such as "duplicated <= 0.1%": a share of pairs that may not be exceeded.
std::optional<Expectation> read_share_bound(settings::Section& section, std::string_view key);

/// Nothing where the file has no [sweep].
std::optional<Sweep> read_sweep(settings::Section& root);
/// [sweep] and its axes as TOML, every value named.
std::string to_toml(const Sweep& sweep);

/// The user, password and mechanism under `key`; nothing where the key is absent.
std::optional<Credentials> read_credentials(settings::Section& section, std::string_view key);

/// "host:port" with a host, and a port of at least `least_port`.
bool is_endpoint(const std::string& text, int least_port);

/// A domain name as RFC 5321 4.1.2 spells it, of at most 255 characters.
bool is_domain(std::string_view text);

/// Throws where one of them is no domain, or is there twice, or there is none; turns them into
/// lower case.
void check_domains(settings::Section& section, std::string_view key,
                   std::vector<std::string>& domains);

/// True where both keys are present and `stronger` came from an option while `weaker` stands in
/// the file: what is said on the command line replaces what contradicts it in the file.
bool overrides(settings::Section& section, std::string_view stronger, std::string_view weaker);

}  // namespace twofifty::harness
