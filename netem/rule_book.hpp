#pragma once

#include "netem/rule.hpp"
#include "record/phase.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace twofifty::netem {

/// One reply (or, in data_xfer, the end of one content) that passes the layer, as far as rules may
/// ask.
struct Passing {
    Phase phase = Phase::none;
    std::uint16_t code = 0;        ///< 0 in data_xfer.
    std::uint32_t message = 0;     ///< Ordinal; 0: not one of the fleet's.
    std::uint32_t attempt = 0;     ///< As the layer counts; 0 outside a transaction.
    std::string_view recipient{};  ///< For rcpt, and for LMTP's data_done.
    std::string_view sender{};
    const std::vector<std::string>* recipients = nullptr;  ///< Accepted so far in this transaction.
    std::uint32_t connection = 0;
    std::uint32_t transaction = 0;
    std::uint32_t reply_index = 0;
};

struct Firing {
    std::uint32_t rule = 0;  ///< Its place in the scenario, from 1.
    Verdict verdict;
};

/// The rules of a run, and what they have counted. The first rule that fits and fires wins.
///
/// Whether a rule fires, and what it draws, is a function of (seed, rule name, message, attempt,
/// phase, recipient or chunk), never of the order of arrival, so the same seed impairs the same
/// replies in both worlds. Where there is no message of the fleet the key is (connection,
/// transaction, reply). `first`, `nth` and `every` count per message, unless the rule says that it
/// counts over the run.
class RuleBook {
public:
    RuleBook(std::vector<Rule> rules, std::uint64_t seed);

    /// What happens to this reply; nothing: it passes. Counts.
    std::optional<Firing> decide(const Passing& passing);

    /// Counts one more attempt of a message, and returns its number.
    std::uint32_t count_attempt(std::uint32_t message);

    /// True where a rule acts on contents, so that their last bytes must be held back until
    /// decided.
    bool has_content_rules() const { return has_content_rules_; }
    /// From now on nothing is impaired; what is held already stays held.
    void heal() { healed_ = true; }

    const std::vector<Rule>& rules() const { return rules_; }
    /// Replies that fitted the conditions of a rule, chance and counts aside.
    std::uint64_t matched(std::uint32_t rule) const { return matched_[rule - 1]; }

private:
    bool counts_allow(std::size_t index, const Passing& passing);

    std::vector<Rule> rules_;
    std::vector<std::uint64_t> keys_;     ///< Per rule: seed and name.
    std::vector<std::uint64_t> matched_;  ///< Per rule.
    std::map<std::pair<std::size_t, std::uint64_t>, std::uint32_t> counts_;
    std::vector<std::uint32_t> attempts_;  ///< By message.
    bool has_content_rules_ = false;
    bool healed_ = false;
};

}  // namespace twofifty::netem
