#include "harness/app/proxy_recorder.hpp"

#include "netem/effects/effect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace twofifty::harness {

void ProxyBook::message(ForeignMessage message) {
    messages_ = message.number;
    if (events_ != nullptr) events_->introduce(std::move(message));
}

void ProxyBook::recipient(std::uint32_t number, std::string_view address) {
    if (events_ != nullptr) events_->introduce(RecipientFacts{number, std::string(address)});
}

void ProxyBook::full() {
    fmt::print(stderr,
               "twofifty: more than {} messages, or recipients: those that are new from now on "
               "pass without being counted\n",
               netem::ForeignIdentities::most);
    if (events_ != nullptr) events_->introduce(RunFact{"foreign_full", "yes"});
}

std::uint32_t ProxyBook::rule(const netem::Rule& rule) {
    const std::string effect = netem::to_toml(rule.effect);
    const auto next = static_cast<std::uint32_t>(rules_.size() + 1);
    const auto [known, is_new] = rules_.try_emplace({rule.name, effect}, next);
    if (is_new && events_ != nullptr) events_->introduce(NewRule{next, {rule.name, effect}});
    return known->second;
}

void ProxyBook::record_matched(const netem::RuleBook& rules, TimePoint at) {
    for (const netem::RuleBook::Entry& entry : rules.entries())
        record({.at = at,
                .kind = EventKind::rule_matched,
                .rule = rule(entry.rule),
                .quantity = static_cast<std::int64_t>(entry.matched)});
}

void ProxyBook::tell_not_followed(const Event& event) {
    if (std::exchange(told_not_followed_, true)) return;
    fmt::print(
        stderr,
        "twofifty: connection {}: what the {} says is no SMTP that can be followed (TLS, for "
        "one); from here on its bytes pass, and only effects on the stream act; further "
        "ones are not told\n",
        event.connection, event.text);
}

void ProxyRecorder::record(Event event) {
    if (event.kind == EventKind::layer_not_following) book_.tell_not_followed(event);
    if (event.rule != 0) event.rule = number_of(event.rule);
    book_.record(std::move(event));
}

std::uint32_t ProxyRecorder::number_of(std::uint32_t rule) {
    const auto entry = std::ranges::find(rules_.entries(), rule, &netem::RuleBook::Entry::number);
    if (entry != rules_.entries().end()) known_[rule] = book_.rule(entry->rule);
    return known_[rule];
}

}  // namespace twofifty::harness
