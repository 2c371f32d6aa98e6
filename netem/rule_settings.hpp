// Rules as users write them: the tables of [[impair]] in a scenario, in a rule file, and in a
// request to the proxy. A rule that could never fire, or whose effect says nothing where it would
// act, is refused: such a run would look green and show nothing.
#pragma once

#include "netem/rule.hpp"
#include "settings/section.hpp"

#include <string>
#include <vector>

namespace twofifty::netem {

/// One table with name, when, effect, budget and continue. Throws settings::Error.
Rule read_rule(settings::Section rule);
/// The same, for a proxy: servers behind it have no names. Throws where the rule asks for one.
Rule read_rule_of_proxy(settings::Section rule);

/// The array of tables under `impair`. Names are unique. Throws settings::Error.
std::vector<Rule> read_rules(settings::Section& root);

/// A file that holds nothing but [[impair]], for a proxy. Throws settings::Error.
std::vector<Rule> load_rules(const std::string& path);

/// The lines of one rule, `[[impair]]` in front, with every default shown; read_rule reads them
/// back as the same.
std::string to_toml(const Rule& rule);

}  // namespace twofifty::netem
