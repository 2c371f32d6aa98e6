// twofifty replay: sends what clients said in a recording to a server, and says whether it answers
// as the recorded one did.
#include "harness/app/commands.hpp"
#include "harness/app/replay.hpp"
#include "harness/app/target_safety.hpp"
#include "world/endpoint.hpp"
#include "world/real/real_world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace twofifty::harness {

ExitCode replay_command(const ReplayCommandOptions& options) {
    if (options.speed != 0 && options.speed != 1)
        throw CommandError(ExitCode::bad_input,
                           fmt::format("--speed {}: expected 1 (as it was) or 0 (as fast as the "
                                       "server answers)",
                                       options.speed));
    std::vector<RecordedConnection> connections =
        connections_of(read_dialogue_file(options.recording));
    if (options.connection)
        std::erase_if(connections, [&](const RecordedConnection& connection) {
            return connection.number != *options.connection;
        });
    if (connections.empty())
        throw CommandError(
            ExitCode::bad_input,
            options.connection
                ? fmt::format("{} holds no connection {}", options.recording, *options.connection)
                : fmt::format("{} holds no connection", options.recording));
    const std::string target = safe_address(options.target, options.may_send_to);
    const world::Endpoint endpoint = *world::parse_endpoint(target);

    world::real_world::RealWorld world(std::chrono::steady_clock::now());
    const ReplayOptions how{.at_recorded_times = options.speed == 1};
    bool agree = true;
    for (const RecordedConnection& recorded : connections) {
        Replayed replayed;
        world.run(replay(world.clock(), world.network(), endpoint, recorded, how, replayed));
        const std::string page = side_by_side(recorded, replayed, agree);
        if (!options.quiet) fmt::print("{}", page);
    }
    if (!agree) throw CommandError(ExitCode::failed, "the answers differ from the recorded ones");
    return ExitCode::passed;
}

}  // namespace twofifty::harness
