// What a run prints when it ends, for somebody who is tired: the verdict in the first line, what it
// rests on below, each thing under one heading, nothing wider than 100 columns.
#include "harness/report/format.hpp"
#include "harness/report/words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace twofifty::harness {
namespace {

constexpr std::size_t width = 100;
constexpr std::size_t bar_width = 40;
constexpr std::size_t examples_most = 3;
constexpr std::size_t entries_most = 8;

/// What a terminal would take for a command, or a reader for a new line, must not come out of a
/// name.
std::string visible(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) c = '?';
    }
    return out;
}

std::string fitted(std::string_view text, std::size_t room) {
    if (text.size() <= room) return visible(text);
    return visible(text.substr(0, room - 3)) + "...";
}

class Page {
public:
    explicit Page(bool colour) : colour_(colour) {}

    void line(std::string_view text) { out_ += fitted(text, width) + '\n'; }
    void coloured(std::string_view escape, std::string_view text, std::string_view rest) {
        const std::string shown = visible(text);
        out_ += colour_ ? fmt::format("\x1b[{}m{}\x1b[0m", escape, shown) : shown;
        out_ += fitted(rest, width - shown.size()) + '\n';
    }
    void heading(std::string_view text, std::string_view rest = "") {
        out_ += '\n';
        coloured("1", text, rest);
    }
    std::string take() { return std::move(out_); }

private:
    bool colour_;
    std::string out_;
};

/// Breaks at spaces, so that a reason is never cut off.
void wrapped(Page& page, std::string_view indent, std::string_view text) {
    const std::size_t room = width - indent.size();
    while (text.size() > room) {
        std::size_t end = text.rfind(' ', room);
        if (end == std::string_view::npos || end == 0) end = room;
        page.line(fmt::format("{}{}", indent, text.substr(0, end)));
        text.remove_prefix(end);
        text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    }
    if (!text.empty()) page.line(fmt::format("{}{}", indent, text));
}

void verdict(Page& page, const Summary& summary) {
    const auto [word, escape] = [&]() -> std::pair<std::string_view, std::string_view> {
        switch (summary.result) {
            case Result::passed: return {"PASSED", "1;32"};
            case Result::failed: return {"FAILED", "1;31"};
            case Result::inconclusive: break;
        }
        return {"INCONCLUSIVE", "1;33"};
    }();
    page.coloured(escape, word, fmt::format("  {}", summary.scenario));
    for (const std::string& reason : summary.result_reasons) wrapped(page, "  ", reason);
    page.line("");
    wrapped(page, "",
            fmt::format("{}, {} (each judged alone), {}; {} accepted, {}, {} of them extra",
                        counted(summary.messages, "message", "messages"),
                        counted(summary.recipients, "recipient", "recipients"),
                        counted(summary.attempts, "attempt", "attempts"),
                        counted(summary.transactions_accepted, "transaction", "transactions"),
                        counted(summary.copies, "copy", "copies"), summary.extra_copies));
    wrapped(page, "",
            fmt::format("{} world, {:.1f} s, seed {}; copies counted at: {}", summary.world,
                        summary.duration_s, summary.seed, summary.observed_at));
    if (!summary.digest.empty()) page.line(fmt::format("digest {}", summary.digest));
}

void verdicts(Page& page, const Summary& summary) {
    page.heading("What became of the mail");
    for (const Count& verdict : summary.verdicts) {
        const bool always =
            verdict.name == "once" || verdict.name == "duplicated" || verdict.name == "lost";
        if (verdict.count == 0 && !always) continue;
        page.line(fmt::format("  {:<11} {:>9} {:>11}   {}", verdict.name, verdict.count,
                              format_share(verdict.count, summary.recipients),
                              describe_verdict(verdict.name)));
    }
    page.line(fmt::format("  to the senders: {} acknowledged, {} given up, {} pending",
                          count_of(summary.sender_ends, "acknowledged"),
                          count_of(summary.sender_ends, "gave_up"),
                          count_of(summary.sender_ends, "pending")));
    if (summary.unexpected > 0) {
        page.line(fmt::format("  unexpected  {:>9}               copies of something never sent",
                              summary.unexpected));
    }
    for (const std::string& line : describe_withheld(summary)) wrapped(page, "  ", line);
    if (summary.discrepancies > 0) {
        page.line(fmt::format("  copies and transactions seen accepted differ for {}:",
                              counted(summary.discrepancies, "recipient", "recipients")));
        for (const DiscrepancyFigures& named : summary.discrepancies_named) {
            if (&named - summary.discrepancies_named.data() == 3) break;
            page.line(fmt::format("    message {} to {}: {}, {} accepted", named.message,
                                  named.recipient, counted(named.copies, "copy", "copies"),
                                  named.accepted));
        }
    }
}

void copies(Page& page, const Summary& summary) {
    page.heading("Copies", "  each recipient got");
    std::uint64_t largest = 1;
    for (const Count& bar : summary.copies_histogram) largest = std::max(largest, bar.count);
    for (const Count& bar : summary.copies_histogram) {
        const double share = static_cast<double>(bar.count) / static_cast<double>(largest);
        auto length = static_cast<std::size_t>(share * bar_width);
        if (bar.count > 0) length = std::max<std::size_t>(length, 1);
        page.line(fmt::format("  {:>4} {:<6} {:>9}  {}", bar.name,
                              bar.name == "1" ? "copy" : "copies", bar.count,
                              std::string(length, '#')));
    }
}

void causes(Page& page, const Summary& summary) {
    if (summary.extra_copies == 0) return;
    page.heading("Why there were extra copies");
    for (const Count& cause : summary.causes) {
        if (cause.count == 0) continue;
        page.line(fmt::format("  {:>9}  {}", cause.count, describe_cause(cause.name)));
    }
    std::string routes;
    for (const Count& route : summary.routes) {
        if (route.count == 0) continue;
        routes += fmt::format("{}{} {}", routes.empty() ? "" : ", ", route.count,
                              describe_route(route.name));
    }
    if (!routes.empty()) wrapped(page, "  of these: ", routes);
}

std::string times_columns(const TimeFigures& times) {
    std::string columns;
    for (const double value : {times.p50, times.p90, times.p99, times.max}) {
        columns += fmt::format("{:>10}", times.count == 0 ? "-" : format_ms(value));
    }
    return columns + fmt::format("{:>12}", times.censored);
}

void times(Page& page, const Summary& summary) {
    page.heading(
        fmt::format("{:<20}", "Times in ms"),
        fmt::format("{:>10}{:>10}{:>10}{:>10}{:>12}", "p50", "p90", "p99", "max", "none came"));
    for (const PhaseLatency& latency : summary.latency) {
        if (latency.times.count == 0 && latency.times.censored == 0) continue;
        page.line(fmt::format("  {:<18}{}", latency.phase, times_columns(latency.times)));
    }
    page.line("  from the planned start of a message:");
    page.line(
        fmt::format("  {:<18}{}", "to acknowledge", times_columns(summary.time_to_acknowledge)));
    page.line(fmt::format("  {:<18}{}", "to deliver", times_columns(summary.time_to_delivery)));
}

/// Only queues in which somebody had to wait.
void queues(Page& page, const Summary& summary) {
    bool headed = false;
    for (const QueueFigures& queue : summary.queues) {
        if (queue.depth_max <= 1) continue;
        if (!headed) page.heading("Queues of the receivers");
        headed = true;
        page.line(fmt::format("  {}", describe_queue(queue)));
    }
}

void servers(Page& page, const Summary& summary) {
    if (summary.servers.empty()) return;
    page.heading("Real servers");
    for (const ServerFigures& server : summary.servers) {
        wrapped(page, "  ", describe_server(server));
        for (const std::string& line : describe_log(server)) wrapped(page, "    ", line);
    }
}

void rules(Page& page, const Summary& summary) {
    if (summary.rules.empty()) return;
    page.heading("Rules");
    for (const RuleCounts& rule : summary.rules) {
        const std::string matched =
            rule.matched ? fmt::format(" of {} that fit", *rule.matched) : "";
        page.line(fmt::format("  {:<18} fired {}{}  {}", rule.name,
                              counted(rule.fired, "time", "times"), matched, rule.effect));
        if (rule.lateness.count > 0)
            page.line(fmt::format("  {:<18} asked for {} (median), late by {} at p99, {} at most",
                                  "", format_value(rule.asked.p50, "ms"),
                                  format_value(rule.lateness.p99, "ms"),
                                  format_value(rule.lateness.max, "ms")));
    }
}

void expectations(Page& page, const Summary& summary) {
    if (summary.expectations.empty()) return;
    page.heading("Expectations");
    for (const ExpectationFigures& expectation : summary.expectations) {
        const std::string rest =
            fmt::format("  {} {}   is {}", expectation.figure, expectation.bound,
                        format_value(expectation.value, expectation.unit));
        page.coloured(expectation.held ? "32" : "31",
                      expectation.held ? "  held      " : "  NOT HELD  ", rest);
    }
}

/// Stories fill a screen soon; of those behind the first few the title must do.
void further_examples(Page& page, const Summary& summary) {
    if (summary.examples.size() <= examples_most) return;
    page.heading("Further", "  with their timelines in report.html");
    for (std::size_t i = examples_most; i < summary.examples.size(); ++i)
        page.line(fmt::format("  {}", summary.examples[i].title));
}

void examples(Page& page, const Summary& summary) {
    for (std::size_t i = 0; i < std::min(summary.examples.size(), examples_most); ++i) {
        const Example& example = summary.examples[i];
        page.heading("Example", fmt::format("  {}", example.title));
        const std::size_t all = example.timeline.size();
        // The middle of a long story repeats itself; its begin and its end do not.
        const std::size_t head = all <= entries_most ? all : entries_most - 2;
        for (std::size_t entry = 0; entry < all; ++entry) {
            if (entry == head) {
                page.line(fmt::format("  {:>11}  ... {} more ...", "", all - head - 1));
                entry = all - 1;
            }
            page.line(fmt::format("  {:>11}  {}", format_since(example.timeline[entry].at_ms),
                                  example.timeline[entry].text));
        }
    }
}

}  // namespace

std::string write_terminal(const Summary& summary, bool colour) {
    Page page(colour);
    verdict(page, summary);
    verdicts(page, summary);
    copies(page, summary);
    causes(page, summary);
    times(page, summary);
    servers(page, summary);
    queues(page, summary);
    rules(page, summary);
    expectations(page, summary);
    examples(page, summary);
    further_examples(page, summary);
    if (!summary.assumptions.empty()) page.heading("Assumptions");
    for (const std::string& assumption : summary.assumptions) wrapped(page, "  ", assumption);
    return page.take();
}

}  // namespace twofifty::harness
