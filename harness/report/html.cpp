// report.html: one self-contained page, no scripts, nothing loaded from elsewhere; it can be mailed
// or kept for years. Light or dark as the reader's system is.
#include "harness/report/escape.hpp"
#include "harness/report/format.hpp"
#include "harness/report/queue_chart.hpp"
#include "harness/report/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace twofifty::harness {
namespace {

constexpr std::string_view style = R"(
:root { color-scheme: light dark; --ink: #1d2430; --soft: #5b6675; --page: #f6f7f9; --card: #fff;
  --line: #dde2e9; --bar: #3b6fd4; --good: #1a7f46; --bad: #b3261e; --unsure: #8a5a00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ee; --soft: #9aa5b4; --page: #14181f;
  --card: #1c222c; --line: #303947; --bar: #6d9bf1; --good: #2f9e63; --bad: #d5524a;
  --unsure: #b98324; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
.banner { color: #fff; border-radius: 10px; padding: 1rem 1.3rem; }
.passed { background: var(--good); } .failed { background: var(--bad); }
.inconclusive { background: var(--unsure); }
.banner h1 { margin: 0; font-size: 1.35rem; } .banner p { margin: .3rem 0 0; }
.question { color: var(--soft); font-style: italic; margin: 1rem .2rem 0; }
.facts { color: var(--soft); margin: .4rem .2rem 1rem; font-size: .9rem; overflow-wrap: anywhere; }
.numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: .7rem; }
.number, section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.number { padding: .7rem .9rem; } .number b { display: block; font-size: 1.5rem; line-height: 1.2;
  font-variant-numeric: tabular-nums; }
.number span { color: var(--soft); font-size: .85rem; }
section { padding: .9rem 1.1rem 1rem; margin-top: .9rem; overflow-x: auto; }
h2 { font-size: 1.02rem; margin: 0 0 .5rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th { text-align: left; color: var(--soft); font-weight: 500; font-size: .85rem; }
th, td { padding: .25rem .8rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child td { border-bottom: 0; } .n { text-align: right; white-space: nowrap; }
.held { color: var(--good); } .broken { color: var(--bad); font-weight: 600; }
.soft { color: var(--soft); } code { font-size: .88em; overflow-wrap: anywhere; }
svg { display: block; width: 100%; height: auto; } svg text { fill: var(--ink); font-size: 13px; }
svg .axis { stroke: var(--line); } svg .depth { fill: none; stroke-width: 2; }
svg .small { fill: var(--soft); font-size: 12px; }
svg rect { fill: var(--bar); } svg .more rect { fill: var(--bad); }
)";

template <class... Values>
void add(std::string& out, fmt::format_string<Values...> format, Values&&... values) {
    fmt::format_to(std::back_inserter(out), format, std::forward<Values>(values)...);
}

void head(std::string& out, const Summary& summary) {
    add(out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<title>{}: {}</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n",
        escape_xml(summary.scenario), to_string(summary.result), style);
    add(out, "<div class=\"banner {0}\"><h1>{1}: {0}</h1>", to_string(summary.result),
        escape_xml(summary.scenario));
    for (const std::string& reason : summary.result_reasons) {
        add(out, "<p>{}</p>", escape_xml(reason));
    }
    out += "</div>\n";
    if (!summary.question.empty()) {
        add(out, "<p class=\"question\">{}</p>\n", escape_xml(summary.question));
    }
    add(out, "<p class=\"facts\">{} world, seed {}, {:.1f} s{}; twofifty {}; copies counted at: {}",
        escape_xml(summary.world), summary.seed, summary.duration_s,
        summary.started_at.empty() ? "" : ", started " + escape_xml(summary.started_at),
        escape_xml(summary.version), escape_xml(summary.observed_at));
    if (!summary.digest.empty()) add(out, "; digest <code>{}</code>", escape_xml(summary.digest));
    out += "</p>\n";
}

void number(std::string& out, std::uint64_t value, std::string_view name) {
    add(out, "<div class=\"number\"><b>{}</b><span>{}</span></div>\n", value, name);
}

void numbers(std::string& out, const Summary& summary) {
    out += "<div class=\"numbers\">\n";
    number(out, summary.messages, "messages");
    number(out, summary.recipients, "recipients, each judged");
    number(out, summary.attempts, "attempts");
    number(out, summary.transactions_accepted, "seen accepted");
    number(out, summary.copies, "copies");
    number(out, summary.extra_copies, "extra copies");
    if (summary.copies_suppressed > 0) number(out, summary.copies_suppressed, "suppressed copies");
    if (summary.copies_discarded > 0) number(out, summary.copies_discarded, "discarded");
    if (summary.unexpected > 0) number(out, summary.unexpected, "never sent, yet found");
    out += "</div>\n";
}

void verdicts(std::string& out, const Summary& summary) {
    out += "<section><h2>What became of the mail</h2>\n<table>\n";
    for (const Count& verdict : summary.verdicts) {
        add(out,
            "<tr{}><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td>{}</td></tr>\n",
            verdict.count == 0 ? " class=\"soft\"" : "", escape_xml(verdict.name), verdict.count,
            format_share(verdict.count, summary.recipients),
            escape_xml(describe_verdict(verdict.name)));
    }
    add(out,
        "</table>\n<p class=\"soft\">To the senders: {} acknowledged, {} given up, {} pending."
        "</p>\n",
        count_of(summary.sender_ends, "acknowledged"), count_of(summary.sender_ends, "gave_up"),
        count_of(summary.sender_ends, "pending"));
    for (const std::string& line : describe_withheld(summary))
        add(out, "<p class=\"soft\">{}.</p>\n", escape_xml(line));
    out += "</section>\n";
}

/// Bars lie, so that a run of six copies and a run of sixty both fit a page's width.
void copies(std::string& out, const Summary& summary) {
    constexpr int row = 26;
    constexpr int left = 90;
    constexpr int longest = 560;
    if (summary.copies_histogram.empty()) return;
    std::uint64_t largest = 1;
    for (const Count& bar : summary.copies_histogram) largest = std::max(largest, bar.count);
    add(out,
        "<section><h2>Copies each recipient got</h2>\n<svg viewBox=\"0 0 760 {}\" role=\"img\" "
        "aria-label=\"Recipients by number of copies\">\n",
        row * static_cast<int>(summary.copies_histogram.size()));
    int top = 0;
    for (const Count& bar : summary.copies_histogram) {
        double length = longest * static_cast<double>(bar.count) / static_cast<double>(largest);
        // A single message among a million must still be seen.
        if (bar.count > 0) length = std::max(length, 2.0);
        add(out,
            "<g{}><text x=\"{}\" y=\"{}\" text-anchor=\"end\">{} {}</text><rect x=\"{}\" y=\"{}\" "
            "width=\"{:.1f}\" height=\"{}\" rx=\"2\"/><text x=\"{:.1f}\" y=\"{}\">{} ({})</text>"
            "</g>\n",
            bar.name == "0" || bar.name == "1" ? "" : " class=\"more\"", left - 10, top + 17,
            escape_xml(bar.name), bar.name == "1" ? "copy" : "copies", left, top + 4, length,
            row - 8, left + length + 8, top + 17, bar.count,
            escape_xml(format_share(bar.count, summary.recipients)));
        top += row;
    }
    out += "</svg></section>\n";
}

void causes(std::string& out, const Summary& summary) {
    if (summary.extra_copies == 0) return;
    out += "<section><h2>Why there were extra copies</h2>\n<table>\n";
    for (const Count& cause : summary.causes) {
        if (cause.count == 0) continue;
        add(out, "<tr><td class=\"n\">{}</td><td>{}</td><td class=\"soft\">{}</td></tr>\n",
            cause.count, escape_xml(describe_cause(cause.name)), escape_xml(cause.name));
    }
    for (const Count& route : summary.routes) {
        if (route.count == 0) continue;
        add(out, "<tr class=\"soft\"><td class=\"n\">{}</td><td>{}</td><td>{}</td></tr>\n",
            route.count, escape_xml(describe_route(route.name)), escape_xml(route.name));
    }
    out += "</table></section>\n";
}

void times_row(std::string& out, std::string_view name, const TimeFigures& times) {
    add(out, "<tr><td>{}</td>", escape_xml(name));
    for (const double value : {times.p50, times.p90, times.p99, times.max}) {
        add(out, "<td class=\"n\">{}</td>", times.count == 0 ? "-" : format_ms(value));
    }
    add(out, "<td class=\"n\">{}</td></tr>\n", times.censored);
}

void times(std::string& out, const Summary& summary) {
    out +=
        "<section><h2>Times in ms</h2>\n<table>\n<tr><th></th><th class=\"n\">p50</th>"
        "<th class=\"n\">p90</th><th class=\"n\">p99</th><th class=\"n\">max</th>"
        "<th class=\"n\">none came</th></tr>\n";
    for (const PhaseLatency& latency : summary.latency) {
        if (latency.times.count == 0 && latency.times.censored == 0) continue;
        times_row(out, latency.phase, latency.times);
    }
    times_row(out, "to acknowledge, from the planned start", summary.time_to_acknowledge);
    times_row(out, "to deliver, from the planned start", summary.time_to_delivery);
    out += "</table></section>\n";
}

void rules(std::string& out, const Summary& summary) {
    if (summary.rules.empty()) return;
    out +=
        "<section><h2>Rules</h2>\n<table>\n<tr><th>rule</th><th>effect</th>"
        "<th class=\"n\">matched</th><th class=\"n\">fired</th>"
        "<th class=\"n\">late, p99</th></tr>\n";
    for (const RuleCounts& rule : summary.rules) {
        add(out,
            "<tr><td>{}</td><td><code>{}</code></td><td class=\"n\">{}</td>"
            "<td class=\"n{}\">{}</td><td class=\"n\">{}</td></tr>\n",
            escape_xml(rule.name), escape_xml(rule.effect),
            rule.matched ? std::to_string(*rule.matched) : std::string("-"),
            rule.fired == 0 ? " broken" : "", rule.fired,
            rule.lateness.count > 0 ? format_value(rule.lateness.p99, "ms") : "-");
    }
    out += "</table></section>\n";
}

void expectations(std::string& out, const Summary& summary) {
    if (summary.expectations.empty()) return;
    out += "<section><h2>Expectations</h2>\n<table>\n";
    for (const ExpectationFigures& expectation : summary.expectations) {
        add(out, "<tr><td class=\"{}\">{}</td><td><code>{} {}</code></td><td>is {}</td></tr>\n",
            expectation.held ? "held" : "broken", expectation.held ? "held" : "not held",
            escape_xml(expectation.figure), escape_xml(expectation.bound),
            escape_xml(format_value(expectation.value, expectation.unit)));
    }
    out += "</table></section>\n";
}

void stories(std::string& out, const Summary& summary) {
    if (summary.discrepancies > 0) {
        add(out, "<section><h2>Copies and accepted transactions differ for {}</h2>\n<table>\n",
            counted(summary.discrepancies, "recipient", "recipients"));
        for (const DiscrepancyFigures& named : summary.discrepancies_named) {
            add(out, "<tr><td>message {} to {}</td><td>{} copies</td><td>{} accepted</td></tr>\n",
                named.message, escape_xml(named.recipient), named.copies, named.accepted);
        }
        out += "</table></section>\n";
    }
    for (const Example& example : summary.examples) {
        add(out, "<section><h2>{}</h2>\n<table>\n", escape_xml(example.title));
        for (const TimelineEntry& entry : example.timeline) {
            add(out, "<tr><td class=\"n soft\">{}</td><td>{}</td></tr>\n",
                format_since(entry.at_ms), escape_xml(entry.text));
        }
        out += "</table></section>\n";
    }
    if (summary.assumptions.empty()) return;
    out += "<section><h2>Assumptions</h2>\n";
    for (const std::string& assumption : summary.assumptions) {
        add(out, "<p>{}</p>\n", escape_xml(assumption));
    }
    out += "</section>\n";
}

void servers(std::string& out, const Summary& summary) {
    if (summary.servers.empty()) return;
    out += "<section>\n<h2>Real servers</h2>\n<ul>\n";
    for (const ServerFigures& server : summary.servers) {
        add(out, "<li>{}", escape_xml(describe_server(server)));
        for (const std::string& line : describe_log(server)) add(out, "<br>{}", escape_xml(line));
        out += "</li>\n";
    }
    out += "</ul>\n</section>\n";
}

}  // namespace

std::string write_html(const Summary& summary) {
    std::string out;
    head(out, summary);
    numbers(out, summary);
    verdicts(out, summary);
    copies(out, summary);
    causes(out, summary);
    expectations(out, summary);
    times(out, summary);
    servers(out, summary);
    out += queue_charts(summary);
    rules(out, summary);
    stories(out, summary);
    out += "</main>\n</body>\n</html>\n";
    return out;
}

}  // namespace twofifty::harness
