#include "harness/diagnose/evidence_text.hpp"

#include "harness/diagnose/note.hpp"
#include "harness/diagnose/span_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace twofifty::harness {
namespace {

constexpr std::size_t kinds_most = 12;
constexpr std::size_t edges_most = 4;

void write_counts(NotePage& page, const Counted& found) {
    std::string text =
        fmt::format("{}, {} for {}; ", number_of(found.messages, "message", "messages"),
                    number_of(found.copies, "copy", "copies"),
                    number_of(found.pairs, "recipient", "recipients"));
    text += found.duplicated == 0
                ? "none exists twice."
                : fmt::format("{} of them ({}) have two copies or more, {} too many in all:",
                              found.duplicated, share_text({found.duplicated, found.pairs}),
                              found.extra_copies);
    if (found.duplicated > 0) {
        std::string list;
        for (const auto& [copies, pairs] : found.histogram)
            list += fmt::format("{} {} with {}", list.empty() ? "" : ",", pairs, copies);
        text += list + ".";
    }
    page.item(text);
    if (found.suppressed > 0)
        page.item(
            fmt::format("Servers kept {} of these copies out of the mailboxes: readers see "
                        "fewer than arrive.",
                        found.suppressed));
}

std::string spread_text(const TimeSpread& spread) {
    return fmt::format("{} (median), {} (99 %), {} (longest)", span_text(spread.p50),
                       span_text(spread.p99), span_text(spread.max));
}

void write_times(NotePage& page, const Diagnosis& diagnosis) {
    const ReplyTimes& times = diagnosis.times;
    if (times.server.count > 0)
        page.item(fmt::format("From the end of data to the servers' own replies: {}.",
                              spread_text(times.server)));
    if (times.path.count > 0)
        page.item(fmt::format("Where the sender read the reply, the way there and back added {}.",
                              spread_text(times.path)));
    if (times.server.count == 0 && times.sender.count > 0)
        page.item(fmt::format("Senders that read the reply to the final dot waited {}.",
                              spread_text(times.sender)));
    if (diagnosis.found.given_up > 0)
        page.item(fmt::format(
            "{} for the reply to the final dot in vain, and closed.{}",
            number_of(diagnosis.found.given_up, "time a sender waited", "times a sender waited"),
            times.path.censored > 0
                ? fmt::format(
                      " {} unread replies (also after lost connections) had left the server "
                      "in time.",
                      times.path.censored)
                : ""));
}

void write_reasons(NotePage& page, const Diagnosis& diagnosis) {
    for (std::size_t i = 0; i < reason_names.size(); ++i) {
        const auto reason = static_cast<Reason>(i);
        const std::uint64_t count = diagnosis.reasons[reason];
        if (count == 0) continue;
        page.item(fmt::format("{}: {}.", duplicates(count), describe(reason)));
    }
    if (diagnosis.scope.unanswered_forwards > 0)
        page.item(
            fmt::format("Between the servers themselves {} went unanswered, and were made "
                        "again.",
                        number_of(diagnosis.scope.unanswered_forwards, "hand-over", "hand-overs")));
}

std::string timer_text(const SenderKind& kind) {
    if (!kind.timer_least) return "-";
    const std::string least = rough_span(*kind.timer_least);
    const std::string most = rough_span(*kind.timer_most);
    return least == most ? least : fmt::format("{} to {}", least, most);
}

void write_senders(NotePage& page, const Diagnosis& diagnosis) {
    if (diagnosis.senders.empty() || diagnosis.found.extra_copies == 0) return;
    page.item("Senders, and how long they waited:");
    std::vector<std::vector<std::string>> rows{
        {"", "senders", "duplicated", "gave up", "after", "longest wait rewarded"}};
    for (const SenderKind& kind : diagnosis.senders) {
        if (rows.size() > kinds_most) break;
        rows.push_back({kind.name, fmt::format("{}", kind.senders),
                        fmt::format("{} of {} ({})", kind.duplicated.part, kind.duplicated.whole,
                                    share_text(kind.duplicated)),
                        fmt::format("{}", kind.given_up), timer_text(kind),
                        span_text(kind.longest_answered)});
    }
    page.table(rows);
    if (diagnosis.senders.size() > kinds_most)
        page.paragraph("    ", fmt::format("and {} more.", diagnosis.senders.size() - kinds_most));
}

std::string queue_text(const QueueFacts& queue) {
    if (queue.samples == 0) return "not seen";
    return fmt::format("{}, {} at {}, {}", queue.usual, queue.deepest,
                       span_text(queue.deepest_at.time_since_epoch()), span_text(queue.oldest));
}

void write_receivers(NotePage& page, const Diagnosis& diagnosis) {
    const bool queues = diagnosis.scope.queues_seen;
    if (diagnosis.receivers.size() < 2 && !queues) return;
    page.item(queues ? "Receivers, and their queues (usual depth, greatest, age of the oldest):"
                     : "Receivers:");
    std::vector<std::vector<std::string>> rows{{"", "copies", "extra", "most"}};
    if (queues) rows.front().insert(rows.front().end(), {"incoming", "outgoing"});
    for (const ReceiverSeen& receiver : diagnosis.receivers) {
        rows.push_back({receiver.name, fmt::format("{}", receiver.copies),
                        fmt::format("{}", receiver.extra_copies),
                        fmt::format("{}", receiver.copies_most)});
        if (!queues) continue;
        rows.back().push_back(queue_text(receiver.incoming));
        rows.back().push_back(queue_text(receiver.outgoing));
    }
    page.table(rows);
    for (const ReceiverSeen& receiver : diagnosis.receivers)
        if (receiver.discarded > 0)
            page.item(fmt::format("{} threw {} away before it answered: its sender had gone.",
                                  receiver.name,
                                  number_of(receiver.discarded, "message", "messages")));
}

std::string chance_text(const ChiSquare& test) {
    const double chance = test.chance();
    const std::string text =
        chance < 1e-6 ? std::string("less than one in a million") : fmt::format("{:.2g}", chance);
    return fmt::format("chi-square {:.1f}, {} degrees of freedom, chance {}", test.value,
                       test.degrees, text);
}

void write_deep(NotePage& page, const Pattern& pattern) {
    if (pattern.while_deep.whole == 0) return;
    page.item(fmt::format(
        "Of what arrived while the queue there was deep, {} of {} ({}) was sent again; at other "
        "times {} of {} ({}).{}",
        pattern.while_deep.part, pattern.while_deep.whole, share_text(pattern.while_deep),
        pattern.otherwise.part, pattern.otherwise.whole, share_text(pattern.otherwise),
        pattern.deep && pattern.deep->significant() ? " That is no chance." : ""));
}

std::string origin_text(const Diagnosis& diagnosis) {
    const Pattern& pattern = diagnosis.pattern;
    if (!pattern.senders)
        return "Origin: too few duplicates for each sender to tell a pattern from chance.";
    if (!pattern.senders->significant())
        return fmt::format("Origin: no pattern; the senders differ no more than by chance ({}).",
                           chance_text(*pattern.senders));
    const std::string_view kind =
        diagnosis.scope.kinds_are_groups ? "of one kind" : "with the same timer";
    if (!pattern.within_kinds)
        return fmt::format(
            "Origin: senders differ ({}); too few are {} to tell whether more than "
            "that sets them apart.",
            chance_text(*pattern.senders), kind);
    if (!pattern.within_kinds->significant())
        return fmt::format(
            "Origin: senders differ ({}), but those {} do not ({}): how long a "
            "sender waits, and how it tries again, explains it.",
            chance_text(*pattern.senders), kind, chance_text(*pattern.within_kinds));
    return fmt::format(
        "Origin: senders differ, also those {} ({}): there is a pattern beyond "
        "timers.",
        kind, chance_text(*pattern.within_kinds));
}

void write_pattern(NotePage& page, const Diagnosis& diagnosis) {
    if (diagnosis.found.extra_copies == 0) return;
    const Pattern& pattern = diagnosis.pattern;
    page.item(origin_text(diagnosis));
    if (pattern.receivers)
        page.item(fmt::format("Receivers: {} ({}).",
                              pattern.receivers->significant() ? "they differ" : "no difference",
                              chance_text(*pattern.receivers)));
    if (!pattern.times) return;
    const auto place = [&](std::size_t i) {
        return span_text(pattern.slice * static_cast<std::int64_t>(i));
    };
    const auto worst = std::max_element(
        pattern.by_time.begin(), pattern.by_time.end(),
        [](const Share& left, const Share& right) { return left.value() < right.value(); });
    page.item(
        fmt::format("Time: {} ({}). Worst in the {} from {} on: {} of {} ({}).",
                    pattern.times->significant() ? "duplicates have their times" : "no pattern",
                    chance_text(*pattern.times), span_text(pattern.slice),
                    place(static_cast<std::size_t>(worst - pattern.by_time.begin())), worst->part,
                    worst->whole, share_text(*worst)));
}

void write_loop(NotePage& page, const Diagnosis& diagnosis) {
    std::string ways;
    for (const LoopEdge& edge : diagnosis.prevention.edges) {
        if (&edge - diagnosis.prevention.edges.data() >= static_cast<std::ptrdiff_t>(edges_most))
            break;
        ways += fmt::format("{}from {} to {} ({})", ways.empty() ? "" : ", ", edge.from, edge.to,
                            edge.copies);
    }
    if (ways.empty()) return;
    page.item(
        fmt::format("Messages came back {}; up to {} Received headers, where others have at "
                    "most {}.",
                    ways, diagnosis.prevention.headers_most, diagnosis.prevention.headers_normal));
}

/// How near it was, where nothing went wrong.
void write_margin(NotePage& page, const Diagnosis& diagnosis) {
    if (diagnosis.cause != Cause::nothing_wrong || diagnosis.times.sender.count == 0) return;
    const Duration longest = diagnosis.times.sender.max;
    const std::optional<Duration>& shortest = diagnosis.prevention.shortest_timer;
    if (shortest) {
        page.item(
            fmt::format("How near it was: the longest wait that was rewarded took {}, the "
                        "shortest timer seen was {}.",
                        span_text(longest), span_text(*shortest)));
    } else {
        page.item(
            fmt::format("How near it was: the longest wait for a reply took {}; no sender "
                        "gave up. Applications are known that wait 5, 30 or 60 s, Domino "
                        "waits 3 min, Postfix and Exim 10 min.",
                        span_text(longest)));
    }
}

}  // namespace

void write_evidence(NotePage& page, const Diagnosis& diagnosis) {
    write_counts(page, diagnosis.found);
    write_times(page, diagnosis);
    write_reasons(page, diagnosis);
    write_loop(page, diagnosis);
    write_margin(page, diagnosis);
    write_senders(page, diagnosis);
    write_receivers(page, diagnosis);
    write_deep(page, diagnosis.pattern);
    write_pattern(page, diagnosis);
}

std::vector<std::string> limits_of(const Diagnosis& diagnosis) {
    const Scope& scope = diagnosis.scope;
    std::vector<std::string> limits;
    if (!scope.ended)
        limits.emplace_back(
            "The run did not come to its end: copies that came later are not here.");
    if (!scope.copies_seen)
        limits.emplace_back(
            "Nobody looked into mailboxes: what the servers accepted is counted as "
            "copies, and what they made of it is not seen.");
    if (scope.foreign)
        limits.emplace_back(
            "The mail is not ours: a copy is what the server accepted. A loop or a "
            "multiplication behind it is not seen, nor what senders do elsewhere.");
    if (diagnosis.times.path.censored > 0)
        limits.emplace_back(
            "Whether a reply that no sender read was lost or only late: nobody saw "
            "it arrive.");
    if (scope.layer_seen) {
        limits.emplace_back(
            "What the network between the point of observation and the servers "
            "adds: it counts as the servers' time.");
    } else {
        limits.emplace_back(
            "Nobody watched between senders and servers: a server's time is what "
            "it says of itself, and a reply that it never sent looks like one that "
            "was lost.");
    }
    if (!scope.queues_seen)
        limits.emplace_back(
            "No queue was looked at: whether duplicates go with deep queues is not "
            "known.");
    if (scope.opaque_connections > 0)
        limits.push_back(fmt::format("{} could not be followed, TLS for one.",
                                     number_of(scope.opaque_connections, "dialogue", "dialogues")));
    if (diagnosis.found.inferred > 0)
        limits.push_back(fmt::format(
            "{} joined to their transactions by time or by count, for want of a queue id.",
            number_of(diagnosis.found.inferred, "copy was", "copies were")));
    if (diagnosis.found.unexpected > 0)
        limits.push_back(fmt::format("{} of mail that nobody is known to have sent {} left out.",
                                     number_of(diagnosis.found.unexpected, "copy", "copies"),
                                     diagnosis.found.unexpected == 1 ? "is" : "are"));
    return limits;
}

std::string share_text(const Share& share) {
    if (share.part == 0) return "0 %";
    const double hundredths = 100 * share.value();
    if (hundredths < 0.1) return "< 0.1 %";
    if (share.part < share.whole && hundredths > 99.9) return "> 99.9 %";
    return fmt::format("{:.1f} %", hundredths);
}

std::string number_of(std::uint64_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string duplicates(std::uint64_t count) {
    return number_of(count, "duplicate", "duplicates");
}

}  // namespace twofifty::harness
