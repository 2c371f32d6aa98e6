// Why each copy of one message to one recipient is one too many, from what both sides said and when
// they said it.
#pragma once

#include "harness/diagnose/cause.hpp"
#include "harness/ledger/pair_story.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace twofifty::harness {

/// What is known of the run beside the pair.
struct Surroundings {
    bool layer_seen = false;  ///< Somebody watched between senders and servers.
    /// How much longer than the server takes itself a sender usually waits for its reply.
    Duration usual_path{};
};

/// What one attempt came to, seen from both ends.
struct AttemptSeen {
    const AttemptEnd* end = nullptr;        ///< Null where nobody saw it end.
    const Transaction* accepted = nullptr;  ///< Null where nobody saw the server accept.
    std::optional<Duration> server_gap{};   ///< The server's own time.
};

AttemptSeen look_at(const PairStory& pair, std::uint32_t attempt);

struct ExtraCopyFound {
    Reason reason = Reason::unexplained;
    std::uint32_t culprit = 0;   ///< The attempt whose acknowledgement went wrong; 0: none did.
    std::uint32_t from = 0;      ///< came_back, passed_on: the receiver that handed it on.
    std::uint32_t receiver = 0;  ///< Where the copy lies.
    std::uint32_t headers = 0;   ///< Received headers of the copy.
    bool had_it = false;         ///< came_back: that receiver had one with fewer headers.
};

/// One for each copy beyond the first. Suppressed copies count: they arrived.
std::vector<ExtraCopyFound> find_extra_copies(const MessageStory& message, const PairStory& pair,
                                              const Surroundings& surroundings);

}  // namespace twofifty::harness
