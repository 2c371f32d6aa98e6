#pragma once

#include "world/stream.hpp"
#include "world/virtual/virtual_network.hpp"

#include <memory>
#include <utility>

namespace twofifty::world::virtual_world {

class Connection;

/// The two ends of a new connection: the connecting one and the accepting one.
std::pair<std::unique_ptr<Stream>, std::unique_ptr<Stream>> make_connection(VirtualNetwork& network,
                                                                            const Endpoint& from,
                                                                            const Endpoint& to);

}  // namespace twofifty::world::virtual_world
