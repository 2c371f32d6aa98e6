#include "netem/stream_rules.hpp"

namespace twofifty::netem {

bool StreamRules::chosen(RuleBook::Entry& entry, Direction direction, TimePoint at) {
    const Selector& when = entry.rule.when;
    if (when.connection != 0 && when.connection != connection_) return false;
    if (!fits_receiver(when, receiver_)) return false;
    if (when.direction != Direction::both && when.direction != direction) return false;
    const auto [decided, first] = decided_.try_emplace(entry.number);
    if (first) decided->second.chosen = rules_.chosen_for(entry, {connection_, at});
    return decided->second.chosen;
}

StreamRules::Place StreamRules::begin(RuleBook::Entry& entry) {
    Decision& decision = decided_[entry.number];
    if (decision.begun) return decision.place.lock();
    decision.begun = true;
    if (!rules_.spend(entry)) return nullptr;
    const Place place(new std::uint32_t(entry.number),
                      [&rules = rules_](const std::uint32_t* rule) {
                          rules.ended(*rule);
                          delete rule;
                      });
    decision.place = place;
    return place;
}

}  // namespace twofifty::netem
