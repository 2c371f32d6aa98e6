#include "netem/rule_book.hpp"

#include "world/random.hpp"

#include <algorithm>

namespace twofifty::netem {
namespace {

using world::fold;

std::uint64_t decision_key(std::uint64_t rule_key, const Passing& passing) {
    std::uint64_t key = fold(rule_key, static_cast<std::uint64_t>(passing.phase));
    if (passing.message == 0) {
        key = fold(fold(key, passing.connection), passing.transaction);
        return fold(key, passing.reply_index);
    }
    key = fold(fold(key, passing.message), passing.attempt);
    return fold(key, passing.recipient);
}

Sight sight_of(const RuleBook::Entry& entry, const Passing& passing, std::string_view bytes) {
    const auto phase = static_cast<std::uint64_t>(passing.phase);
    const std::uint64_t series = fold(fold(entry.key, phase), passing.attempt);
    const bool known = passing.message != 0;
    return {.bytes = bytes,
            .now = passing.at,
            .rule = entry.key,
            .series = known ? series : fold(series, passing.connection),
            .place = known ? passing.message : passing.transaction,
            .content = passing.phase == Phase::data_xfer && passing.code == 0};
}

/// Whom first, nth and every count for: a message, else a connection; or all.
std::uint64_t counted_for(const Selector& when, const Passing& passing) {
    if (when.counts_over_run) return 0;
    return passing.message != 0 ? passing.message : (1ULL << 32) + passing.connection;
}

/// Who is refused, or waits, is not accepted at all (door.hpp); a limit concerns those beyond it.
bool concerns(const Effect& effect, const Connected& client) {
    const auto* const limit = std::get_if<ConnectionLimit>(&effect);
    if (!limit) return !std::holds_alternative<Refuse>(effect);
    return limit->then == ConnectionLimit::Then::too_busy && client.served >= limit->connections;
}

}  // namespace

Verdict combined(std::span<const Firing> firings) {
    Verdict verdict;
    for (const Firing& firing : firings) verdict = combined(std::move(verdict), firing.verdict);
    return verdict;
}

RuleBook::RuleBook(std::vector<Rule> rules, std::uint64_t seed) : seed_(seed) {
    replace(std::move(rules));
}

std::vector<Firing> RuleBook::decide(const Passing& passing) {
    std::vector<Firing> firings;
    if (healed_) return firings;
    std::string made;  // By the rules so far, where one changed the bytes.
    for (const std::uint32_t place : by_phase_[static_cast<std::size_t>(passing.phase)]) {
        Entry& entry = entries_[place];
        const Selector& when = entry.rule.when;
        if (!fits(when, passing)) continue;
        ++entry.matched;
        world::Random random(decision_key(entry.key, passing));
        if (!fires(entry, counted_for(when, passing), passing.at, random)) continue;
        const Sight sight = sight_of(entry, passing, made.empty() ? passing.bytes : made);
        firings.push_back({entry.number, netem::decide(entry.rule.effect, sight, random)});
        if (!entry.rule.continues) break;
        const std::string& replacement = firings.back().verdict.replacement;
        if (!replacement.empty()) made = replacement;
    }
    return firings;
}

std::optional<RuleBook::Admitted> RuleBook::admit(const Connected& client) {
    for (Entry& entry : entries_) {
        if (entry.kind != EffectKind::accept || !concerns(entry.rule.effect, client)) continue;
        const std::optional<world::Random> random = fires_for(entry, client);
        if (!random) continue;
        world::Random draws = *random;
        return Admitted{entry.number, netem::admit(entry.rule.effect, draws)};
    }
    return std::nullopt;
}

RuleBook::Forwarded RuleBook::forward_close(const Connected& client) {
    for (Entry& entry : entries_) {
        if (entry.kind == EffectKind::close && fires_for(entry, client))
            return {entry.number, forwarding(entry.rule.effect)};
    }
    return {};
}

/// Whether the rule acts on the connection. Yields what its effect draws from.
std::optional<world::Random> RuleBook::fires_for(Entry& entry, const Connected& client) {
    const Selector& when = entry.rule.when;
    if (healed_ || (when.connection != 0 && when.connection != client.connection))
        return std::nullopt;
    if (!fits_receiver(when, client.receiver)) return std::nullopt;
    ++entry.matched;
    world::Random random(fold(entry.key, client.connection));
    if (!fires(entry, 0, client.at, random)) return std::nullopt;
    return random;
}

bool RuleBook::chosen_for(Entry& entry, const Connected& client) {
    if (healed_) return false;
    ++entry.matched;
    world::Random random(fold(entry.key, client.connection));
    const bool chosen = random.uniform() < entry.rule.when.probability;
    return chosen && counts_allow(entry, 0);
}

bool RuleBook::spend(Entry& entry) {
    const Budget& budget = entry.rule.budget;
    if (budget.at_most != 0 && entry.fired >= budget.at_most) return false;
    if (budget.at_once != 0 && entry.lasting >= budget.at_once) return false;
    ++entry.fired;
    ++entry.lasting;
    return true;
}

bool RuleBook::in_force(Entry& entry, TimePoint at) {
    if (healed_ || !within_window(entry.rule.when, at)) return false;
    return entry.rule.when.on_off.bad == Duration::zero() || entry.on_off.bad_at(at);
}

TimePoint RuleBook::changes_at(const Entry& entry, TimePoint at) {
    const Selector& when = entry.rule.when;
    const TimePoint begins = twofifty::at(when.from);
    if (at < begins) return begins;
    TimePoint change = when.until == Duration::max() ? never : twofifty::at(when.until);
    if (change <= at) return never;
    // A spell is only known by looking: often enough that its ends are not missed by much.
    constexpr Duration shortest = std::chrono::milliseconds{1};
    const OnOff& spells = when.on_off;
    if (spells.bad != Duration::zero() && spells.good != Duration::zero())
        change = std::min(change, at + std::max(shortest, std::min(spells.good, spells.bad) / 100));
    return change;
}

bool RuleBook::fires(Entry& entry, std::uint64_t counted_for, TimePoint at, world::Random& random) {
    // The draw comes first, and always: a count must not shift what chance decides.
    const bool chosen = random.uniform() < entry.rule.when.probability;
    if (!chosen || !in_force(entry, at) || !counts_allow(entry, counted_for)) return false;
    return spend(entry);
}

bool RuleBook::counts_allow(Entry& entry, std::uint64_t counted_for) {
    const Selector& when = entry.rule.when;
    if (when.first == 0 && when.nth == 0 && when.every_nth == 0) return true;
    const std::uint32_t count = ++counts_[{entry.number, counted_for}];
    if (when.first != 0 && count > when.first) return false;
    if (when.nth != 0 && count != when.nth) return false;
    return when.every_nth == 0 || count % when.every_nth == 0;
}

void RuleBook::ended(std::uint32_t rule) {
    Entry* const entry = find(rule);
    if (entry && entry->lasting > 0) --entry->lasting;
}

void RuleBook::release(std::uint32_t rule) {
    Entry* const entry = find(rule);
    if (!entry) return;
    ++entry->releases;
    tell_watchers();
}

std::uint64_t RuleBook::releases(std::span<const Event> firings) {
    std::uint64_t sum = 0;
    for (const Event& firing : firings) {
        const Entry* const entry = find(firing.rule);
        // A rule that is no more holds nothing.
        if (!entry) return UINT64_MAX;
        sum += entry->releases;
    }
    return sum;
}

void RuleBook::heal() {
    healed_ = true;
    tell_watchers();
}

void RuleBook::tell_watchers() {
    for (Watcher& watcher : watchers_) watcher.rules_changed();
}

void RuleBook::replace(std::vector<Rule> rules) {
    std::vector<Entry> entries;
    for (Rule& rule : rules) {
        const auto old = std::ranges::find(entries_, rule.name,
                                           [](const Entry& entry) { return entry.rule.name; });
        if (old == entries_.end()) {
            entries.push_back(make_entry(std::move(rule), ++last_number_));
            continue;
        }
        Entry entry = make_entry(std::move(rule), old->number);
        entry.matched = old->matched;
        entry.fired = old->fired;
        entry.lasting = old->lasting;
        entry.releases = old->releases;
        entries.push_back(std::move(entry));
    }
    entries_ = std::move(entries);
    index();
    tell_watchers();
}

RuleBook::Entry* RuleBook::find(std::uint32_t number) {
    const auto found = std::ranges::find(entries_, number, &Entry::number);
    return found == entries_.end() ? nullptr : &*found;
}

RuleBook::Entry RuleBook::make_entry(Rule rule, std::uint32_t number) const {
    const std::uint64_t key = fold(fold(seed_, "rule"), rule.name);
    const EffectKind kind = kind_of(rule.effect);
    const OnOffProcess on_off(rule.when.on_off, fold(key, "on_off"));
    return {.number = number, .rule = std::move(rule), .kind = kind, .key = key, .on_off = on_off};
}

void RuleBook::index() {
    has_content_rules_ = false;
    has_stream_rules_ = false;
    for (std::vector<std::uint32_t>& places : by_phase_) places.clear();
    for (std::uint32_t place = 0; place < entries_.size(); ++place) {
        const Entry& entry = entries_[place];
        has_stream_rules_ |= entry.kind == EffectKind::stream;
        if (entry.kind != EffectKind::reply) continue;
        const Phase phase = entry.rule.when.phase;
        has_content_rules_ |= phase == Phase::data_xfer;
        for (std::size_t i = 0; i < by_phase_.size(); ++i) {
            if (phase == Phase::none || i == static_cast<std::size_t>(phase))
                by_phase_[i].push_back(place);
        }
    }
}

}  // namespace twofifty::netem
