#pragma once

#include "netem/on_off.hpp"
#include "netem/rule.hpp"
#include "record/event.hpp"
#include "record/phase.hpp"

#include <boost/intrusive/list.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace twofifty::netem {

struct Firing {
    std::uint32_t rule = 0;  ///< Its number, from 1.
    Verdict verdict{};       ///< Of this rule alone.
};

/// What all of them come to; a passing one where there are none.
Verdict combined(std::span<const Firing> firings);

/// A connection, as far as rules may ask.
struct Connected {
    std::uint32_t connection = 0;
    TimePoint at{};
    std::size_t served = 0;       ///< Others that are served at the time.
    std::string_view receiver{};  ///< By name; empty where servers have none.
};

/// The rules of a run, and what they have counted. The first rule that fits and fires wins, unless
/// it says `continue`.
///
/// Whether a rule fires, and what it draws, is a function of (seed, rule name, message, attempt,
/// phase, recipient or chunk), never of the order of arrival, so the same seed impairs the same
/// replies in both worlds. Where no message is known the key is (connection, transaction, reply).
/// `first`, `nth` and `every` count per message, unless the rule says that it counts over the run;
/// of connections they count over the run. Budgets depend on the order of arrival by nature.
class RuleBook {
public:
    /// One rule in use. Numbers are given once: a rule that is replaced under its name keeps its
    /// number and its counts.
    struct Entry {
        std::uint32_t number = 0;
        Rule rule;
        EffectKind kind = EffectKind::reply;
        std::uint64_t key = 0;      ///< Of seed and name.
        std::uint64_t matched = 0;  ///< Fitted the conditions, time, chance and counts aside.
        std::uint64_t fired = 0;
        std::uint32_t lasting = 0;   ///< Firings whose effect goes on.
        std::uint64_t releases = 0;  ///< How often its held replies were let go.
        OnOffProcess on_off;
    };

    /// Is told when rules have come, gone or changed.
    class Watcher : public boost::intrusive::list_base_hook<
                        boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
    public:
        virtual void rules_changed() = 0;

    protected:
        ~Watcher() = default;
    };

    RuleBook(std::vector<Rule> rules, std::uint64_t seed);

    /// What happens to this reply: one firing, more where rules continue, none: it passes. Counts.
    std::vector<Firing> decide(const Passing& passing);

    /// What happens to a client that connects; nothing: it is served. Counts.
    struct Admitted {
        std::uint32_t rule = 0;
        Admission admission;
    };
    std::optional<Admitted> admit(const Connected& client);

    /// When the server learns of a client that has gone.
    struct Forwarded {
        std::uint32_t rule = 0;  ///< 0: no rule says anything.
        CloseForwarding how{};
    };
    Forwarded forward_close(const Connected& client);

    /// Whether chance and count choose a connection for a rule on the stream. Counts: ask once for
    /// each connection and rule.
    bool chosen_for(Entry& entry, const Connected& client);
    /// One firing more, where the budget has one left.
    bool spend(Entry& entry);
    /// Whether the time conditions of a rule hold.
    bool in_force(Entry& entry, TimePoint at);
    /// When that may change by itself; never: it stays as it is.
    static TimePoint changes_at(const Entry& entry, TimePoint at);

    /// The effect of a firing has ended: it counts no more against at_once.
    void ended(std::uint32_t rule);

    /// Lets go what the rule holds now until it is released; what it holds later waits again.
    void release(std::uint32_t rule);
    /// How often the rules of these firings (rule_fired events) have let go; it only grows.
    std::uint64_t releases(std::span<const Event> firings);

    /// True where a rule acts on contents, so that their last bytes must be held back until
    /// decided.
    bool has_content_rules() const { return has_content_rules_; }
    bool has_stream_rules() const { return has_stream_rules_ && !healed_; }
    /// From now on nothing is impaired; what is held already stays held.
    void heal();

    /// Puts other rules in the place of all there are, at one instant. Firings go on as decided.
    void replace(std::vector<Rule> rules);
    void watch(Watcher& watcher) { watchers_.push_back(watcher); }

    std::vector<Entry>& entries() { return entries_; }
    const std::vector<Entry>& entries() const { return entries_; }
    /// Null where the rule is no longer in use.
    Entry* find(std::uint32_t number);
    /// Replies, or connections, that fitted the conditions of a rule.
    std::uint64_t matched(std::uint32_t number) { return find(number)->matched; }

private:
    std::optional<world::Random> fires_for(Entry& entry, const Connected& client);
    bool fires(Entry& entry, std::uint64_t counted_for, TimePoint at, world::Random& random);
    bool counts_allow(Entry& entry, std::uint64_t counted_for);
    Entry make_entry(Rule rule, std::uint32_t number) const;
    void index();
    void tell_watchers();

    std::uint64_t seed_;
    std::vector<Entry> entries_;
    /// Which entries, by their place, are asked about a reply in a phase.
    std::array<std::vector<std::uint32_t>, phase_names.size()> by_phase_;
    std::map<std::pair<std::uint32_t, std::uint64_t>, std::uint32_t> counts_;
    std::uint32_t last_number_ = 0;
    bool has_content_rules_ = false;
    bool has_stream_rules_ = false;
    bool healed_ = false;
    boost::intrusive::list<Watcher, boost::intrusive::constant_time_size<false>> watchers_;
};

}  // namespace twofifty::netem
