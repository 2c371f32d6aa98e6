#include "harness/ledger/judge.hpp"

#include "harness/ledger/verdict_pass.hpp"

#include <algorithm>
#include <utility>

namespace twofifty::harness {

namespace {

/// Only what happens to the content or to the final reply can leave the sender in doubt.
bool can_leave_doubt(Phase phase) {
    return phase == Phase::data_xfer || phase == Phase::data_done;
}

}  // namespace

Judge::Judge(const JudgeFacts& facts)
    : rules_(facts), suppresses_(facts.suppresses), sender_(facts.sender) {}

void Judge::add(const Event& event) {
    judgement_.duration = std::max(judgement_.duration, event.at.time_since_epoch());
    history_.add(event);
    switch (event.kind) {
        case EventKind::connection_opened: latency(Phase::connect).add(event.duration); break;
        case EventKind::attempt_started: ++judgement_.counts.attempts; break;
        case EventKind::reply_seen:
            // Replies to BDAT chunks would blur the time of the whole content, which content_sent
            // tells.
            if (event.phase != Phase::data_xfer) latency(event.phase).add(event.duration);
            break;
        case EventKind::content_sent: latency(Phase::data_xfer).add(event.duration); break;
        case EventKind::attempt_ended: count_wait_in_vain(event); break;
        case EventKind::copy_found:
            if (!names_pair(event)) ++judgement_.counts.unexpected;
            break;
        case EventKind::rule_matched: rules_.add_matched(event); break;
        case EventKind::rule_fired: rules_.add_fired(event); [[fallthrough]];
        case EventKind::server_gone: add_interference(event); break;
        case EventKind::rule_achieved: add_achieved(event); break;
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
        case EventKind::queue_sampled:
            queues_.add(event);
            // Before the end more mail may come to it.
            if (sender_ != 0 && event.node == sender_)
                sender_is_empty_ = event.quantity == 0 && !judgement_.drain_end.empty();
            break;
        case EventKind::server_changed: servers_.add_change(event); break;
        case EventKind::server_said: servers_.add_line(event); break;
        case EventKind::submitted:
        case EventKind::gave_up:
        case EventKind::layer_connected:
        case EventKind::transaction_accepted:
        case EventKind::forwarded:
        case EventKind::layer_not_following:
        case EventKind::delay_warned:
        case EventKind::none: break;
    }
}

/// One wait, however many recipients it was for.
void Judge::count_wait_in_vain(const Event& ended) {
    const NoReply how = no_reply_of(ended);
    const bool in_vain = how == NoReply::timed_out || how == NoReply::unseen;
    if (!names_pair(ended) || !in_vain) return;
    AttemptBegun& attempt = history_.attempt(ended);
    if (std::exchange(attempt.censored, true)) return;
    latency(ended.phase).add_censored();
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
    const ServersSeen seen{queues_seen_empty_at_, suppresses_, sender_is_empty_};
    VerdictPass(history_, seen, judgement_).run();
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
