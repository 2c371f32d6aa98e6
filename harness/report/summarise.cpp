#include "harness/report/summarise.hpp"

#include "netem/effects/effect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace twofifty::harness {
namespace {

template <class Enumeration, std::size_t size>
std::vector<Count> named(const Tally<Enumeration, size>& tally,
                         const std::array<Enumeration, size>& order) {
    std::vector<Count> counts;
    for (const Enumeration value : order) {
        counts.push_back({std::string(to_string(value)), tally[value]});
    }
    return counts;
}

/// What went well first, then what a reader fears most.
constexpr std::array verdict_order{Verdict::once,      Verdict::duplicated, Verdict::lost,
                                   Verdict::ghost,     Verdict::failed,     Verdict::pending,
                                   Verdict::corrupted, Verdict::unobserved};
constexpr std::array end_order{SenderEnd::acknowledged, SenderEnd::gave_up, SenderEnd::pending};
constexpr std::array trigger_order{
    Trigger::reply_dropped,  Trigger::reply_late_network, Trigger::reply_late_server,
    Trigger::reply_replaced, Trigger::reply_misread,      Trigger::connection_cut,
    Trigger::receiver_died,  Trigger::receiver_itself,    Trigger::loop,
    Trigger::unattributed};
constexpr std::array route_order{Route::same_host, Route::next_host, Route::recipient_subset};

TimeFigures in_ms(const TimeSpread& spread, const TimeHistogram& histogram = {}) {
    return {.count = spread.count,
            .censored = spread.censored,
            .p50 = to_ms(spread.p50),
            .p90 = to_ms(spread.p90),
            .p99 = to_ms(spread.p99),
            .max = to_ms(spread.max),
            .histogram = histogram};
}

std::vector<std::string> reasons_for_incomplete(const Judgement& judgement) {
    std::vector<std::string> reasons;
    if (!judgement.target_failure.empty()) {
        reasons.push_back(fmt::format("The target failed: {}.", judgement.target_failure));
    }
    if (judgement.load_end.empty()) {
        reasons.emplace_back("The run stopped before all messages were submitted.");
    } else if (judgement.load_end == "interrupted") {
        reasons.emplace_back("The load was interrupted before all messages were submitted.");
    }
    if (judgement.drain_end.empty()) {
        reasons.emplace_back("The run stopped before copies were quiet and queues were empty.");
    } else if (judgement.drain_end == "budget") {
        reasons.emplace_back(
            "The drain's budget ended before copies were quiet and queues were empty.");
    } else if (judgement.drain_end != "quiet") {
        reasons.push_back(fmt::format("The drain did not finish ({}).", judgement.drain_end));
    }
    return reasons;
}

std::vector<RuleCounts> rule_counts(const Judgement& judgement, const Scenario& scenario) {
    std::vector<RuleCounts> rules;
    for (std::size_t i = 0; i < scenario.rules.size(); ++i) {
        RuleCounts rule;
        rule.name = scenario.rules[i].name;
        rule.effect = netem::to_toml(scenario.rules[i].effect);
        if (i < judgement.rules.size()) {
            rule.matched = judgement.rules[i].matched;
            rule.fired = judgement.rules[i].fired;
            if (judgement.rules[i].lateness.count > 0) {
                rule.asked = in_ms(judgement.rules[i].asked);
                rule.achieved = in_ms(judgement.rules[i].achieved);
                rule.lateness = in_ms(judgement.rules[i].lateness);
            }
        }
        rules.push_back(std::move(rule));
    }
    // Rules that came while the run went on, as through the proxy's interface.
    for (std::size_t i = scenario.rules.size(); i < judgement.rules.size(); ++i) {
        const RuleAccount& account = judgement.rules[i];
        const auto known = std::ranges::find(rules, account.name, &RuleCounts::name);
        if (known == rules.end())
            rules.push_back({account.name, account.effect, account.matched, account.fired});
        else
            known->fired += account.fired;
    }
    return rules;
}

std::string address(const AddressBook& book, std::uint32_t number) {
    if (number >= 1 && number <= book.size()) return book.address_of(number);
    return fmt::format("recipient {}", number);
}

void take_counts(Summary& summary, const Counts& counts) {
    summary.messages = counts.messages;
    summary.recipients = counts.recipients;
    summary.attempts = counts.attempts;
    summary.transactions_accepted = counts.transactions_accepted;
    summary.copies = counts.copies;
    summary.copies_queued = counts.copies + counts.copies_suppressed;
    summary.copies_suppressed = counts.copies_suppressed;
    summary.copies_discarded = counts.copies_discarded;
    summary.wire_duplicated = counts.wire_duplicated;
    summary.extra_copies = counts.extra_copies;
    summary.unexpected = counts.unexpected;
    summary.verdicts = named(counts.verdicts, verdict_order);
    summary.sender_ends = named(counts.sender_ends, end_order);
    summary.causes = named(counts.causes, trigger_order);
    summary.routes = named(counts.routes, route_order);
    for (const auto& [copies, pairs] : counts.copies_histogram) {
        summary.copies_histogram.push_back({std::to_string(copies), pairs});
    }
}

/// As events number them: the receivers, and [sender] behind them.
std::string name_of_server(const Scenario& scenario, std::uint16_t number) {
    const std::span<const ReceiverSettings> receivers = scenario.target.receivers();
    if (number >= 1 && number <= receivers.size()) return receivers[number - 1].name;
    const bool is_sender = number == receivers.size() + 1 && !scenario.sender.server.empty();
    return is_sender ? std::string(sender_name) : fmt::format("receiver {}", number);
}

std::vector<ServerFigures> server_figures(const Judgement& judgement, const Scenario& scenario) {
    std::vector<ServerFigures> servers;
    for (const ServerAccount& account : judgement.servers) {
        ServerFigures figures{.name = name_of_server(scenario, account.number),
                              .program = account.program,
                              .lines = account.lines};
        for (const ServerChange& change : account.changes)
            figures.changes.push_back(
                {to_seconds(change.at), change.what, to_seconds(change.took) * 1000});
        for (const auto& [meaning, count] : account.said) figures.said.push_back({meaning, count});
        servers.push_back(std::move(figures));
    }
    return servers;
}

std::vector<QueueFigures> queue_figures(const Judgement& judgement, const Scenario& scenario) {
    std::vector<QueueFigures> queues;
    for (const QueueAccount& account : judgement.queues) {
        QueueFigures figures{.receiver = name_of_server(scenario, account.receiver),
                             .queue = account.queue,
                             .depth_max = account.most,
                             .depth_max_at_s = to_seconds(account.most_at),
                             .oldest_s = to_seconds(account.oldest)};
        for (const QueueSample& sample : account.samples)
            figures.samples.push_back({to_seconds(sample.at), sample.depth});
        queues.push_back(std::move(figures));
    }
    return queues;
}

}  // namespace

Summary summarise(const Judgement& judgement, const Scenario& scenario, const RunFacts& facts,
                  const AddressBook& recipients) {
    Summary summary;
    summary.scenario = scenario.name;
    summary.question = scenario.question;
    summary.version = facts.version;
    summary.seed = scenario.seed;
    summary.world = facts.world;
    summary.started_at = facts.started_at;
    summary.duration_s = to_seconds(judgement.duration);
    summary.digest = facts.digest;
    summary.observed_at = facts.observed_at;
    summary.assumptions = facts.assumptions;
    summary.assumptions.insert(summary.assumptions.end(), scenario.assumptions.begin(),
                               scenario.assumptions.end());
    summary.incomplete = reasons_for_incomplete(judgement);
    take_counts(summary, judgement.counts);
    for (std::size_t i = 0; i < judgement.latency.size(); ++i) {
        const TimeSpread& spread = judgement.latency[i];
        if (spread.count == 0 && spread.censored == 0) continue;
        summary.latency.push_back(
            {std::string(phase_names[i]), in_ms(spread, judgement.histograms.latency[i])});
    }
    summary.time_to_acknowledge =
        in_ms(judgement.time_to_acknowledge, judgement.histograms.time_to_acknowledge);
    summary.time_to_delivery =
        in_ms(judgement.time_to_delivery, judgement.histograms.time_to_delivery);
    summary.connection_hours = to_seconds(judgement.connections_open_for) / 3600;
    summary.rules = rule_counts(judgement, scenario);
    summary.queues = queue_figures(judgement, scenario);
    summary.servers = server_figures(judgement, scenario);
    summary.discrepancies = judgement.discrepancy_count;
    for (const Discrepancy& found : judgement.discrepancies) {
        summary.discrepancies_named.push_back({found.message, address(recipients, found.recipient),
                                               found.copies, found.transactions});
    }
    decide(summary, scenario.expectations);
    return summary;
}

std::vector<std::string_view> causes_of(const Judgement& judgement, std::uint32_t message) {
    std::vector<std::string_view> causes;
    for (const ExtraCopy& copy : judgement.extra_copies) {
        const std::string_view cause = to_string(copy.trigger);
        if (copy.message == message && std::ranges::find(causes, cause) == causes.end()) {
            causes.push_back(cause);
        }
    }
    return causes;
}

}  // namespace twofifty::harness
