// What the judge needs to know beside the events, and what the ledger keeps for it.
#pragma once

#include "record/foreign_message.hpp"

#include <cstdint>
#include <string>
#include <variant>
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

/// What a run with mail that is not ours learns as it goes; a run of the fleet knows it before it
/// starts.
struct RecipientFacts {
    std::uint32_t number = 0;
    std::string address{};
};
struct NewRule {
    std::uint32_t number = 0;
    RuleFacts facts{};
};
/// A fact about the run itself, as Ledger::set_run takes it.
struct RunFact {
    std::string key{};
    std::string value{};
};
using Introduction = std::variant<ForeignMessage, RecipientFacts, NewRule, RunFact>;

struct JudgeFacts {
    std::vector<RuleFacts> rules{};
    /// Copies are counted behind a server's own suppression: what it accepted, and the mailbox has
    /// not, was suppressed there.
    bool suppresses = false;
    /// The server that the fleet submits to, as events name it; 0: there is none. What its queue no
    /// longer holds, and nobody acknowledged to it, it has given up.
    std::uint16_t sender = 0;

    bool operator==(const JudgeFacts&) const = default;
};

}  // namespace twofifty::harness
