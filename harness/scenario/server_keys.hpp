// What readers and writers of a scenario share about real servers.
#pragma once

#include "harness/scenario/scenario.hpp"
#include "harness/scenario/scenario_writer.hpp"
#include "settings/section.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace twofifty::harness {

/// Whether the table says `server`, and another one than "reference".
bool names_real_server(settings::Section& section);
/// The keys of a real server. Throws where there is no such one, or it cannot do that.
ServerSettings read_server(settings::Section& section, const std::string& folder);
/// [sender]; nothing is started where there is none.
ServerSettings read_sender_server(settings::Section sender, const std::string& folder);
/// [[fault]]. `scenario` holds sender and target already.
std::vector<Fault> read_faults(settings::Section& root, const Scenario& scenario);

/// REQUIRES: a server of this name is started.
const ServerSettings& server_of(const Scenario& scenario, std::string_view name);

void write_server(Writer& writer, const ServerSettings& server);
void write_faults(Writer& writer, const std::vector<Fault>& faults);

}  // namespace twofifty::harness
