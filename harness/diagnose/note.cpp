#include "harness/diagnose/note.hpp"

#include "harness/diagnose/evidence_text.hpp"
#include "harness/diagnose/note_page.hpp"
#include "harness/diagnose/span_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace twofifty::harness {
namespace {

using namespace std::chrono_literals;

std::string spoken(Cause cause) {
    std::string text(to_string(cause));
    std::replace(text.begin(), text.end(), '_', ' ');
    return text;
}

std::string capital(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
    });
    return text;
}

/// A timeout must be longer than the wait, and where it is long it is set in whole seconds.
std::string timeout_text(Duration wait) {
    if (wait < 10s) return fmt::format("more than {}", span_text(wait));
    return span_text(std::chrono::floor<std::chrono::seconds>(wait) + 1s);
}

void name_cause(NotePage& page, const Diagnosis& diagnosis) {
    const std::uint64_t extra = diagnosis.found.extra_copies;
    std::string first =
        fmt::format("{}: {}", capital(spoken(diagnosis.cause)), describe(diagnosis.cause));
    if (!diagnosis.causes.empty())
        first += fmt::format(" ({} of {} extra copies, {})", diagnosis.causes.front().extra_copies,
                             extra, share_text({diagnosis.causes.front().extra_copies, extra}));
    page.paragraph("", first + ".");
    for (std::size_t i = 1; i < diagnosis.causes.size(); ++i) {
        const CauseShare& cause = diagnosis.causes[i];
        page.paragraph(
            "  ", fmt::format("And {}: {} ({}, {}).", spoken(cause.cause), describe(cause.cause),
                              cause.extra_copies, share_text({cause.extra_copies, extra})));
    }
}

void advise_timeout(NotePage& page, const Prevention& prevention) {
    const TimeoutAdvice& advice = prevention.timeout;
    if (advice.in_vain == 0) return;
    const std::string what =
        fmt::format("the {} that came of waiting in vain", duplicates(advice.in_vain));
    if (!advice.at_best && !advice.longer_waits_seen) {
        page.item(
            fmt::format("Whether a longer timeout after the final dot would have prevented "
                        "{} cannot be told: no sender waited longer.",
                        what));
    } else if (!advice.at_best) {
        page.item(
            fmt::format("No timeout after the final dot would have prevented {}: whoever "
                        "waited longer heard nothing either.",
                        what));
    } else if (!advice.for_most) {
        page.item(fmt::format(
            "A longer timeout after the final dot helps in part: {} would have prevented {:.0f} % "
            "of {}. Beyond that no wait was rewarded: those replies never came.",
            timeout_text(*advice.at_best), std::floor(100 * advice.share_at_best), what));
    } else {
        std::string text =
            fmt::format("Senders that wait {} after the final dot would have prevented 99 % of {}",
                        timeout_text(*advice.for_most), what);
        if (advice.for_all) text += fmt::format("; {}, all of them", timeout_text(*advice.for_all));
        page.item(text + ". RFC 5321 4.5.3.2.6 asks for 10 min.");
    }
}

void advise_servers(NotePage& page, const Diagnosis& diagnosis) {
    const ReasonTally& reasons = diagnosis.reasons;
    const std::optional<Duration>& timer = diagnosis.prevention.shortest_timer;
    if (reasons[Reason::server_late] + reasons[Reason::server_silent] > 0 && timer)
        page.item(fmt::format(
            "Or servers that always answer within {}, the shortest timer seen: a 250 before the "
            "content is scanned and filed, or more workers at the peak (RFC 1047).",
            span_text(*timer)));
    if (reasons[Reason::connection_lost] > 0)
        page.item(
            fmt::format("Against the {} after a lost connection no timeout helps; look for "
                        "what cuts connections that are idle while the server works "
                        "(firewall, address translation).",
                        duplicates(reasons[Reason::connection_lost])));
    if (reasons[Reason::server_broke_off] > 0)
        page.item("A server that has stored a message must answer before it closes.");
    if (reasons[Reason::acknowledged] > 0)
        page.item(
            "A sender that has read a 2xx must not send to that recipient again: look at how "
            "it keeps the state of each recipient, and whether two of its processes work on "
            "one queue.");
    if (reasons[Reason::multiplied] + reasons[Reason::passed_on] > 0)
        page.item(
            "Look inside the servers: aliases, lists and forwards that keep a copy, and "
            "filters that hand a message back twice.");
}

void advise_loop(NotePage& page, const Diagnosis& diagnosis) {
    if (diagnosis.reasons[Reason::came_back] == 0) return;
    const Prevention& prevention = diagnosis.prevention;
    if (!prevention.edges.empty() && prevention.edges.front().from != "a receiver") {
        const LoopEdge& edge = prevention.edges.front();
        page.item(
            fmt::format("Take away the forward from {} to {}: it leads back to where the "
                        "message was ({}).",
                        edge.from, edge.to, number_of(edge.copies, "copy", "copies")));
    } else {
        page.item(
            "Find the forward that leads back to a server that had the message, and take it "
            "away: no copy names it.");
    }
    page.item(fmt::format(
        "Or a lower hop limit: the first copies came back with {}, mail that did not loop had at "
        "most {}; a limit between the two lets one copy through.",
        number_of(prevention.headers_of_return, "Received header", "Received headers"),
        prevention.headers_normal));
}

void prevention(NotePage& page, const Diagnosis& diagnosis) {
    if (diagnosis.causes.empty()) return;
    page.heading("What would have prevented it");
    advise_loop(page, diagnosis);
    advise_timeout(page, diagnosis.prevention);
    advise_servers(page, diagnosis);
    const ReasonTally& reasons = diagnosis.reasons;
    if (reasons[Reason::unexplained] + reasons[Reason::misread] == diagnosis.found.extra_copies)
        page.item("That cannot be said before the cause is known.");
}

void limits(NotePage& page, const Diagnosis& diagnosis) {
    page.heading("What this cannot tell");
    for (const std::string& limit : limits_of(diagnosis)) page.item(limit);
}

}  // namespace

std::string write_note(const Diagnosis& diagnosis) {
    NotePage page;
    name_cause(page, diagnosis);
    page.heading("Evidence");
    write_evidence(page, diagnosis);
    prevention(page, diagnosis);
    limits(page, diagnosis);
    return page.take();
}

}  // namespace twofifty::harness
