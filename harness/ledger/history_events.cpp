// What of each event is remembered.
#include "harness/ledger/history.hpp"
#include "record/content_digest.hpp"

#include <algorithm>
#include <string_view>

namespace twofifty::harness {
namespace {

QueueId queue_id_of(std::string_view text) {
    // 0 means "no id"; the one id in 2^64 that hashes to it is moved aside.
    return text.empty() ? 0 : std::max<QueueId>(1, content_digest(text));
}

}  // namespace

bool names_pair(const Event& event) {
    return event.message != 0 && event.recipient != 0;
}

NoReply no_reply_of(const Event& ended) {
    if (ended.code != 0 || ended.text.empty()) return NoReply::none;
    if (ended.text == "timed_out") return NoReply::timed_out;
    if (ended.text == "unseen") return NoReply::unseen;
    const bool lost = ended.text == "end_of_stream" || ended.text == "connection_reset";
    return lost ? NoReply::connection_lost : NoReply::other;
}

void History::add(const Event& event) {
    switch (event.kind) {
        case EventKind::connection_opened:
            connections.opened_by_fleet(event.connection, event.text, event.at);
            return;
        case EventKind::layer_connected:
            connections.seen_by_layer(event.connection, event.text, event.at);
            return;
        default: break;
    }
    if (event.message == 0) return;
    switch (event.kind) {
        case EventKind::attempt_started:
            attempt(event).receiver = static_cast<std::uint16_t>(event.quantity);
            return;
        case EventKind::content_sent: attempt(event); return;
        case EventKind::reply_seen: add_reply(event); return;
        default: break;
    }
    if (!names_pair(event)) return;
    switch (event.kind) {
        case EventKind::submitted: add_submitted(event); return;
        case EventKind::attempt_ended: add_attempt_end(event); return;
        case EventKind::gave_up: pair(event.message, event.recipient).gave_up = true; return;
        case EventKind::transaction_accepted: add_transaction(event); return;
        case EventKind::copy_found: add_copy(event); return;
        default: return;
    }
}

void History::add_submitted(const Event& event) {
    Pair& of = pair(event.message, event.recipient);
    if (of.submitted) return;
    of.submitted = true;
    of.sender = event.node;
    of.planned = event.at - event.duration;
    of.digest = event.digest;
}

void History::add_reply(const Event& event) {
    attempt(event);
    if (event.phase != Phase::data_done) return;
    MessageHistory& of = message(event.message);
    replies.append(of.replies, {.at = event.at,
                                .id = queue_id_of(event.text),
                                .attempt = event.attempt,
                                .recipient = event.recipient});
}

void History::add_attempt_end(const Event& event) {
    attempt(event);
    Pair& of = pair(event.message, event.recipient);
    ends.append(of.ends, {.at = event.at,
                          .waited = event.duration,
                          .attempt = event.attempt,
                          .phase = event.phase,
                          .outcome = event.outcome,
                          .no_reply = no_reply_of(event)});
}

void History::add_transaction(const Event& event) {
    Pair& of = pair(event.message, event.recipient);
    transactions.append(of.transactions, {.at = event.at,
                                          .server_gap = event.duration,
                                          .id = queue_id_of(event.text),
                                          .layer_attempt = event.attempt,
                                          .layer_connection = event.connection});
}

void History::add_copy(const Event& event) {
    Pair& of = pair(event.message, event.recipient);
    copies.append(of.copies, {.at = event.at,
                              .commit = event.duration,
                              .digest = event.digest,
                              .id = queue_id_of(event.text),
                              .received_headers = static_cast<std::uint32_t>(
                                  std::clamp<std::int64_t>(event.quantity, 0, UINT32_MAX)),
                              .receiver = event.node,
                              .suppressed = event.kind == EventKind::copy_suppressed});
}

}  // namespace twofifty::harness
