#pragma once

#include "netem/proxy.hpp"

#include <span>

namespace twofifty::netem {

/// Serves one client from its first byte to the end of both connections. `scratch` is where its
/// reads may go until it waits again; `unanswered` counts the sessions whose server owes a reply to
/// an end of data.
world::Task<> serve_session(ProxyContext context, const ProxyOptions& options, Door& door,
                            std::unique_ptr<world::Stream> client, std::uint32_t connection,
                            std::span<char> scratch, std::size_t& unanswered);

}  // namespace twofifty::netem
