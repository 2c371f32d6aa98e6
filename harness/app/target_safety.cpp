#include "harness/app/target_safety.hpp"

#include "harness/app/exit_code.hpp"
#include "world/endpoint.hpp"
#include "world/real/real_world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace twofifty::harness {

std::string safe_address(const std::string& address, std::span<const std::string> may_send_to) {
    const std::optional<world::Endpoint> endpoint = world::parse_endpoint(address);
    if (!endpoint || endpoint->port == 0)
        throw CommandError(ExitCode::bad_input, fmt::format("target {}: not host:port", address));
    const world::Result<std::vector<std::string>> addresses =
        world::real_world::resolve(endpoint->host);
    if (!addresses)
        throw CommandError(ExitCode::environment,
                           fmt::format("target {}: {}", address, addresses.error().message()));
    const bool allowed =
        std::find(may_send_to.begin(), may_send_to.end(), endpoint->host) != may_send_to.end();
    for (const std::string& literal : *addresses) {
        if (allowed || world::is_private_address(literal)) continue;
        throw CommandError(
            ExitCode::bad_input,
            fmt::format(
                "target {}: {} is neither loopback nor private; if the server is yours to load, "
                "add --i-may-send-to {}",
                address, literal, endpoint->host));
    }
    return to_string(world::Endpoint{addresses->front(), endpoint->port});
}

}  // namespace twofifty::harness
