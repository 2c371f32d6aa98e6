// How copies, transactions and interferences are joined to the attempts that made them.
// docs/accounting.md tells the same to the operator.
#pragma once

#include "harness/ledger/history.hpp"

#include <cstdint>
#include <vector>

namespace twofifty::harness {

/// A record and the attempt that it belongs to: 0 where that cannot be told. `inferred`: joined by
/// time or by count, not by an id or a connection.
template <class Record>
struct Joined {
    Record record;
    std::uint32_t attempt = 0;
    bool inferred = false;
};

/// What all pairs of a message share.
struct MessageStory {
    std::vector<AttemptBegun> attempts;  ///< In the order of their numbers.
    std::vector<FinalReply> replies;
    std::vector<Joined<Interfered>> interferences;
};

/// One pair's way: every record with its attempt.
struct PairStory {
    std::uint32_t recipient = 0;
    std::vector<AttemptEnd> ends{};
    std::vector<Joined<Transaction>> transactions{};  ///< By attempt, then time.
    std::vector<Joined<Copy>> copies{};               ///< By attempt, then time.
};

/// REQUIRES: history.connections is joined.
MessageStory message_story(const History& history, const MessageHistory& message);

PairStory pair_story(const History& history, const MessageStory& message, const Pair& pair);

}  // namespace twofifty::harness
