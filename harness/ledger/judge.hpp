// The judge: what happened to every message, and why, from stored events alone. A pure function;
// the same events give the same judgement anywhere and at any time.
#pragma once

#include "harness/ledger/facts.hpp"
#include "harness/ledger/history.hpp"
#include "harness/ledger/judgement.hpp"
#include "harness/ledger/queue_history.hpp"
#include "harness/ledger/rule_accounts.hpp"
#include "harness/ledger/server_accounts.hpp"
#include "record/event.hpp"

#include <array>
#include <span>

namespace twofifty::harness {

/// Takes a history event by event, so that a long one need not be in memory at once: about 350
/// bytes are kept for a message that was delivered at the first attempt. Any sequence of events is
/// judged; one that stops early is judged as far as it goes and is not complete().
class Judge {
public:
    explicit Judge(const JudgeFacts& facts);

    void add(const Event& event);

    /// Call once, after the last event.
    Judgement finish();

private:
    void count_wait_in_vain(const Event& ended);
    void add_interference(const Event& event);
    void add_achieved(const Event& event);
    TimeSpreadRecorder& latency(Phase phase) { return latency_[static_cast<std::size_t>(phase)]; }

    History history_;
    RuleAccounts rules_;
    QueueHistory queues_;
    ServerAccounts servers_;
    bool suppresses_ = false;
    std::uint16_t sender_ = 0;
    bool sender_is_empty_ = false;  ///< By the last look at its queue, behind the drain.
    std::array<TimeSpreadRecorder, phase_names.size()> latency_;
    TimePoint queues_seen_empty_at_ = TimePoint::min();
    Judgement judgement_;
};

Judgement judge(std::span<const Event> events, const JudgeFacts& facts);

}  // namespace twofifty::harness
