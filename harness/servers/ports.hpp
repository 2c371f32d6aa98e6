// Ports of the loopback address.
#pragma once

#include "record/time.hpp"

#include <cstdint>
#include <string>

namespace twofifty::harness {

/// One that nobody listens at now. Throws std::system_error where there is none.
std::uint16_t free_port();

bool port_is_taken(std::uint16_t port);

/// The first line that is said there to whoever connects; empty where nothing comes in time.
std::string greeting_of(std::uint16_t port, Duration limit);

}  // namespace twofifty::harness
