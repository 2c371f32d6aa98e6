#pragma once

#include "harness/scenario/scenario.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace twofifty::harness {

/// A new folder `<base>/<name>/<UTC time>`, with `<base>/<link>` pointing at it. Throws
/// CommandError (bad_input) where it cannot be made.
std::filesystem::path make_run_folder(const std::filesystem::path& base, const std::string& name,
                                      const std::string& link = "latest");
/// The same for a scenario; holds scenario.toml, resolved.
std::filesystem::path make_run_folder(const std::filesystem::path& base, const Scenario& scenario);

/// Writes a whole file. Throws CommandError (environment) that says why not: a full disk, say.
void write_file(const std::filesystem::path& path, std::string_view text);

/// Reads a whole file. Throws CommandError (bad_input) where there is none.
std::string read_file(const std::filesystem::path& path);

/// Now, as "2026-11-23T21:10:33Z".
std::string utc_now();

}  // namespace twofifty::harness
