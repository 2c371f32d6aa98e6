// What a run came to, as one value: everything that summary.json holds and every report shows.
// It is built once from the judgement (summarise.hpp) or read back from a run folder (json.hpp);
// each report format is a pure function of it.
#pragma once

#include "harness/ledger/time_spread.hpp"
#include "harness/scenario/scenario.hpp"
#include "record/time.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::harness {

/// A name and how often: of a verdict, a cause, a route, or of pairs with so many copies ("2").
struct Count {
    std::string name;
    std::uint64_t count = 0;

    bool operator==(const Count&) const = default;
};

/// How times are spread, in milliseconds. Without samples (count 0) the percentiles mean nothing.
struct TimeFigures {
    std::uint64_t count = 0;
    /// Waits that ended without what was waited for; they are in no percentile.
    std::uint64_t censored = 0;
    double p50 = 0;
    double p90 = 0;
    double p99 = 0;
    double max = 0;
    /// All of them; empty where only the percentiles are kept.
    TimeHistogram histogram{};

    bool operator==(const TimeFigures&) const = default;
};

/// Last byte of the command to the whole reply.
struct PhaseLatency {
    std::string phase;
    TimeFigures times;

    bool operator==(const PhaseLatency&) const = default;
};

struct RuleCounts {
    std::string name;
    /// As in the scenario: `{ drop = "reply" }`; empty where it is not known.
    std::string effect;
    /// Nothing where nobody counted, as when a run is judged from its events alone.
    std::optional<std::uint64_t> matched;
    std::uint64_t fired = 0;
    /// Of the firings that ask for a time and came to it: what was asked, what came of it, and the
    /// second less the first.
    TimeFigures asked{};
    TimeFigures achieved{};
    TimeFigures lateness{};

    bool operator==(const RuleCounts&) const = default;
};

struct ExpectationFigures {
    std::string figure;           ///< As the scenario wrote it.
    std::string bound;            ///< As the scenario wrote it.
    std::optional<double> value;  ///< In `unit`; nothing where nothing was measured.
    std::string unit;             ///< "" (a count), "%" (of all pairs) or "ms".
    bool held = false;

    bool operator==(const ExpectationFigures&) const = default;
};

/// A (message, recipient) whose copies are not as many as the transactions seen accepted.
struct DiscrepancyFigures {
    std::uint32_t message = 0;
    std::string recipient;
    std::uint32_t copies = 0;
    std::uint32_t accepted = 0;

    bool operator==(const DiscrepancyFigures&) const = default;
};

/// One queue of one receiver.
struct QueueFigures {
    std::string receiver;
    std::string queue;  ///< incoming or outgoing.
    std::uint64_t depth_max = 0;
    double depth_max_at_s = 0;
    double oldest_s = 0;
    struct Sample {
        double at_s = 0;
        std::uint64_t depth = 0;

        bool operator==(const Sample&) const = default;
    };
    std::vector<Sample> samples{};  ///< A depth holds until the next.

    bool operator==(const QueueFigures&) const = default;
};

/// One real server that was started for the run.
struct ServerFigures {
    struct Change {
        double at_s = 0;
        std::string what;    ///< start, pause, resume, kill, restart, ...
        double took_ms = 0;  ///< Of start and restart: until it greeted.

        bool operator==(const Change&) const = default;
    };

    std::string name;
    std::string program;  ///< "postfix 3.7.11".
    std::vector<Change> changes{};
    std::vector<Count> said{};         ///< By meaning: lines of its log.
    std::vector<std::string> lines{};  ///< The first of each meaning.

    bool operator==(const ServerFigures&) const = default;
};

struct TimelineEntry {
    double at_ms = 0;  ///< Since the first entry.
    std::string text;

    bool operator==(const TimelineEntry&) const = default;
};

/// One message's story, for a reader who wants to see how it came to its copies.
struct Example {
    std::uint32_t message = 0;
    std::string title;
    std::vector<TimelineEntry> timeline;

    bool operator==(const Example&) const = default;
};

enum class Result : std::uint8_t { passed, failed, inconclusive };

std::string_view to_string(Result result);

struct Summary {
    std::string scenario;
    std::string question;
    std::string version;
    std::uint64_t seed = 0;
    std::string world;  ///< "real" or "virtual".
    std::string started_at;
    double duration_s = 0;
    std::string digest;  ///< Of the events; empty where order is not repeatable.

    Result result = Result::inconclusive;
    std::vector<std::string> result_reasons;
    /// Why the run cannot be taken as finished; empty: it is complete.
    std::vector<std::string> incomplete;

    std::uint64_t messages = 0;
    std::uint64_t recipients = 0;  ///< Pairs (message, recipient).
    std::uint64_t attempts = 0;
    std::uint64_t transactions_accepted = 0;
    std::uint64_t copies = 0;
    std::uint64_t copies_queued = 0;  ///< Copies, and those that were suppressed.
    std::uint64_t copies_suppressed = 0;
    std::uint64_t copies_discarded = 0;
    std::uint64_t wire_duplicated = 0;  ///< Recipients whose message was accepted twice or more.
    std::uint64_t extra_copies = 0;
    std::uint64_t unexpected = 0;
    std::vector<Count> verdicts;
    std::vector<Count> sender_ends;
    std::vector<Count> causes;
    std::vector<Count> routes;
    std::vector<Count> copies_histogram;  ///< Ascending; "0" where pairs without a copy exist.
    std::vector<PhaseLatency> latency;    ///< In the order of a session.
    TimeFigures time_to_acknowledge;
    TimeFigures time_to_delivery;
    /// How long the senders' connections were open, all together; of those that were closed.
    double connection_hours = 0;
    std::string observed_at;
    std::vector<RuleCounts> rules;
    std::vector<ExpectationFigures> expectations;
    std::vector<QueueFigures> queues;
    std::vector<ServerFigures> servers;
    std::uint64_t discrepancies = 0;
    std::vector<DiscrepancyFigures> discrepancies_named;  ///< The first few.
    std::vector<std::string> assumptions;
    std::vector<Example> examples;

    bool operator==(const Summary&) const = default;
};

/// The count of that name; 0 where there is none.
std::uint64_t count_of(std::span<const Count> counts, std::string_view name);

/// The value of a figure by its canonical name (harness/scenario/figures.hpp), in counts or ms.
/// Nothing where the summary has no such figure, or nothing was measured for it.
std::optional<double> figure_value(const Summary& summary, std::string_view canonical);

/// "ms" for times, "s" for the run's duration, "" for counts.
std::string_view unit_of_figure(std::string_view canonical);

/// Evaluates the expectations and decides the result:
///   1. a run that is not complete, or that no server ever answered, is inconclusive, whatever the
///      figures say: they could still change;
///   2. otherwise an expectation that does not hold makes it failed, also beside a rule that never
///      fired: the mail has been delivered as the figures say;
///   3. otherwise a rule that never fired, or a figure that has no value, makes it inconclusive:
///   the
///      question has not been asked;
///   4. otherwise it is passed.
/// Fills expectations, result and result_reasons (whole sentences; for a passed run, why).
void decide(Summary& summary, std::span<const Expectation> expectations);

/// 0 passed, 1 failed, 2 inconclusive.
int exit_code(Result result);

}  // namespace twofifty::harness
