#include "netem/door.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace twofifty::netem {

Door::Door(const PathContext& context, std::size_t most, std::string_view receiver)
    : context_(context), most_(most), receiver_(receiver), changed_(context.clock.ready()) {
    context_.rules.watch(*this);
}

Door::~Door() {
    while (!acting_.empty()) note(acting_.begin()->first, false);
}

Door::Guest::~Guest() {
    --door_.present_;
    if (inside_) --door_.inside_;
    door_.changed_.notify_all();
}

void Door::Guest::come_in() {
    inside_ = true;
    ++door_.inside_;
}

Door::Look Door::look() {
    const TimePoint now = context_.clock.now();
    Look look{.state = present_ >= most_ ? State::full : State::open};
    forget_gone_rules();
    for (RuleBook::Entry& entry : context_.rules.entries()) {
        const bool about_the_door = std::holds_alternative<Refuse>(entry.rule.effect) ||
                                    std::holds_alternative<ConnectionLimit>(entry.rule.effect);
        if (!about_the_door || !fits_receiver(entry.rule.when, receiver_)) continue;
        const State asked = asked_by(entry);
        const bool acts = asked != State::open && context_.rules.in_force(entry, now);
        note(entry.number, acts);
        if (acts) look.state = std::max(look.state, asked);
        look.changes_at = std::min(look.changes_at, RuleBook::changes_at(entry, now));
    }
    return look;
}

/// What a rule asks for while its time conditions hold, as things stand.
Door::State Door::asked_by(const RuleBook::Entry& entry) const {
    if (std::holds_alternative<Refuse>(entry.rule.effect)) return State::refusing;
    const auto* const limit = std::get_if<ConnectionLimit>(&entry.rule.effect);
    const bool waits = limit && limit->then == ConnectionLimit::Then::wait;
    return waits && inside_ >= limit->connections ? State::full : State::open;
}

/// Such a rule fires when it begins to act, and not for each client: those that are refused, or
/// wait, are not seen.
void Door::note(std::uint32_t rule, bool acts) {
    const auto since = acting_.find(rule);
    if (acts == (since != acting_.end())) return;
    const TimePoint now = context_.clock.now();
    if (!acts) {
        record(EventKind::rule_achieved, rule, now - since->second, "released");
        acting_.erase(since);
        return;
    }
    RuleBook::Entry& entry = *context_.rules.find(rule);
    ++entry.matched;
    ++entry.fired;
    acting_.emplace(rule, now);
    record(EventKind::rule_fired, rule, {}, std::string(name_of(entry.rule.effect)));
}

void Door::forget_gone_rules() {
    std::vector<std::uint32_t> gone;
    for (const auto& [rule, since] : acting_)
        if (!context_.rules.find(rule)) gone.push_back(rule);
    for (const std::uint32_t rule : gone) note(rule, false);
}

void Door::record(EventKind kind, std::uint32_t rule, Duration duration, std::string text) {
    context_.recorder.record(Event{.at = context_.clock.now(),
                                   .kind = kind,
                                   .phase = Phase::connect,
                                   .rule = rule,
                                   .duration = duration,
                                   .text = std::move(text)});
}

}  // namespace twofifty::netem
