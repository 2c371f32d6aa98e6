// What can happen in a run. Fleet, impairment layer, receiver and observers each write events; the
// ledger keeps them; the judge computes every verdict from them alone. An event is flat: one row of
// the ledger, whatever its kind.
#pragma once

#include "record/outcome.hpp"
#include "record/phase.hpp"
#include "record/time.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace twofifty {

/// What an event says. Each line names the fields it uses beside `at`.
enum class EventKind : std::uint8_t {
    none,
    /// The fleet took a message into a queue, once per recipient: message, recipient, node
    /// (sender), quantity (bytes on the wire), digest (of the body), duration (how late after its
    /// planned time).
    submitted,
    /// A sender's connection was opened: connection, node, duration (to connect), text (its own
    /// endpoint).
    connection_opened,
    /// A sender's connection ended: connection, node, duration (open for), text (why).
    connection_closed,
    /// A sender began to hand a message over: message, attempt, connection (0 while it has none),
    /// node, quantity (the receiver's number that it turned to; 0: not known).
    attempt_started,
    /// A sender read a reply: message (0 outside a transaction), attempt, connection, phase,
    /// recipient (rcpt, LMTP), code, duration (last byte of the command to the whole reply), text
    /// (for data_done and for refusals).
    reply_seen,
    /// The final dot, or the last chunk, was given to the connection: message, attempt, connection,
    /// duration (since the go-ahead).
    content_sent,
    /// An attempt ended for one recipient: message, recipient, attempt, connection, phase, outcome,
    /// code (0: no reply), duration (how long the last reply was waited for), text (why, when there
    /// was no reply: an error's name).
    attempt_ended,
    /// The sender bounced: message, recipient, attempt (the last one), text (why).
    gave_up,
    /// The layer accepted a connection: connection (the layer's number), text (the client's
    /// endpoint).
    layer_connected,
    /// The layer saw the server accept a message, once per recipient: message, recipient, attempt
    /// (the layer's count), connection (the layer's), code, duration (end of data given to the
    /// server, to its reply), text (queue id, or empty).
    transaction_accepted,
    /// The layer saw the server close or fail while a reply was owed: message, attempt, connection,
    /// phase, text (error).
    server_gone,
    /// A rule fired: rule, message, recipient, attempt, connection, phase, code (of the reply that
    /// passed), duration (asked, or 0), text (effect), quantity (1: then the server is cut off).
    rule_fired,
    /// What a firing came to: same fields; duration (achieved), text (released, client_gone,
    /// server_gone).
    rule_achieved,
    /// A copy was found: message, recipient, node (receiver), digest (of the body), quantity
    /// (Received headers in it), duration (end of data to commit, where the observer is the
    /// receiver itself), text (queue id, or empty). message 0: something the fleet never sent; text
    /// then says what.
    copy_found,
    /// All planned messages were submitted: quantity (messages); text (planned, interrupted).
    load_ended,
    /// The receivers' queues were looked at after the load and found empty.
    queues_seen_empty,
    /// Counting stopped: text (quiet, budget, interrupted).
    drain_ended,
    /// The target could not be used any more, text says why.
    target_failed,
    /// At the end: rule, quantity (replies that fitted its conditions, chance and counts aside).
    rule_matched,
    /// The layer can follow a connection no longer, since what is said there is no SMTP that it
    /// knows: message, connection, text (client, server: who said it). Only effects on the stream
    /// act from now on.
    layer_not_following,
    /// A receiver took a message into its queue and did not put it into the mailbox, which has one
    /// with the same key: message, recipient, node (receiver), digest, quantity (Received headers),
    /// duration (end of data to commit), text (queue id).
    copy_suppressed,
    /// A receiver had read a message to its end and threw it away, before it answered: message,
    /// recipient, node (receiver), duration (since the end of data), text (client_gone, deadline).
    copy_discarded,
    /// A receiver handed a message on to another one: message, recipient, node (from), quantity
    /// (Received headers on arrival there), outcome, code, attempt (its own count), duration (in
    /// its queue), text (the other's name). Recorded when the attempt ended.
    forwarded,
    /// A receiver's queue was looked at: node (receiver), quantity (messages in it), duration (age
    /// of the oldest), text (incoming: read and not yet committed; outgoing: to be forwarded, or,
    /// of a real server, all that it has), attempt (of a real one: how many it has tried in vain,
    /// as far as it says).
    queue_sampled,
    /// A sender told the author that the message is still on its way: message, recipient, attempt,
    /// node.
    delay_warned,
    /// A real server was started, or something was done to it: node, text ("start" with its name
    /// and version, pause, resume, terminate, kill, restart, full_disk, free_disk), duration
    /// (start, restart: until it greeted).
    server_changed,
    /// A line of a real server's log: node, message (0: not known), text (what it means, a colon,
    /// the line), quantity (the so many-th of that meaning).
    server_said,
};

inline constexpr std::array event_kind_names{
    std::string_view{"none"},
    std::string_view{"submitted"},
    std::string_view{"connection_opened"},
    std::string_view{"connection_closed"},
    std::string_view{"attempt_started"},
    std::string_view{"reply_seen"},
    std::string_view{"content_sent"},
    std::string_view{"attempt_ended"},
    std::string_view{"gave_up"},
    std::string_view{"layer_connected"},
    std::string_view{"transaction_accepted"},
    std::string_view{"server_gone"},
    std::string_view{"rule_fired"},
    std::string_view{"rule_achieved"},
    std::string_view{"copy_found"},
    std::string_view{"load_ended"},
    std::string_view{"queues_seen_empty"},
    std::string_view{"drain_ended"},
    std::string_view{"target_failed"},
    std::string_view{"rule_matched"},
    std::string_view{"layer_not_following"},
    std::string_view{"copy_suppressed"},
    std::string_view{"copy_discarded"},
    std::string_view{"forwarded"},
    std::string_view{"queue_sampled"},
    std::string_view{"delay_warned"},
    std::string_view{"server_changed"},
    std::string_view{"server_said"},
};

constexpr std::string_view to_string(EventKind kind) {
    return event_kind_names[static_cast<std::size_t>(kind)];
}

/// One thing that happened. Numbers count from 1; 0 means "does not apply". Messages are numbered
/// by their place in the plan (the ordinal), recipients by their place in the run's address book,
/// rules by their place in the scenario.
struct Event {
    TimePoint at{};
    EventKind kind = EventKind::none;
    Phase phase = Phase::none;
    Outcome outcome = Outcome::none;
    std::uint16_t code = 0;
    std::uint16_t node = 0;
    std::uint32_t message = 0;
    std::uint32_t recipient = 0;
    std::uint32_t attempt = 0;
    std::uint32_t connection = 0;
    std::uint32_t rule = 0;
    Duration duration{};
    std::int64_t quantity = 0;
    std::uint64_t digest = 0;
    std::string text{};

    bool operator==(const Event&) const = default;
};

}  // namespace twofifty
