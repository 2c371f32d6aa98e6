// summary.md: a run as it is pasted into a ticket or a pull request.
#include "harness/report/escape.hpp"
#include "harness/report/format.hpp"
#include "harness/report/words.hpp"

#include <fmt/format.h>

#include <iterator>

namespace twofifty::harness {
namespace {

template <class... Values>
void add(std::string& out, fmt::format_string<Values...> format, Values&&... values) {
    fmt::format_to(std::back_inserter(out), format, std::forward<Values>(values)...);
}

void times_row(std::string& out, std::string_view name, const TimeFigures& times) {
    if (times.count == 0) {
        add(out, "| {} | - | - | - | - | {} |\n", escape_markdown(name), times.censored);
        return;
    }
    add(out, "| {} | {} | {} | {} | {} | {} |\n", escape_markdown(name), format_ms(times.p50),
        format_ms(times.p90), format_ms(times.p99), format_ms(times.max), times.censored);
}

void times(std::string& out, const Summary& summary) {
    out += "\n## Times in ms\n\n| | p50 | p90 | p99 | max | none came |\n";
    out += "| --- | ---: | ---: | ---: | ---: | ---: |\n";
    for (const PhaseLatency& latency : summary.latency) {
        if (latency.times.count == 0 && latency.times.censored == 0) continue;
        times_row(out, latency.phase, latency.times);
    }
    times_row(out, "to acknowledge, from the planned start", summary.time_to_acknowledge);
    times_row(out, "to deliver, from the planned start", summary.time_to_delivery);
}

void head(std::string& out, const Summary& summary) {
    add(out, "# {}: {}\n\n", escape_markdown(summary.scenario), to_string(summary.result));
    if (!summary.question.empty()) add(out, "> {}\n\n", escape_markdown(summary.question));
    for (const std::string& reason : summary.result_reasons) {
        add(out, "- {}\n", escape_markdown(reason));
    }
    add(out, "\n{} world, seed {}, {:.1f} s, started {}, twofifty {}. Copies counted at: {}.\n",
        summary.world, summary.seed, summary.duration_s,
        summary.started_at.empty() ? "-" : escape_markdown(summary.started_at),
        escape_markdown(summary.version), escape_markdown(summary.observed_at));
    if (!summary.digest.empty()) add(out, "Digest `{}`.\n", summary.digest);
}

void counts(std::string& out, const Summary& summary) {
    add(out,
        "\n## Counts\n\n{} messages, {} recipients, {} attempts, {} accepted, {} copies, {} extra, "
        "{} unexpected.\n",
        summary.messages, summary.recipients, summary.attempts, summary.transactions_accepted,
        summary.copies, summary.extra_copies, summary.unexpected);
    for (const std::string& line : describe_withheld(summary)) add(out, "\n{}.\n", line);
    out += "\n| verdict | recipients | share | |\n| --- | ---: | ---: | --- |\n";
    for (const Count& verdict : summary.verdicts) {
        add(out, "| {} | {} | {} | {} |\n", escape_markdown(verdict.name), verdict.count,
            format_share(verdict.count, summary.recipients), describe_verdict(verdict.name));
    }
    out += "\n| copies | recipients |\n| ---: | ---: |\n";
    for (const Count& bar : summary.copies_histogram) {
        add(out, "| {} | {} |\n", escape_markdown(bar.name), bar.count);
    }
    if (summary.extra_copies == 0) return;
    out += "\n| cause of an extra copy | extra copies |\n| --- | ---: |\n";
    for (const Count& cause : summary.causes) {
        if (cause.count > 0) {
            add(out, "| {} | {} |\n", escape_markdown(describe_cause(cause.name)), cause.count);
        }
    }
}

void rules_and_expectations(std::string& out, const Summary& summary) {
    if (!summary.rules.empty()) {
        out +=
            "\n## Rules\n\n| rule | effect | matched | fired | late, p99 |\n| --- | --- | ---: | "
            "---: | ---: |\n";
        for (const RuleCounts& rule : summary.rules) {
            add(out, "| {} | {} | {} | {} | {} |\n", escape_markdown(rule.name),
                escape_markdown(rule.effect),
                rule.matched ? std::to_string(*rule.matched) : std::string("-"), rule.fired,
                rule.lateness.count > 0 ? format_value(rule.lateness.p99, "ms") : "-");
        }
    }
    if (!summary.expectations.empty()) {
        out += "\n## Expectations\n\n| expected | is | |\n| --- | --- | --- |\n";
        for (const ExpectationFigures& expectation : summary.expectations) {
            add(out, "| {} {} | {} | {} |\n", escape_markdown(expectation.figure),
                escape_markdown(expectation.bound),
                format_value(expectation.value, expectation.unit),
                expectation.held ? "held" : "**not held**");
        }
    }
}

void queues(std::string& out, const Summary& summary) {
    if (summary.queues.empty()) return;
    out += "\n## Queues of the receivers\n\n";
    for (const QueueFigures& queue : summary.queues)
        add(out, "- {}\n", escape_markdown(describe_queue(queue)));
}

void servers(std::string& out, const Summary& summary) {
    if (summary.servers.empty()) return;
    out += "\n## Real servers\n\n";
    for (const ServerFigures& server : summary.servers) {
        add(out, "- {}\n", escape_markdown(describe_server(server)));
        for (const std::string& line : describe_log(server))
            add(out, "  - {}\n", escape_markdown(line));
    }
}

void stories(std::string& out, const Summary& summary) {
    if (summary.discrepancies > 0) {
        add(out, "\n## Copies and accepted transactions differ for {} recipients\n\n",
            summary.discrepancies);
        for (const DiscrepancyFigures& named : summary.discrepancies_named) {
            add(out, "- message {} to {}: {} copies, {} accepted\n", named.message,
                escape_markdown(named.recipient), named.copies, named.accepted);
        }
    }
    for (const Example& example : summary.examples) {
        add(out, "\n## {}\n\n| | |\n| ---: | --- |\n", escape_markdown(example.title));
        for (const TimelineEntry& entry : example.timeline) {
            add(out, "| {} | {} |\n", format_since(entry.at_ms), escape_markdown(entry.text));
        }
    }
    if (!summary.assumptions.empty()) out += "\n## Assumptions\n\n";
    for (const std::string& assumption : summary.assumptions) {
        add(out, "- {}\n", escape_markdown(assumption));
    }
}

}  // namespace

std::string write_markdown(const Summary& summary) {
    std::string out;
    head(out, summary);
    counts(out, summary);
    times(out, summary);
    servers(out, summary);
    queues(out, summary);
    rules_and_expectations(out, summary);
    stories(out, summary);
    return out;
}

}  // namespace twofifty::harness
