// What a proxy was started with: from the command line, and in the run folder, so that it can be
// judged again.
#pragma once

#include "harness/app/commands.hpp"
#include "harness/scenario/scenario.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::harness {

struct ProxySettings {
    std::string name = "proxy";
    std::uint64_t seed = 1;
    bool lmtp = false;
    std::vector<std::string> listen{};    ///< host:port
    std::vector<std::string> upstream{};  ///< Of each listener.
    std::vector<std::string> expect{};    ///< "duplicated == 0"
    std::vector<netem::Rule> rules{};

    bool operator==(const ProxySettings&) const = default;
};

/// Its file in a run folder.
inline constexpr std::string_view proxy_settings_file = "proxy.toml";

/// Reads the options, the rules' file with them. Throws CommandError and settings::Error.
ProxySettings read_proxy_options(const ProxyCommandOptions& options);

/// As it stands in a run folder: read_proxy_settings(to_toml(s), ...) == s.
std::string to_toml(const ProxySettings& settings);
/// Throws settings::Error.
ProxySettings read_proxy_settings(std::string_view text, const std::string& source);

/// What a judge and a report ask of a scenario. `any_rule`: a bound may name a rule that is not
/// there from the start. Throws settings::Error for a bound that is none.
Scenario as_scenario(const ProxySettings& settings, bool any_rule);

}  // namespace twofifty::harness
