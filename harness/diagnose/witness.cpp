#include "harness/diagnose/witness.hpp"

#include "record/content_digest.hpp"

#include <algorithm>

namespace twofifty::harness {
namespace {

QueueId queue_id_of(const std::string& text) {
    return text.empty() ? 0 : std::max<QueueId>(1, content_digest(text));
}

NoReply no_reply_of(const Event& ended) {
    if (ended.code != 0 || ended.text.empty()) return NoReply::none;
    if (ended.text == "timed_out") return NoReply::timed_out;
    const bool lost = ended.text == "end_of_stream" || ended.text == "connection_reset";
    return lost ? NoReply::connection_lost : NoReply::other;
}

bool names_pair(const Event& event) {
    return event.message != 0 && event.recipient != 0;
}

}  // namespace

void Witness::add(const Event& event) {
    last = std::max(last, event.at);
    switch (event.kind) {
        case EventKind::submitted: add_submitted(event); break;
        case EventKind::connection_opened:
            history.connections.opened_by_fleet(event.connection, event.text, event.at);
            break;
        case EventKind::layer_connected:
            history.connections.seen_by_layer(event.connection, event.text, event.at);
            break;
        case EventKind::attempt_started:
            if (event.message != 0)
                history.attempt(event).receiver = static_cast<std::uint16_t>(event.quantity);
            break;
        case EventKind::content_sent:
            if (event.message != 0) history.attempt(event);
            break;
        case EventKind::reply_seen: add_reply(event); break;
        case EventKind::attempt_ended: add_attempt_end(event); break;
        case EventKind::transaction_accepted: add_transaction(event); break;
        case EventKind::server_gone: add_server_gone(event); break;
        case EventKind::copy_found:
        case EventKind::copy_suppressed: add_copy(event); break;
        case EventKind::copy_discarded: ++discarded[{event.node, event.text}]; break;
        case EventKind::forwarded: add_forward(event); break;
        case EventKind::queue_sampled: queues.add(event); break;
        case EventKind::layer_not_following: ++opaque; break;
        case EventKind::drain_ended: ended = true; break;
        case EventKind::gave_up:
            if (names_pair(event)) history.pair(event.message, event.recipient).gave_up = true;
            break;
        // Nobody in a real incident has these.
        case EventKind::rule_fired:
        case EventKind::rule_achieved:
        case EventKind::rule_matched: break;
        case EventKind::connection_closed:
        case EventKind::load_ended:
        case EventKind::queues_seen_empty:
        case EventKind::target_failed:
        case EventKind::delay_warned:
        case EventKind::server_changed:
        case EventKind::server_said:
        case EventKind::none: break;
    }
}

void Witness::finish() {
    history.connections.join();
    queues.finish(last);
}

void Witness::add_submitted(const Event& event) {
    if (!names_pair(event)) return;
    Pair& pair = history.pair(event.message, event.recipient);
    if (pair.submitted) return;
    pair.submitted = true;
    pair.sender = event.node;
    pair.planned = event.at - event.duration;
}

void Witness::add_reply(const Event& event) {
    if (event.message == 0) return;
    history.attempt(event);
    if (event.phase != Phase::data_done) return;
    MessageHistory& message = history.message(event.message);
    history.replies.append(message.replies, {.at = event.at,
                                             .id = queue_id_of(event.text),
                                             .attempt = event.attempt,
                                             .recipient = event.recipient});
}

void Witness::add_attempt_end(const Event& event) {
    if (!names_pair(event)) return;
    history.attempt(event);
    Pair& pair = history.pair(event.message, event.recipient);
    history.ends.append(pair.ends, {.at = event.at,
                                    .waited = event.duration,
                                    .attempt = event.attempt,
                                    .phase = event.phase,
                                    .outcome = event.outcome,
                                    .no_reply = no_reply_of(event)});
}

void Witness::add_transaction(const Event& event) {
    if (!names_pair(event)) return;
    Pair& pair = history.pair(event.message, event.recipient);
    history.transactions.append(pair.transactions, {.at = event.at,
                                                    .server_gap = event.duration,
                                                    .id = queue_id_of(event.text),
                                                    .layer_attempt = event.attempt,
                                                    .layer_connection = event.connection});
}

void Witness::add_copy(const Event& event) {
    if (!names_pair(event)) {
        ++unexpected;
        return;
    }
    Pair& pair = history.pair(event.message, event.recipient);
    history.copies.append(pair.copies,
                          {.at = event.at,
                           .commit = event.duration,
                           .digest = event.digest,
                           .id = queue_id_of(event.text),
                           .received_headers = static_cast<std::uint32_t>(
                               std::clamp<std::int64_t>(event.quantity, 0, UINT32_MAX)),
                           .receiver = event.node,
                           .suppressed = event.kind == EventKind::copy_suppressed});
}

void Witness::add_forward(const Event& event) {
    Forwards& way = forwards[{event.node, event.text}];
    ++way.count;
    way.headers.insert(event.quantity);
    if (event.outcome == Outcome::unknown) ++way.unanswered;
    if (event.outcome != Outcome::accepted || !names_pair(event)) return;
    std::vector<Hop>& pair = hops[{event.message, event.recipient}];
    if (pair.size() < hops_most)
        pair.push_back({event.at,
                        static_cast<std::uint32_t>(std::max<std::int64_t>(0, event.quantity)),
                        event.text});
}

void Witness::add_server_gone(const Event& event) {
    if (event.message == 0) return;
    if (event.phase != Phase::data_xfer && event.phase != Phase::data_done) return;
    MessageHistory& message = history.message(event.message);
    history.interferences.append(message.interferences, {.at = event.at,
                                                         .layer_attempt = event.attempt,
                                                         .layer_connection = event.connection,
                                                         .phase = event.phase,
                                                         .what = Interference::server_gone});
}

}  // namespace twofifty::harness
