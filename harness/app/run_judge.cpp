#include "harness/app/run_judge.hpp"

#include "harness/adapter/adapter.hpp"
#include "harness/servers/farm.hpp"
#include "netem/effects/effect.hpp"

#include <algorithm>
#include <utility>

namespace twofifty::harness {

std::vector<RuleFacts> rule_facts(const Scenario& scenario) {
    std::vector<RuleFacts> rules;
    for (const netem::Rule& rule : scenario.rules)
        rules.push_back({rule.name, netem::to_toml(rule.effect)});
    return rules;
}

JudgeFacts judge_facts(const Scenario& scenario, std::vector<RuleFacts> rules) {
    JudgeFacts facts{.rules = std::move(rules)};
    facts.suppresses =
        std::ranges::any_of(scenario.target.receivers(), [](const ReceiverSettings& receiver) {
            return receiver.is_real() && receiver.real.relay_to.empty() &&
                   find_adapter(receiver.real.server).copies.suppresses;
        });
    if (!scenario.sender.server.empty()) facts.sender = number_of_sender(scenario);
    return facts;
}

RunJudge::RunJudge(const JudgeFacts& facts, std::string_view world) : judge_(facts) {
    if (world == "virtual") digest_.emplace();
}

void RunJudge::add(const Event& event) {
    judge_.add(event);
    if (digest_) digest_->add(event);
    last_ = std::max(last_, event.at);
}

void RunJudge::add(std::span<const Event> events) {
    for (const Event& event : events) add(event);
}

}  // namespace twofifty::harness
