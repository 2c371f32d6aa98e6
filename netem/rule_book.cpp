#include "netem/rule_book.hpp"

#include "record/text.hpp"
#include "world/random.hpp"

#include <algorithm>

namespace twofifty::netem {
namespace {

bool fits_reply(int wanted, int code) {
    if (wanted == 0) return true;
    return wanted < 10 ? code / 100 == wanted : code == wanted;
}

bool fits_recipient(const std::string& pattern, const Passing& passing) {
    if (!passing.recipient.empty()) return matches_pattern(pattern, passing.recipient);
    return passing.recipients != nullptr &&
           std::any_of(
               passing.recipients->begin(), passing.recipients->end(),
               [&](const std::string& address) { return matches_pattern(pattern, address); });
}

/// The conditions that hold whatever was counted or drawn before.
bool fits(const Selector& when, const Passing& passing) {
    const bool content = passing.phase == Phase::data_xfer && passing.code == 0;
    if (content && when.phase != Phase::data_xfer) return false;
    if (when.phase != Phase::none && when.phase != passing.phase) return false;
    if (when.phase == Phase::data_xfer && !content) return false;
    if (!fits_reply(when.reply, passing.code)) return false;
    if (when.attempt != 0 && when.attempt != passing.attempt) return false;
    if (!when.sender.empty() && !matches_pattern(when.sender, passing.sender)) return false;
    return when.recipient.empty() || fits_recipient(when.recipient, passing);
}

std::uint64_t decision_key(std::uint64_t rule_key, const Passing& passing) {
    using world::fold;
    std::uint64_t key = fold(rule_key, static_cast<std::uint64_t>(passing.phase));
    if (passing.message == 0) {
        key = fold(fold(key, passing.connection), passing.transaction);
        return fold(key, passing.reply_index);
    }
    key = fold(fold(key, passing.message), passing.attempt);
    return fold(key, passing.recipient);
}

}  // namespace

RuleBook::RuleBook(std::vector<Rule> rules, std::uint64_t seed)
    : rules_(std::move(rules)), matched_(rules_.size()) {
    for (const Rule& rule : rules_) {
        keys_.push_back(world::fold(world::fold(seed, "rule"), rule.name));
        has_content_rules_ |= rule.when.phase == Phase::data_xfer;
    }
}

std::optional<Firing> RuleBook::decide(const Passing& passing) {
    if (healed_) return std::nullopt;
    for (std::size_t index = 0; index < rules_.size(); ++index) {
        const Rule& rule = rules_[index];
        if (!fits(rule.when, passing)) continue;
        ++matched_[index];
        world::Random random(decision_key(keys_[index], passing));
        // The draw comes first, and always: a count must not shift what chance decides.
        const bool chosen = random.uniform() < rule.when.probability;
        if (!chosen || !counts_allow(index, passing)) continue;
        return Firing{static_cast<std::uint32_t>(index + 1), netem::decide(rule.effect, random)};
    }
    return std::nullopt;
}

bool RuleBook::counts_allow(std::size_t index, const Passing& passing) {
    const Selector& when = rules_[index].when;
    if (when.first == 0 && when.nth == 0 && when.every_nth == 0) return true;
    const std::uint64_t counted_for = when.counts_over_run   ? 0
                                      : passing.message != 0 ? passing.message
                                                             : (1ULL << 32) + passing.connection;
    const std::uint32_t count = ++counts_[{index, counted_for}];
    if (when.first != 0 && count > when.first) return false;
    if (when.nth != 0 && count != when.nth) return false;
    return when.every_nth == 0 || count % when.every_nth == 0;
}

std::uint32_t RuleBook::count_attempt(std::uint32_t message) {
    if (message >= attempts_.size())
        attempts_.resize(std::max<std::size_t>(message + 1, attempts_.size() * 2));
    return ++attempts_[message];
}

}  // namespace twofifty::netem
