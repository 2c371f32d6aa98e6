// What the judge needs to know beside the events, and what the ledger keeps for it.
#pragma once

#include <string>
#include <vector>

namespace twofifty::harness {

/// One rule of the scenario. Events name a rule by its place in the list, from 1.
struct RuleFacts {
    std::string name;
    /// As netem::to_toml writes it: `{ hold = "forever" }`. A firing's own text names only the
    /// kind of effect, which cannot tell a hold without end from one until the next command.
    std::string effect;

    bool operator==(const RuleFacts&) const = default;
};

struct JudgeFacts {
    std::vector<RuleFacts> rules;

    bool operator==(const JudgeFacts&) const = default;
};

}  // namespace twofifty::harness
