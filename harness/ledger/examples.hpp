// Which messages a report shows with their timelines.
#pragma once

#include "harness/scenario/words.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace twofifty::harness {

/// Keeps for each kind of trouble (a cause of extra copies, or another verdict) the message with
/// the most copies; among equals the first.
class Examples {
public:
    void offer(std::uint32_t message, std::uint32_t copies, Trigger trigger);
    void offer(std::uint32_t message, std::uint32_t copies, Verdict verdict);

    /// At most so many different messages: most copies first, but a lost one is never left out.
    /// A message without trouble only where there is no trouble.
    std::vector<std::uint32_t> chosen(std::size_t most) const;

private:
    struct Best {
        std::uint32_t message = 0;  ///< 0: none yet.
        std::uint32_t copies = 0;
    };

    static void keep_better(Best& best, std::uint32_t message, std::uint32_t copies);

    std::array<Best, trigger_names.size()> by_trigger_{};
    std::array<Best, verdict_names.size()> by_verdict_{};
};

}  // namespace twofifty::harness
