// A diagnosis: the cause, the evidence it rests on, what would have prevented it, and what cannot
// be told. Plain data; note.cpp and diagnosis_json.cpp say it to people and to machines.
#pragma once

#include "harness/diagnose/cause.hpp"
#include "harness/diagnose/chi_square.hpp"
#include "harness/diagnose/patience.hpp"
#include "harness/diagnose/queue_book.hpp"
#include "harness/ledger/time_spread.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace twofifty::harness {

/// What there was, counted.
struct Counted {
    std::uint64_t messages = 0;
    std::uint64_t pairs = 0;       ///< (message, recipient)
    std::uint64_t duplicated = 0;  ///< Pairs with two copies or more.
    std::uint64_t copies = 0;
    std::uint64_t extra_copies = 0;
    std::uint64_t suppressed = 0;  ///< Of the copies: they reached no mailbox.
    std::uint64_t transactions = 0;
    std::uint64_t given_up = 0;  ///< Waits for the reply to the final dot that were in vain.
    std::uint64_t inferred = 0;  ///< Copies joined to their attempt by time or by count.
    std::uint64_t unexpected = 0;
    std::map<std::uint64_t, std::uint64_t> histogram{};  ///< Pairs by their number of copies.

    bool operator==(const Counted&) const = default;
};

/// From the end of data on.
struct ReplyTimes {
    TimeSpread server{};  ///< To the server's own reply.
    TimeSpread path{};    ///< What the sender waited beyond that, where it read the reply.
    TimeSpread sender{};  ///< What the sender waited; in vain: censored.
};

/// Senders of one kind: of one group where groups are known, else those that gave up after the same
/// time.
struct SenderKind {
    std::string name{};
    std::uint64_t senders = 0;
    Share duplicated{};  ///< Of their pairs.
    std::uint64_t given_up = 0;
    std::optional<Duration> timer_least{};  ///< The shortest and longest wait in vain.
    std::optional<Duration> timer_most{};
    Duration longest_answered{};  ///< The longest wait that was rewarded.

    bool operator==(const SenderKind&) const = default;
};

struct ReceiverSeen {
    std::string name{};
    std::uint64_t copies = 0;
    std::uint64_t extra_copies = 0;
    std::uint64_t copies_most = 0;  ///< Of one message to one recipient, there.
    std::uint64_t discarded = 0;    ///< Messages thrown away before they were answered.
    QueueFacts incoming{};
    QueueFacts outgoing{};

    bool operator==(const ReceiverSeen&) const = default;
};

/// Whether duplicates come from somewhere, or at some time, more than elsewhere.
struct Pattern {
    std::optional<ChiSquare> senders{};       ///< Over all senders.
    std::optional<ChiSquare> within_kinds{};  ///< Among senders of one kind, summed up.
    std::optional<ChiSquare> receivers{};
    std::optional<ChiSquare> times{};
    Duration slice{};            ///< The width of one of `by_time`.
    std::vector<Share> by_time;  ///< Duplicated pairs by planned time.
    Share while_deep{};          ///< Transactions that began while the queue there was deep.
    Share otherwise{};
    std::optional<ChiSquare> deep{};
};

/// A message was handed from one receiver to another that had it.
struct LoopEdge {
    std::string from{};
    std::string to{};
    std::uint64_t copies = 0;

    bool operator==(const LoopEdge&) const = default;
};

struct Prevention {
    TimeoutAdvice timeout{};
    std::optional<Duration> shortest_timer{};  ///< The servers must answer before that.
    std::uint32_t headers_normal = 0;  ///< Received headers of mail that did not loop, most.
    std::uint32_t headers_most = 0;
    std::uint32_t headers_of_return = 0;  ///< Of the first copies that came back, fewest; 0: none.
    std::vector<LoopEdge> edges{};        ///< Most copies first.
};

struct CauseShare {
    Cause cause{};
    std::uint64_t extra_copies = 0;

    bool operator==(const CauseShare&) const = default;
};

/// What was there to be seen.
struct Scope {
    bool layer_seen = false;
    bool copies_seen = false;  ///< Else what the server accepted counts as the copy.
    bool queues_seen = false;
    bool foreign = false;
    bool ended = false;
    bool kinds_are_groups = false;
    std::uint64_t opaque_connections = 0;
    std::uint64_t unanswered_forwards = 0;
};

struct Diagnosis {
    Cause cause = Cause::cannot_tell;
    std::vector<CauseShare> causes{};  ///< Most copies first.
    ReasonTally reasons{};
    Counted found{};
    ReplyTimes times{};
    std::vector<SenderKind> senders{};
    std::vector<ReceiverSeen> receivers{};
    Pattern pattern{};
    Prevention prevention{};
    Scope scope{};
};

}  // namespace twofifty::harness
