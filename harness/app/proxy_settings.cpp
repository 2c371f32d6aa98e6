#include "harness/app/proxy_settings.hpp"

#include "harness/scenario/figures.hpp"
#include "netem/rule_settings.hpp"
#include "settings/section.hpp"
#include "settings/value.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

namespace twofifty::harness {
namespace {

using settings::Section;

/// "duplicated == 0": the figure ends where the comparison begins.
Expectation read_bound(const std::string& text, std::vector<std::string_view> rule_names,
                       bool any_rule) {
    const settings::Place place{.source = fmt::format("--expect \"{}\"", text)};
    const std::size_t comparison = std::min(text.find_first_of("=!<>"), text.size());
    std::string_view figure = std::string_view(text).substr(0, comparison);
    while (figure.ends_with(' ')) figure.remove_suffix(1);
    while (figure.starts_with(' ')) figure.remove_prefix(1);
    if (figure.empty() || comparison == text.size())
        throw settings::Error(place,
                              "expected a figure and its bound, such as \"duplicated == 0\"");
    const std::optional<Figure> found = find_figure(figure);
    if (any_rule && found && !found->rule.empty()) rule_names.push_back(found->rule);
    return read_expectation(figure, std::string_view(text).substr(comparison), place, rule_names);
}

std::string list_text(const std::vector<std::string>& texts) {
    std::vector<std::string> quoted;
    for (const std::string& text : texts) quoted.push_back(settings::toml_text(text));
    return fmt::format("[{}]", fmt::join(quoted, ", "));
}

}  // namespace

ProxySettings read_proxy_options(const ProxyCommandOptions& options) {
    if (options.listen.empty() && options.upstream.empty() && options.api.empty())
        throw CommandError(ExitCode::bad_input,
                           "nothing to do; expected --listen and --upstream, or --api");
    if (options.listen.size() != options.upstream.size())
        throw CommandError(
            ExitCode::bad_input,
            fmt::format("{} --listen and {} --upstream; expected as many of the one as of the "
                        "other, each listener with its server",
                        options.listen.size(), options.upstream.size()));
    ProxySettings result{.seed = options.seed,
                         .lmtp = options.lmtp,
                         .listen = options.listen,
                         .upstream = options.upstream,
                         .expect = options.expect};
    if (!options.rules.empty()) result.rules = netem::load_rules(options.rules);
    return result;
}

std::string to_toml(const ProxySettings& settings) {
    std::string toml = "# What this proxy was started with.\n";
    toml += fmt::format("name = {}\nseed = {}\nlmtp = {}\n", settings::toml_text(settings.name),
                        settings.seed, settings.lmtp);
    toml += fmt::format("listen = {}\nupstream = {}\nexpect = {}\n", list_text(settings.listen),
                        list_text(settings.upstream), list_text(settings.expect));
    for (const netem::Rule& rule : settings.rules) toml += "\n" + netem::to_toml(rule);
    return toml;
}

ProxySettings read_proxy_settings(std::string_view text, const std::string& source) {
    const settings::Value document = settings::parse_toml(text, source);
    Section root(document, "");
    ProxySettings result;
    result.name = root.text("name").value_or(result.name);
    result.seed = static_cast<std::uint64_t>(
        root.count("seed", 0, std::numeric_limits<std::int64_t>::max()).value_or(1));
    result.lmtp = root.flag("lmtp").value_or(false);
    result.listen = root.texts("listen").value_or(std::vector<std::string>{});
    result.upstream = root.texts("upstream").value_or(std::vector<std::string>{});
    result.expect = root.texts("expect").value_or(std::vector<std::string>{});
    result.rules = netem::read_rules(root);
    root.finish();
    return result;
}

Scenario as_scenario(const ProxySettings& settings, bool any_rule) {
    Scenario scenario{.name = settings.name, .seed = settings.seed, .rules = settings.rules};
    scenario.target.protocol = settings.lmtp ? Protocol::lmtp : Protocol::smtp;
    std::vector<std::string_view> rule_names;
    for (const netem::Rule& rule : settings.rules) rule_names.push_back(rule.name);
    for (const std::string& bound : settings.expect)
        scenario.expectations.push_back(read_bound(bound, rule_names, any_rule));
    return scenario;
}

}  // namespace twofifty::harness
