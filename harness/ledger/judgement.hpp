// What a run came to: every figure of summary.json that is derived from events, and the lists
// behind them.
#pragma once

#include "harness/ledger/queue_history.hpp"
#include "harness/ledger/server_accounts.hpp"
#include "harness/ledger/tally.hpp"
#include "harness/ledger/time_spread.hpp"
#include "harness/scenario/words.hpp"
#include "record/phase.hpp"
#include "record/time.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace twofifty::harness {

/// How many of everything. A pair is one (message, recipient) that the fleet submitted.
struct Counts {
    std::uint64_t messages = 0;
    std::uint64_t recipients = 0;  ///< Pairs: what verdicts and percentages are of.
    std::uint64_t attempts = 0;
    std::uint64_t copies = 0;             ///< Of pairs; unexpected ones are not among them.
    std::uint64_t copies_suppressed = 0;  ///< Taken by a receiver and kept out of the mailbox.
    std::uint64_t copies_discarded = 0;   ///< Read to the end by a receiver and thrown away.
    /// Pairs that the layer saw accepted twice or more; without a layer those that were found or
    /// suppressed twice or more.
    std::uint64_t wire_duplicated = 0;
    std::uint64_t extra_copies = 0;  ///< Copies beyond the first of each pair.
    std::uint64_t unexpected = 0;    ///< Copies of something the fleet never sent.
    /// Pairs that the layer saw the server accept, each time anew; 0 where there is no layer.
    std::uint64_t transactions_accepted = 0;
    VerdictTally verdicts{};
    SenderEndTally sender_ends{};
    TriggerTally causes{};  ///< Of extra copies.
    RouteTally routes{};    ///< Of extra copies.
    std::map<std::uint32_t, std::uint64_t>
        copies_histogram{};  ///< Copies: pairs that have so many.

    bool operator==(const Counts&) const = default;
};

struct RuleAccount {
    std::string name;
    std::string effect;
    /// Replies that fitted its conditions, chance and counts aside. Told at the end of a run only.
    std::optional<std::uint64_t> matched{};
    std::uint64_t fired = 0;
    std::uint64_t released = 0;     ///< Firings that ended as asked.
    std::uint64_t client_gone = 0;  ///< The client closed first.
    std::uint64_t server_gone = 0;
    TimeSpread asked{};     ///< Of firings that ask for a time.
    TimeSpread achieved{};  ///< Of those that were released.
    TimeSpread lateness{};  ///< Achieved minus asked, of the same.

    bool operator==(const RuleAccount&) const = default;
};

/// What became of one pair.
struct PairVerdict {
    std::uint32_t message = 0;
    std::uint32_t recipient = 0;
    std::uint32_t copies = 0;
    Verdict verdict = Verdict::once;
    SenderEnd sender_end = SenderEnd::pending;

    bool operator==(const PairVerdict&) const = default;
};

/// One copy beyond the first, and why it exists.
struct ExtraCopy {
    std::uint32_t message = 0;
    std::uint32_t recipient = 0;
    std::uint32_t copy = 0;     ///< 2 for the second copy of the pair, in the order of attempts.
    std::uint32_t attempt = 0;  ///< That made it; 0 where that cannot be told.
    Trigger trigger = Trigger::unattributed;
    Route route = Route::same_host;
    /// The attempt of this copy, or of the one before it, was not joined by an id.
    bool inferred = false;
    /// End of data to the server's reply, in the attempt that was accepted before.
    std::optional<Duration> server_gap{};
    /// The server's reply to the client's reading of it, in the same attempt.
    std::optional<Duration> network_gap{};

    bool operator==(const ExtraCopy&) const = default;
};

/// The copies found and the transactions that the layer saw accepted are not equally many.
struct Discrepancy {
    std::uint32_t message = 0;
    std::uint32_t recipient = 0;
    std::uint32_t copies = 0;
    std::uint32_t transactions = 0;

    bool operator==(const Discrepancy&) const = default;
};

/// The times behind the percentiles, for whom percentiles are not enough.
struct TimeHistograms {
    std::array<TimeHistogram, phase_names.size()> latency{};
    TimeHistogram time_to_acknowledge{};
    TimeHistogram time_to_delivery{};

    bool operator==(const TimeHistograms&) const = default;
};

struct Judgement {
    /// Lists stop there; the counts go on.
    static constexpr std::size_t discrepancies_named_most = 20;
    static constexpr std::size_t extra_copies_listed_most = 1'000'000;
    static constexpr std::size_t examples_most = 3;

    Counts counts;

    /// By phase: last byte of the command to the whole reply. data_xfer is the content itself.
    std::array<TimeSpread, phase_names.size()> latency;
    /// From the planned start to the first 2xx to data_done; the others are censored.
    TimeSpread time_to_acknowledge;
    /// From the planned start to the first copy; the others are censored.
    TimeSpread time_to_delivery;
    TimeHistograms histograms{};
    /// How long the senders' connections were open, all together; of those that were closed.
    Duration connections_open_for{};
    std::vector<RuleAccount> rules;

    std::uint64_t discrepancy_count = 0;
    std::vector<Discrepancy> discrepancies;

    /// How the load and the drain ended, in the events' words; empty where they did not.
    std::string load_end;
    std::string drain_end;
    /// Why the target could not be used any more; empty: it could.
    std::string target_failure;
    bool queues_seen_empty = false;
    /// The last event's time.
    Duration duration{};

    std::vector<QueueAccount> queues;
    std::vector<ServerAccount> servers;

    /// Messages worth a timeline: one for each kind of trouble, most copies first.
    std::vector<std::uint32_t> examples;
    std::vector<ExtraCopy> extra_copies;  ///< By message and recipient.
    std::vector<PairVerdict> pairs;       ///< By message and recipient.

    /// The history tells of a run that went to its end. A killed run's does not.
    bool complete() const { return !load_end.empty() && !drain_end.empty(); }

    bool operator==(const Judgement&) const = default;
};

}  // namespace twofifty::harness
