#pragma once

#include "netem/proxy.hpp"

namespace twofifty::netem {

/// Serves one client from its first byte to the end of both connections.
world::Task<> serve_session(ProxyContext context, const ProxyOptions& options,
                            std::unique_ptr<world::Stream> client, std::uint32_t connection);

}  // namespace twofifty::netem
