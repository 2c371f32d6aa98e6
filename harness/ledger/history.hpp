// What the judge and the diagnosis remember of a run: of each event only what a verdict or a cause
// can depend on, as numbers, so that a million messages fit into a few hundred megabytes.
#pragma once

#include "harness/ledger/connections.hpp"
#include "harness/ledger/interference.hpp"
#include "harness/ledger/pool.hpp"
#include "harness/ledger/stream_firings.hpp"
#include "record/event.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <vector>

namespace twofifty::harness {

/// Stands for a queue id, which is only ever compared within one pair. 0: no id.
using QueueId = std::uint64_t;

/// One try to hand a message over, as the fleet began it.
struct AttemptBegun {
    TimePoint at{};
    std::uint32_t attempt = 0;
    std::uint32_t connection = 0;  ///< The fleet's; 0 where it never had one.
    std::uint16_t receiver = 0;    ///< Which it turned to; 0: not known.
    bool censored = false;         ///< Its timeout was counted.
};

/// How the sender saw an attempt end without a reply. unseen: it gave up waiting, and only itself
/// knows when.
enum class NoReply : std::uint8_t { none, timed_out, unseen, connection_lost, other };

/// How an attempt ended for one pair.
struct AttemptEnd {
    TimePoint at{};
    Duration waited{};
    std::uint32_t attempt = 0;
    Phase phase = Phase::none;
    Outcome outcome = Outcome::none;
    NoReply no_reply = NoReply::none;
};

/// A reply to the final dot that the sender read.
struct FinalReply {
    TimePoint at{};
    QueueId id = 0;
    std::uint32_t attempt = 0;
    std::uint32_t recipient = 0;  ///< 0: for all (SMTP); LMTP answers each.
};

/// What the layer saw the server accept for one pair.
struct Transaction {
    TimePoint at{};
    Duration server_gap{};
    QueueId id = 0;
    std::uint32_t layer_attempt = 0;  ///< As the layer counts.
    std::uint32_t layer_connection = 0;
};

struct Copy {
    TimePoint at{};
    Duration commit{};
    std::uint64_t digest = 0;
    QueueId id = 0;
    std::uint32_t received_headers = 0;
    std::uint16_t receiver = 0;
    bool suppressed = false;  ///< It reached the receiver's queue, and no mailbox.
};

/// One (message, recipient).
struct Pair {
    TimePoint planned{};
    std::uint64_t digest = 0;
    std::uint32_t recipient = 0;
    std::uint32_t next = Chain::end;  ///< The message's next pair.
    Chain ends;
    Chain transactions;
    Chain copies;
    std::uint32_t suppressed = 0;  ///< Copies that a receiver kept out of the mailbox.
    std::uint32_t discarded = 0;   ///< Messages that a receiver threw away.
    std::uint16_t sender = 0;
    bool submitted = false;
    bool gave_up = false;
};

struct MessageHistory {
    std::uint32_t pair = Chain::end;  ///< Its first pair.
    Chain attempts;
    std::uint32_t last_attempt = 0;  ///< The highest number among them.
    Chain replies;
    Chain interferences;
};

/// Whether an event about a (message, recipient) names both; else it is about nothing that the
/// fleet sent.
bool names_pair(const Event& event);
/// Of an attempt_ended.
NoReply no_reply_of(const Event& ended);

class History {
public:
    /// Remembers what the fleet and the layer saw of dialogues, and the copies that were found. Of
    /// other events, and of what names no message, nothing.
    void add(const Event& event);
    /// A copy that was found or suppressed. REQUIRES: names_pair(event).
    void add_copy(const Event& event);

    /// Made where there is none. REQUIRES: ordinal != 0.
    MessageHistory& message(std::uint32_t ordinal);
    /// Made where there is none. The reference stays valid.
    Pair& pair(std::uint32_t message, std::uint32_t recipient);
    /// Made where there is none, so that an attempt whose beginning was not recorded is one too.
    AttemptBegun& attempt(const Event& event);

    /// Calls `visit(ordinal, const MessageHistory&)` in the order of the ordinals.
    template <class Visit>
    void for_each_message(const Visit& visit) const {
        for (std::size_t i = 0; i < near_.size(); ++i) {
            visit(static_cast<std::uint32_t>(i + 1), near_[i]);
        }
        for (const auto& [ordinal, message] : far_) visit(ordinal, message);
    }

    /// Calls `visit(const Pair&)` in the order in which the pairs became known.
    template <class Visit>
    void for_each_pair(const MessageHistory& message, const Visit& visit) const {
        for (std::uint32_t i = message.pair; i != Chain::end; i = pairs_[i].next) visit(pairs_[i]);
    }

    Pool<AttemptBegun> attempts;
    Pool<AttemptEnd> ends;
    Pool<FinalReply> replies;
    Pool<Transaction> transactions;
    Pool<Copy> copies;
    Pool<Interfered> interferences;
    Connections connections;
    StreamFirings stream_firings;

private:
    void add_submitted(const Event& event);
    void add_reply(const Event& event);
    void add_attempt_end(const Event& event);
    void add_transaction(const Event& event);

    /// Ordinals up to a bound that grows with the run stand in a row. Beyond it only a forged or
    /// damaged ordinal lies; it must not cost the memory of all those before it.
    std::deque<MessageHistory> near_;
    std::map<std::uint32_t, MessageHistory> far_;
    std::deque<Pair> pairs_;
};

}  // namespace twofifty::harness
