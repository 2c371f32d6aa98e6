// The second half of judging: the whole history is known, and each pair gets its verdict.
#pragma once

#include "harness/ledger/examples.hpp"
#include "harness/ledger/history.hpp"
#include "harness/ledger/judgement.hpp"

#include <cstdint>
#include <vector>

namespace twofifty::harness {

/// What the servers of a run were seen to do beside the dialogues.
struct ServersSeen {
    TimePoint queues_empty_at{};   ///< The last time, TimePoint::min() for never.
    bool suppresses = false;       ///< As in JudgeFacts.
    bool sender_is_empty = false;  ///< The server that the fleet submits to holds nothing more.
};

/// Fills in what of a judgement follows from the pairs: counts, verdicts, causes, lists.
class VerdictPass {
public:
    VerdictPass(const History& history, const ServersSeen& seen, Judgement& judgement)
        : history_(history), seen_(seen), judgement_(judgement) {}

    void run();

private:
    /// What a verdict depends on.
    struct PairFigures {
        std::uint32_t copies = 0;
        std::uint32_t transactions = 0;
        std::uint32_t suppressed = 0;  ///< Taken by a receiver and kept out of the mailbox.
        bool corrupted = false;
        TimePoint acknowledged_at = never;
        TimePoint delivered_at = never;
    };

    void judge_message(std::uint32_t ordinal, const MessageHistory& message);
    void judge_pair(std::uint32_t ordinal, const MessageHistory& message, const Pair& pair);
    PairFigures figures_of(const Pair& pair) const;
    Verdict verdict_of(const PairFigures& figures, SenderEnd end) const;
    void compare_with_layer(std::uint32_t ordinal, const Pair& pair, const PairFigures& figures);
    void explain(std::uint32_t ordinal, const MessageHistory& message, const Pair& pair);

    const History& history_;
    ServersSeen seen_;
    Judgement& judgement_;
    TimeSpreadRecorder time_to_acknowledge_;
    TimeSpreadRecorder time_to_delivery_;
    Examples examples_;
    std::vector<const Pair*> pairs_;  ///< Of one message; kept for its memory.
};

}  // namespace twofifty::harness
