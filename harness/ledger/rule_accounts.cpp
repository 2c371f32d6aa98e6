#include "harness/ledger/rule_accounts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace twofifty::harness {

RuleAccounts::RuleAccounts(JudgeFacts facts) : facts_(std::move(facts)) {
    for (std::uint32_t number = 1; number <= facts_.rules.size(); ++number) accounts_[number];
}

RuleAccounts::Firing RuleAccounts::firing(const Event& event) {
    return {event.rule, event.connection, event.message, event.recipient, event.phase};
}

void RuleAccounts::add_matched(const Event& event) {
    // Several proxies may have the same rule, and each tells what it saw.
    std::optional<std::uint64_t>& matched = accounts_[event.rule].matched;
    matched =
        matched.value_or(0) + static_cast<std::uint64_t>(std::max<std::int64_t>(0, event.quantity));
}

void RuleAccounts::add_fired(const Event& event) {
    Account& account = accounts_[event.rule];
    ++account.fired;
    if (event.duration <= Duration{}) return;
    account.asked.add(event.duration);
    open_[firing(event)] = event.duration;
}

void RuleAccounts::add_achieved(const Event& event) {
    Account& account = accounts_[event.rule];
    const auto open = open_.find(firing(event));
    if (event.text == "released") {
        ++account.released;
        account.achieved.add(event.duration);
        if (open != open_.end()) account.lateness.add(event.duration - open->second);
    }
    if (event.text == "client_gone") ++account.client_gone;
    if (event.text == "server_gone") ++account.server_gone;
    if (open != open_.end()) open_.erase(open);
}

Interference RuleAccounts::interference(const Event& fired) const {
    constexpr std::array known{
        std::pair{std::string_view{"drop"}, Interference::drop},
        std::pair{std::string_view{"delay"}, Interference::delay},
        std::pair{std::string_view{"drip"}, Interference::delay},
        std::pair{std::string_view{"swallow"}, Interference::swallow},
        std::pair{std::string_view{"cut"}, Interference::cut},
        std::pair{std::string_view{"replace"}, Interference::replace},
        std::pair{std::string_view{"truncate"}, Interference::truncate},
        std::pair{std::string_view{"corrupt"}, Interference::corrupt},
        std::pair{std::string_view{"duplicate"}, Interference::duplicate},
    };
    for (const auto& [name, what] : known)
        if (fired.text == name) return what;
    // A firing's time is 0 for every hold without one.
    if (fired.text == "hold")
        return fired.duration > Duration{} || says(fired, "next_command") || says(fired, "released")
                   ? Interference::hold_for_a_time
                   : Interference::hold_forever;
    // The end of what is cut in pieces may be lost behind them.
    if (fired.text == "slice")
        return says(fired, "\"swallow\"") ? Interference::drop : Interference::delay;
    // A packet that is lost comes later, until TCP gives up.
    if (fired.text == "loss") return fired.quantity == 0 ? Interference::delay : Interference::drop;
    return Interference::none;
}

/// Whether the effect of the firing's rule, as it is written, holds a word.
bool RuleAccounts::says(const Event& fired, std::string_view word) const {
    return fired.rule >= 1 && fired.rule <= facts_.rules.size() &&
           facts_.rules[fired.rule - 1].effect.find(word) != std::string::npos;
}

std::vector<RuleAccount> RuleAccounts::accounts() const {
    std::vector<RuleAccount> accounts;
    for (const auto& [number, account] : accounts_) {
        const bool named = number >= 1 && number <= facts_.rules.size();
        accounts.push_back({
            .name = named ? facts_.rules[number - 1].name : fmt::format("rule {}", number),
            .effect = named ? facts_.rules[number - 1].effect : std::string{},
            .matched = account.matched,
            .fired = account.fired,
            .released = account.released,
            .client_gone = account.client_gone,
            .server_gone = account.server_gone,
            .asked = account.asked.spread(),
            .achieved = account.achieved.spread(),
            .lateness = account.lateness.spread(),
        });
    }
    return accounts;
}

}  // namespace twofifty::harness
