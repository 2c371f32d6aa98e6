// A TCP sender as users write it: the name of a preset, "linux", or a table that begins with one
// and changes what differs: { preset = "linux", round_trip = "80ms", retries = 8 }.
#pragma once

#include "netem/tcp_loss.hpp"
#include "settings/section.hpp"

#include <string>
#include <string_view>

namespace twofifty::netem {

/// The parameters under `key`; those of "linux" where there is no such key. Throws settings::Error.
TcpParameters read_tcp(settings::Section& section, std::string_view key);

/// The parameters as a TOML value with every key, which read_tcp reads back as the same ones.
std::string to_toml(const TcpParameters& tcp);

}  // namespace twofifty::netem
