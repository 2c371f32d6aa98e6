#pragma once

#include <span>
#include <string>

namespace twofifty::harness {

/// Resolves "host:port" to a literal address and refuses what is neither loopback nor private,
/// unless `may_send_to` names the host: a load generator pointed at somebody else's server is a
/// weapon. Throws CommandError: bad_input where it is refused, environment where the name does not
/// resolve.
std::string safe_address(const std::string& address, std::span<const std::string> may_send_to);

}  // namespace twofifty::harness
