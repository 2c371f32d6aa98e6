// What a run comes to, learnt while it goes on: the judge and, in virtual time, the digest, fed
// with each event in the order of the ledger. A finished run needs no second look at its rows;
// one that is judged from its rows goes through the same.
#pragma once

#include "harness/ledger/event_digest.hpp"
#include "harness/ledger/facts.hpp"
#include "harness/ledger/judge.hpp"
#include "harness/scenario/scenario.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::harness {

/// The rules of a scenario, as judge and ledger know them.
std::vector<RuleFacts> rule_facts(const Scenario& scenario);
/// What else a judge needs to know of a scenario.
JudgeFacts judge_facts(const Scenario& scenario, std::vector<RuleFacts> rules);

class RunJudge {
public:
    /// `world` is "real" or "virtual"; only the order of the latter can be repeated, so only its
    /// events are digested.
    RunJudge(const JudgeFacts& facts, std::string_view world);

    void add(const Event& event);
    void add(std::span<const Event> events);

    /// The latest time of an event.
    TimePoint last() const { return last_; }
    /// Empty in the real world.
    std::string digest() const { return digest_ ? digest_->value() : std::string(); }

    /// Call once, after the last event.
    Judgement finish() { return judge_.finish(); }

private:
    Judge judge_;
    std::optional<EventDigest> digest_;
    TimePoint last_{};
};

}  // namespace twofifty::harness
