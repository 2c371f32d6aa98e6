#include "harness/report/timeline.hpp"

#include "harness/report/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace twofifty::harness {
namespace {

/// Texts of events come from servers too: what is not printable ASCII must not reach a terminal.
std::string printable(std::string_view text) {
    std::string out;
    for (const char c : text) out += c >= ' ' && c <= '~' ? c : '?';
    return out;
}

std::string in_brackets(std::string_view text) {
    return text.empty() ? "" : fmt::format(" ({})", printable(text));
}

std::string awaited(Phase phase) {
    switch (phase) {
        case Phase::data_done: return "the reply to the final dot";
        case Phase::data_init: return "the reply to DATA";
        case Phase::greeting: return "the greeting";
        case Phase::connect: return "the connection";
        default: return fmt::format("the reply in phase {}", to_string(phase));
    }
}

std::string rule_name(const Event& event, const TimelineNames& names) {
    if (event.rule == 0 || event.rule > names.rules.size()) {
        return fmt::format("number {}", event.rule);
    }
    return printable(names.rules[event.rule - 1]);
}

std::string describe_attempt_end(const Event& event) {
    const std::string attempt = fmt::format("attempt {}", event.attempt);
    switch (event.outcome) {
        case Outcome::accepted:
            return fmt::format("sender read {}: {} is acknowledged", event.code, attempt);
        case Outcome::refused_for_now:
            return fmt::format("sender read {} in phase {}: {} is refused for now", event.code,
                               to_string(event.phase), attempt);
        case Outcome::refused_for_good:
            return fmt::format("sender read {} in phase {}: {} is refused for good", event.code,
                               to_string(event.phase), attempt);
        case Outcome::unknown:
            if (event.text == "unseen") {
                return fmt::format("{} never came; when the sender gave up cannot be seen",
                                   awaited(Phase::data_done));
            }
            if (event.text == "timed_out") {
                return fmt::format("sender gave up waiting for {}{}", awaited(Phase::data_done),
                                   in_brackets(event.text));
            }
            return fmt::format("sender lost the connection while {} was owed{}",
                               awaited(Phase::data_done), in_brackets(event.text));
        case Outcome::not_sent:
            return fmt::format("{} failed before the final dot, waiting for {}{}", attempt,
                               awaited(event.phase), in_brackets(event.text));
        case Outcome::none: break;
    }
    return fmt::format("{} ended", attempt);
}

std::string describe_achieved(const Event& event, const TimelineNames& names) {
    const std::string after = fmt::format("{} ms", format_ms(to_ms(event.duration)));
    if (event.text == "released") {
        return fmt::format("what rule {} kept went on after {}", rule_name(event, names), after);
    }
    if (event.text == "client_gone") {
        return fmt::format("what rule {} kept was never given: the sender closed after {}",
                           rule_name(event, names), after);
    }
    return fmt::format("rule {} came to its end after {}{}", rule_name(event, names), after,
                       in_brackets(event.text));
}

std::string describe_event(const Event& event, const TimelineNames& names) {
    switch (event.kind) {
        case EventKind::submitted:
            // A client that is not ours has no number; the layer saw its message.
            if (event.node == 0)
                return fmt::format("client begins to send it, {} bytes", event.quantity);
            return fmt::format("submitted to sender {}, {} bytes", event.node, event.quantity);
        case EventKind::attempt_started: return fmt::format("attempt {} starts", event.attempt);
        case EventKind::content_sent: return "sender sent the final dot";
        case EventKind::attempt_ended: return describe_attempt_end(event);
        case EventKind::gave_up:
            return fmt::format("sender gave up for good: bounced{}", in_brackets(event.text));
        case EventKind::transaction_accepted:
            return fmt::format("receiver accepted it ({}), {} ms after the final dot", event.code,
                               format_ms(to_ms(event.duration)));
        case EventKind::server_gone:
            return fmt::format("the server went away while {} was owed{}", awaited(event.phase),
                               in_brackets(event.text));
        case EventKind::rule_fired:
            return fmt::format(
                "rule {} acts on {}{}: {}", rule_name(event, names),
                event.phase == Phase::data_xfer ? "the content" : awaited(event.phase),
                event.code == 0 ? "" : fmt::format(", {}", event.code), printable(event.text));
        case EventKind::copy_suppressed: return "receiver suppressed a copy of it";
        case EventKind::copy_discarded:
            return fmt::format("receiver had read it, and threw it away{}",
                               in_brackets(event.text));
        case EventKind::forwarded:
            return fmt::format("handed on to {}: {}{}", printable(event.text),
                               to_string(event.outcome),
                               event.code == 0 ? "" : fmt::format(", {}", event.code));
        case EventKind::rule_achieved: return describe_achieved(event, names);
        default: return {};
    }
}

/// An entry while it can still take further recipients.
struct Draft {
    Event event;
    std::string text;
    std::vector<std::uint32_t> recipients;
};

bool joins(const Draft& draft, const Event& event, const std::string& text) {
    constexpr auto at_once = std::chrono::milliseconds(1);
    return draft.event.kind == event.kind && draft.event.attempt == event.attempt &&
           draft.event.connection == event.connection && draft.text == text &&
           event.at - draft.event.at < at_once &&
           std::ranges::find(draft.recipients, event.recipient) == draft.recipients.end();
}

std::string recipients_in_words(const Draft& draft, std::size_t all, const AddressBook& book) {
    // A message to one has nothing to tell apart, nor has what happened to everybody.
    if (draft.recipients.empty() || draft.recipients.size() == all) return {};
    std::string list;
    for (const std::uint32_t number : draft.recipients) {
        if (!list.empty()) list += ", ";
        list += number >= 1 && number <= book.size() ? printable(book.address_of(number))
                                                     : fmt::format("recipient {}", number);
    }
    return fmt::format(" [{}]", list);
}

std::vector<Event> events_of(std::span<const Event> events, std::uint32_t message) {
    std::vector<Event> own;
    for (const Event& event : events) {
        if (event.message == message) own.push_back(event);
    }
    std::ranges::stable_sort(own, {}, &Event::at);
    return own;
}

}  // namespace

std::vector<TimelineEntry> timeline(std::span<const Event> events, std::uint32_t message,
                                    const TimelineNames& names) {
    std::vector<Draft> drafts;
    std::map<std::uint32_t, int> copies;  // Per recipient.
    for (Event& event : events_of(events, message)) {
        const std::string text = event.kind == EventKind::copy_found
                                     ? fmt::format("copy {} found", ++copies[event.recipient])
                                     : describe_event(event, names);
        if (text.empty()) continue;
        if (!drafts.empty() && event.recipient != 0 && joins(drafts.back(), event, text)) {
            drafts.back().recipients.push_back(event.recipient);
            continue;
        }
        Draft draft{std::move(event), text, {}};
        if (draft.event.recipient != 0) draft.recipients.push_back(draft.event.recipient);
        drafts.push_back(std::move(draft));
    }

    std::size_t all = 1;
    for (const Draft& draft : drafts) all = std::max(all, draft.recipients.size());
    std::vector<TimelineEntry> entries;
    for (const Draft& draft : drafts) {
        entries.push_back({to_ms(draft.event.at - drafts.front().event.at),
                           draft.text + recipients_in_words(draft, all, names.recipients)});
    }
    return entries;
}

Example make_example(std::span<const Event> events, std::uint32_t message,
                     const TimelineNames& names, std::span<const std::string_view> causes) {
    std::uint64_t copies = 0;
    std::map<std::uint32_t, int> recipients;
    for (const Event& event : events) {
        if (event.message != message) continue;
        if (event.kind == EventKind::copy_found) ++copies;
        if (event.kind == EventKind::submitted) ++recipients[event.recipient];
    }
    const std::string name =
        names.message.empty() ? fmt::format("Message {}", message) : printable(names.message);
    std::string title = fmt::format("{}: {}", name, counted(copies, "copy", "copies"));
    if (recipients.size() > 1) title += fmt::format(" for {} recipients", recipients.size());
    for (const std::string_view cause : causes) title += fmt::format("; {}", describe_cause(cause));
    return {message, std::move(title), timeline(events, message, names)};
}

}  // namespace twofifty::harness
