// A recorded connection, played again to a server: the client's side as it was, and beside each
// other what the servers answered.
#pragma once

#include "harness/app/dialogue_file.hpp"
#include "record/time.hpp"
#include "world/network.hpp"
#include "world/task.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace twofifty::harness {

/// One thing the client did.
struct ReplayStep {
    enum class What : std::uint8_t { send, shut, reset };

    What what = What::send;
    Duration at{};                     ///< Since the connection was opened.
    std::uint32_t replies_before = 0;  ///< Replies of the server that had come by then.
    std::string bytes{};
};

struct RecordedConnection {
    std::uint32_t number = 0;
    std::vector<ReplayStep> steps{};
    std::vector<std::string> replies{};  ///< Raw, in order.
    /// From here on it was no SMTP (TLS, say), and cannot be played; empty: all of it was.
    std::string why_not_all{};
};

/// The connections of a recording, in the order in which they were opened.
std::vector<RecordedConnection> connections_of(std::span<const DialogueEvent> events);

struct Replayed {
    std::vector<std::string> replies{};  ///< Raw, in order.
    std::string trouble{};  ///< Why it ended before the recording did; empty: it did not.
};

struct ReplayOptions {
    bool at_recorded_times = false;
    Duration patience = std::chrono::seconds{60};  ///< For each reply.
};

/// Plays one connection. REQUIRES: everything passed outlives the task.
world::Task<> replay(world::Clock& clock, world::Network& network, const world::Endpoint& target,
                     const RecordedConnection& recorded, const ReplayOptions& options,
                     Replayed& result);

/// Every reply beside the recorded one; `agree` becomes false where a code differs.
std::string side_by_side(const RecordedConnection& recorded, const Replayed& replayed, bool& agree);

}  // namespace twofifty::harness
