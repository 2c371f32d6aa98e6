// One sending server's keys, all of them, as read_sender reads them.
#include "harness/scenario/scenario_writer.hpp"

#include <array>
#include <limits>

namespace twofifty::harness {
namespace {

std::string timeouts_text(const smtp::Timeouts& timeouts) {
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < phase_names.size(); ++i) {
        const auto phase = static_cast<Phase>(i);
        if (phase == Phase::none || phase == Phase::other) continue;
        parts.push_back(fmt::format("{} = {}", to_string(phase), in_quotes(timeouts[phase])));
    }
    return fmt::format("{{ {} }}", fmt::join(parts, ", "));
}

std::string durations_text(const std::vector<Duration>& durations) {
    std::vector<std::string> texts;
    for (const Duration duration : durations) texts.push_back(in_quotes(duration));
    return fmt::format("[{}]", fmt::join(texts, ", "));
}

/// A rule as the keys that make it.
struct RuleText {
    std::string operator()(const ListedWaits& rule) const {
        return fmt::format("rule = \"list\", schedule = {}", durations_text(rule.waits));
    }
    std::string operator()(const ClampedAge& rule) const {
        return fmt::format("rule = \"clamped_age\", least = {}, most = {}", in_quotes(rule.least),
                           in_quotes(rule.most));
    }
    std::string operator()(const SteppedWaits& rule) const {
        std::vector<std::string> steps;
        for (const SteppedWaits::Step& step : rule.steps) {
            const std::string until = settings::format_duration(step.until);
            const std::string interval = settings::format_duration(step.interval);
            steps.push_back(step.factor > 1
                                ? fmt::format("\"G,{},{},{}\"", until, interval, step.factor)
                                : fmt::format("\"F,{},{}\"", until, interval));
        }
        return fmt::format("rule = \"stepped\", steps = [{}]", fmt::join(steps, ", "));
    }
    std::string operator()(const QuadraticTimes& rule) const {
        return fmt::format("rule = \"quadratic\", unit = {}", in_quotes(rule.unit));
    }
    std::string operator()(const SquareOfRoot& rule) const {
        return fmt::format("rule = \"square_of_root\", add = {}", rule.add);
    }
    std::string operator()(const GrowingWaits& rule) const {
        std::string text = fmt::format("rule = \"doubling\", first = {}, factor = {}",
                                       in_quotes(rule.first), rule.factor);
        if (rule.most) text += fmt::format(", most = {}", in_quotes(*rule.most));
        return text;
    }
    std::string operator()(const EveryRun&) const { return "rule = \"every_run\""; }
};

std::string retry_text(const Retry& retry) {
    std::string text = std::visit(RuleText{}, retry.rule);
    // All of it, also what does nothing: a profile might say otherwise.
    text +=
        fmt::format(", queue_run = {}", retry.queue_run ? in_quotes(*retry.queue_run) : "\"none\"");
    text += fmt::format(", jitter = {}, lifetime = {}", retry.jitter, in_quotes(retry.lifetime));
    text += fmt::format(", lifetime_from = \"{}\"", retry.lifetime_from == LifetimeFrom::submission
                                                        ? "submission"
                                                        : "first_failure");
    if (retry.most_failures != std::numeric_limits<std::uint32_t>::max())
        text += fmt::format(", most_failures = {}", retry.most_failures);
    text += fmt::format(", gives_up = \"{}\", warn_after = {}",
                        gives_up_names[static_cast<std::size_t>(retry.gives_up)],
                        durations_text(retry.warn_after));
    return fmt::format("{{ {} }}", text);
}

std::string backoff_text(const std::optional<Backoff>& backoff) {
    if (!backoff) return "\"none\"";
    constexpr std::array<std::string_view, 3> growths{"fixed", "doubling", "quadratic"};
    return fmt::format("{{ first = {}, growth = \"{}\", most = {} }}", in_quotes(backoff->first),
                       growths[static_cast<std::size_t>(backoff->growth)],
                       in_quotes(backoff->most));
}

}  // namespace

void write_sender(Writer& writer, const SenderSettings& sender) {
    constexpr std::array<std::string_view, 3> timers{"per_read", "per_reply", "per_request"};
    constexpr std::array<std::string_view, 4> next_hosts{"never", "after_connect", "after_session",
                                                         "after_refusal"};
    writer.text("profile", sender.profile);
    writer.line("timeouts", timeouts_text(sender.timeouts));
    writer.text("timer", timers[static_cast<std::size_t>(sender.timer)]);
    writer.line("retry", retry_text(sender.retry));
    writer.number("connections", sender.connections);
    if (sender.initial_connections)
        writer.number("initial_connections", *sender.initial_connections);
    writer.line("concurrency_growth", fmt::format("{}", sender.concurrency_growth));
    writer.number("messages_per_connection", sender.messages_per_connection);
    writer.duration("idle", sender.idle);
    writer.number("recipients_per_transaction", sender.recipients_per_transaction);
    writer.text("next_host", next_hosts[static_cast<std::size_t>(sender.next_host)]);
    writer.number("hosts_per_attempt", sender.hosts_per_attempt);
    writer.text("unknown_blames", sender.unknown_blames_host ? "host" : "message");
    writer.line("backoff", backoff_text(sender.backoff));
    writer.text("helo", sender.helo);
    writer.text("after_timeout", sender.quits_after_timeout ? "quit" : "close");
    writer.text("message_id", sender.new_message_id ? "new" : "kept");
    writer.text("resend", sender.resends_to_all ? "all" : "open");
    writer.flag("pipelining", sender.pipelining);
    writer.flag("chunking", sender.chunking);
    writer.size("chunk_size", sender.chunk_size);
}

}  // namespace twofifty::harness
