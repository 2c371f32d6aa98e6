#include "harness/report/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace twofifty::harness {
namespace {

using Words = std::pair<std::string_view, std::string_view>;

std::string_view describe(std::span<const Words> words, std::string_view name) {
    for (const auto& [known, description] : words) {
        if (known == name) return description;
    }
    return name;
}

}  // namespace

std::string_view describe_verdict(std::string_view name) {
    static constexpr std::array<Words, 8> words{{
        {"once", "delivered once"},
        {"duplicated", "two copies or more"},
        {"lost", "acknowledged, yet no copy"},
        {"ghost", "the sender gave up, yet one copy"},
        {"failed", "the sender gave up, no copy"},
        {"pending", "still queued at the sender"},
        {"corrupted", "a copy differs from what was sent"},
        {"unobserved", "acknowledged; copies could not be seen"},
    }};
    return describe(words, name);
}

std::string_view describe_cause(std::string_view name) {
    static constexpr std::array<Words, 10> words{{
        {"reply_dropped", "the reply to the final dot was dropped"},
        {"reply_late_network", "the network brought the reply to the final dot too late"},
        {"reply_late_server", "the server replied to the final dot too late"},
        {"reply_replaced", "another reply was put in place of the reply to the final dot"},
        {"reply_misread", "the sender took another reply for the reply to the final dot"},
        {"connection_cut", "the connection was cut after the message had been accepted"},
        {"receiver_died", "the receiver went away after it had accepted the message"},
        {"receiver_itself", "the receiver made several copies of one transaction"},
        {"loop", "the message went in a loop"},
        {"unattributed", "no reason was found"},
    }};
    return describe(words, name);
}

std::string_view describe_route(std::string_view name) {
    static constexpr std::array<Words, 3> words{{
        {"same_host", "sent again to the same host"},
        {"next_host", "sent again to another host"},
        {"recipient_subset", "sent again to recipients already accepted"},
    }};
    return describe(words, name);
}

std::string format_ms(double ms) {
    if (ms < 0.0005) return "0";
    if (ms < 1) return fmt::format("{:.3f}", ms);
    if (ms < 10) return fmt::format("{:.2f}", ms);
    if (ms < 100) return fmt::format("{:.1f}", ms);
    return fmt::format("{:.0f}", ms);
}

std::string format_since(double ms) {
    if (ms < 99'999.5) return fmt::format("+{:.3f} s", ms / 1000);
    const auto seconds = static_cast<std::int64_t>(ms / 1000);
    const std::int64_t minutes = seconds / 60;
    const std::int64_t hours = minutes / 60;
    if (hours == 0) return fmt::format("+{}m {:02}s", minutes, seconds % 60);
    if (hours < 24) return fmt::format("+{}h {:02}m", hours, minutes % 60);
    return fmt::format("+{}d {:02}h", hours / 24, hours % 24);
}

std::string format_share(std::uint64_t part, std::uint64_t whole) {
    if (whole == 0) return "-";
    if (part == 0) return "0 %";
    const double percent = 100 * static_cast<double>(part) / static_cast<double>(whole);
    if (percent < 0.01) return "< 0.01 %";
    // 99.996 % is not "100 %" to somebody who looks for the one that went wrong.
    if (part < whole && percent > 99.99) return "> 99.99 %";
    return fmt::format("{:.2f} %", percent);
}

std::vector<std::string> describe_withheld(const Summary& summary) {
    std::vector<std::string> lines;
    if (summary.copies_suppressed > 0)
        lines.push_back(
            fmt::format("{} more {} suppressed by the receiver: {} accepted twice or more",
                        counted(summary.copies_suppressed, "copy", "copies"),
                        summary.copies_suppressed == 1 ? "was" : "were",
                        counted(summary.wire_duplicated, "recipient's message was",
                                "recipients' messages were")));
    if (summary.copies_discarded > 0)
        lines.push_back(fmt::format("{} read to the end, and discarded by the receiver",
                                    counted(summary.copies_discarded, "copy was", "copies were")));
    return lines;
}

std::string describe_server(const ServerFigures& server) {
    std::string text = fmt::format("{} ({})", server.name, server.program);
    for (const ServerFigures::Change& change : server.changes) {
        const bool first = &change == &server.changes.front();
        text += first ? ": " : "; ";
        text += change.what == "start"
                    ? fmt::format("greeted after {} ms", format_ms(change.took_ms))
                    : fmt::format("{} at {}", change.what, format_since(change.at_s * 1000));
        if (change.what == "restart")
            text += fmt::format(", greeted after {} ms", format_ms(change.took_ms));
    }
    return text;
}

std::vector<std::string> describe_log(const ServerFigures& server) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 5> meanings{
        {{"may_be_sent_twice", "that a message may be sent more than once"},
         {"client_gone", "that a client has gone"},
         {"suppressed", "that a duplicate was suppressed"},
         {"deferred", "that mail must wait and be tried again"},
         {"bounced", "that mail was given up"}}};
    std::vector<std::string> lines;
    for (const Count& said : server.said) {
        const auto known =
            std::ranges::find(meanings, said.name, &decltype(meanings)::value_type::first);
        const std::string_view meaning = known == meanings.end() ? said.name : known->second;
        lines.push_back(
            fmt::format("its log says {} {}", counted(said.count, "time", "times"), meaning));
    }
    for (const std::string& line : server.lines) lines.push_back("e.g. " + line);
    return lines;
}

std::string describe_queue(const QueueFigures& queue) {
    return fmt::format("{}, {}: {} at most, at {}; the oldest {} s old", queue.receiver,
                       queue.queue, counted(queue.depth_max, "message", "messages"),
                       format_since(queue.depth_max_at_s * 1000), format_ms(queue.oldest_s));
}

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string format_value(const std::optional<double>& value, std::string_view unit) {
    if (!value) return "nothing measured";
    if (unit.empty()) return fmt::format("{}", *value);
    if (unit == "ms") return fmt::format("{} ms", format_ms(*value));
    return fmt::format("{:.4g} {}", *value, unit);
}

}  // namespace twofifty::harness
