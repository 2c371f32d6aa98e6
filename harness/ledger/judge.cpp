#include "harness/ledger/judge.hpp"

#include "harness/ledger/verdict_pass.hpp"
#include "record/content_digest.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace twofifty::harness {

namespace {

QueueId queue_id_of(std::string_view text) {
    // 0 means "no id"; the one id in 2^64 that hashes to it is moved aside.
    return text.empty() ? 0 : std::max<QueueId>(1, content_digest(text));
}

NoReply no_reply_of(const Event& ended) {
    if (ended.code != 0 || ended.text.empty()) return NoReply::none;
    if (ended.text == "timed_out") return NoReply::timed_out;
    const bool lost = ended.text == "end_of_stream" || ended.text == "connection_reset";
    return lost ? NoReply::connection_lost : NoReply::other;
}

/// Only what happens to the content or to the final reply can leave the sender in doubt.
bool can_leave_doubt(Phase phase) {
    return phase == Phase::data_xfer || phase == Phase::data_done;
}

/// An event about a pair that names none is nothing the fleet sent.
bool names_pair(const Event& event) {
    return event.message != 0 && event.recipient != 0;
}

}  // namespace

Judge::Judge(const JudgeFacts& facts) : rules_(facts), suppresses_(facts.suppresses) {}

void Judge::add(const Event& event) {
    judgement_.duration = std::max(judgement_.duration, event.at.time_since_epoch());
    switch (event.kind) {
        case EventKind::submitted: add_submitted(event); break;
        case EventKind::connection_opened:
            latency(Phase::connect).add(event.duration);
            history_.connections.opened_by_fleet(event.connection, event.text, event.at);
            break;
        case EventKind::attempt_started:
            ++judgement_.counts.attempts;
            if (event.message != 0)
                history_.attempt(event).receiver = static_cast<std::uint16_t>(event.quantity);
            break;
        case EventKind::reply_seen: add_reply(event); break;
        case EventKind::content_sent:
            latency(Phase::data_xfer).add(event.duration);
            if (event.message != 0) history_.attempt(event);
            break;
        case EventKind::attempt_ended: add_attempt_end(event); break;
        case EventKind::gave_up:
            if (names_pair(event)) history_.pair(event.message, event.recipient).gave_up = true;
            break;
        case EventKind::layer_connected:
            history_.connections.seen_by_layer(event.connection, event.text, event.at);
            break;
        case EventKind::transaction_accepted: add_transaction(event); break;
        case EventKind::rule_matched: rules_.add_matched(event); break;
        case EventKind::rule_fired: rules_.add_fired(event); [[fallthrough]];
        case EventKind::server_gone: add_interference(event); break;
        case EventKind::rule_achieved: add_achieved(event); break;
        case EventKind::copy_found: add_copy(event); break;
        case EventKind::load_ended: judgement_.load_end = event.text; break;
        case EventKind::queues_seen_empty:
            judgement_.queues_seen_empty = true;
            queues_seen_empty_at_ = std::max(queues_seen_empty_at_, event.at);
            break;
        case EventKind::drain_ended: judgement_.drain_end = event.text; break;
        case EventKind::target_failed: judgement_.target_failure = event.text; break;
        case EventKind::connection_closed: judgement_.connections_open_for += event.duration; break;
        case EventKind::copy_suppressed:
            if (names_pair(event)) ++history_.pair(event.message, event.recipient).suppressed;
            break;
        case EventKind::copy_discarded:
            if (names_pair(event)) ++history_.pair(event.message, event.recipient).discarded;
            break;
        case EventKind::queue_sampled: queues_.add(event); break;
        case EventKind::server_changed: servers_.add_change(event); break;
        case EventKind::server_said: servers_.add_line(event); break;
        case EventKind::forwarded:
        case EventKind::layer_not_following:
        case EventKind::delay_warned:
        case EventKind::none: break;
    }
}

void Judge::add_submitted(const Event& event) {
    if (!names_pair(event)) return;
    Pair& pair = history_.pair(event.message, event.recipient);
    if (pair.submitted) return;
    pair.submitted = true;
    pair.planned = event.at - event.duration;
    pair.digest = event.digest;
}

void Judge::add_reply(const Event& event) {
    // Replies to BDAT chunks would blur the time of the whole content, which content_sent tells.
    if (event.phase != Phase::data_xfer) latency(event.phase).add(event.duration);
    if (event.message == 0) return;
    history_.attempt(event);
    if (event.phase != Phase::data_done) return;
    MessageHistory& message = history_.message(event.message);
    history_.replies.append(message.replies, {.at = event.at,
                                              .id = queue_id_of(event.text),
                                              .attempt = event.attempt,
                                              .recipient = event.recipient});
}

void Judge::add_attempt_end(const Event& event) {
    if (!names_pair(event)) return;
    const NoReply no_reply = no_reply_of(event);
    AttemptBegun& attempt = history_.attempt(event);
    if (no_reply == NoReply::timed_out && !attempt.censored) {
        // One wait, however many recipients it was for.
        attempt.censored = true;
        latency(event.phase).add_censored();
    }
    Pair& pair = history_.pair(event.message, event.recipient);
    history_.ends.append(pair.ends, {.at = event.at,
                                     .waited = event.duration,
                                     .attempt = event.attempt,
                                     .phase = event.phase,
                                     .outcome = event.outcome,
                                     .no_reply = no_reply});
}

void Judge::add_transaction(const Event& event) {
    if (!names_pair(event)) return;
    Pair& pair = history_.pair(event.message, event.recipient);
    history_.transactions.append(pair.transactions, {.at = event.at,
                                                     .server_gap = event.duration,
                                                     .id = queue_id_of(event.text),
                                                     .layer_attempt = event.attempt,
                                                     .layer_connection = event.connection});
}

void Judge::add_copy(const Event& event) {
    if (!names_pair(event)) {
        ++judgement_.counts.unexpected;
        return;
    }
    Pair& pair = history_.pair(event.message, event.recipient);
    history_.copies.append(pair.copies,
                           {.at = event.at,
                            .commit = event.duration,
                            .digest = event.digest,
                            .id = queue_id_of(event.text),
                            .received_headers = static_cast<std::uint32_t>(
                                std::clamp<std::int64_t>(event.quantity, 0, UINT32_MAX)),
                            .receiver = event.node});
}

void Judge::add_interference(const Event& event) {
    if (event.kind == EventKind::rule_fired && StreamFirings::is_one(event))
        history_.stream_firings.add_fired(event);
    if (event.message == 0 || !can_leave_doubt(event.phase)) return;
    const Interference what = event.kind == EventKind::server_gone ? Interference::server_gone
                                                                   : rules_.interference(event);
    MessageHistory& message = history_.message(event.message);
    history_.interferences.append(message.interferences, {.at = event.at,
                                                          .rule = event.rule,
                                                          .recipient = event.recipient,
                                                          .layer_attempt = event.attempt,
                                                          .layer_connection = event.connection,
                                                          .phase = event.phase,
                                                          .what = what});
}

void Judge::add_achieved(const Event& event) {
    rules_.add_achieved(event);
    if (StreamFirings::is_one(event)) history_.stream_firings.add_achieved(event);
    if (event.message == 0 || !can_leave_doubt(event.phase)) return;
    Interfered* fired = history_.interferences.find_last(
        history_.message(event.message).interferences, [&](const Interfered& candidate) {
            return candidate.rule == event.rule && candidate.phase == event.phase &&
                   candidate.recipient == event.recipient &&
                   candidate.layer_connection == event.connection &&
                   candidate.achieved < Duration{};
        });
    if (fired != nullptr) fired->achieved = event.duration;
}

Judgement Judge::finish() {
    history_.connections.join();
    history_.stream_firings.join(history_.connections);
    VerdictPass(history_, queues_seen_empty_at_, suppresses_, judgement_).run();
    std::transform(latency_.begin(), latency_.end(), judgement_.latency.begin(),
                   [](const TimeSpreadRecorder& recorder) { return recorder.spread(); });
    std::transform(latency_.begin(), latency_.end(), judgement_.histograms.latency.begin(),
                   [](const TimeSpreadRecorder& recorder) { return recorder.histogram(); });
    judgement_.rules = rules_.accounts();
    judgement_.queues = queues_.accounts();
    judgement_.servers = servers_.accounts();
    return std::move(judgement_);
}

Judgement judge(std::span<const Event> events, const JudgeFacts& facts) {
    Judge judge(facts);
    for (const Event& event : events) judge.add(event);
    return judge.finish();
}

}  // namespace twofifty::harness
