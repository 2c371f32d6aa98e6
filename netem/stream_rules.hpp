#pragma once

#include "netem/rule_book.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string_view>

namespace twofifty::netem {

/// The rules on the stream as one connection meets them: both its directions share one decision,
/// one count and one place in a budget.
class StreamRules {
public:
    /// Keeps the place of a firing among those that act at once.
    using Place = std::shared_ptr<const std::uint32_t>;

    /// `receiver` is the name of the server behind, and must outlive this.
    StreamRules(RuleBook& rules, std::uint32_t connection, std::string_view receiver = {})
        : rules_(rules), connection_(connection), receiver_(receiver) {}

    /// Whether a rule is about this direction, by its conditions, chance and count; not those on
    /// time.
    bool chosen(RuleBook::Entry& entry, Direction direction, TimePoint at);
    /// The rule begins to act here. Null where its budget is spent.
    Place begin(RuleBook::Entry& entry);
    /// The rule is gone, or another one: it decides anew.
    void forget(std::uint32_t rule) { decided_.erase(rule); }

private:
    struct Decision {
        bool chosen = false;
        bool begun = false;
        std::weak_ptr<const std::uint32_t> place;
    };

    RuleBook& rules_;
    std::uint32_t connection_;
    std::string_view receiver_;
    std::map<std::uint32_t, Decision> decided_;
};

}  // namespace twofifty::netem
