// From a scenario file to plain structs. Everything is checked here, before anything is started:
// unknown keys, types, ranges and contradictions, each with file, line and column.
#pragma once

#include "harness/scenario/scenario.hpp"
#include "settings/value.hpp"

#include <span>
#include <string>
#include <string_view>

namespace twofifty::harness {

/// Reads a tree. The name's default is the stem of the file that the tree came from, and a corpus
/// stands relative to that file. Looks at no other file. Throws settings::Error.
Scenario read_scenario(const settings::Value& root);

/// Reads a scenario's text, its question included, with "key=value" overrides. Looks at no file,
/// hence also right for the scenario that a run left behind. Throws settings::Error.
Scenario parse_scenario(std::string_view text, const std::string& source,
                        std::span<const std::string> overrides = {});

/// Reads a scenario's file, with "key=value" overrides, and looks whether its corpus can be read.
/// Throws settings::Error.
Scenario load_scenario(const std::string& path, std::span<const std::string> overrides = {});

/// Looks whether the files that a scenario names can be used. `root` is the tree that it was read
/// from. Throws settings::Error.
void check_files(const settings::Value& root, const Scenario& scenario);

}  // namespace twofifty::harness
