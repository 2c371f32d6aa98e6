// What each rule did: how often it fired, what was asked, what came of it.
#pragma once

#include "harness/ledger/facts.hpp"
#include "harness/ledger/history.hpp"
#include "harness/ledger/judgement.hpp"
#include "record/event.hpp"

#include <map>
#include <optional>
#include <string_view>
#include <tuple>
#include <vector>

namespace twofifty::harness {

class RuleAccounts {
public:
    explicit RuleAccounts(JudgeFacts facts);

    void add_matched(const Event& event);
    void add_fired(const Event& event);
    void add_achieved(const Event& event);

    /// What a firing does to the sender's chance to see a reply.
    Interference interference(const Event& fired) const;

    /// In the order of the scenario. A firing of a rule that the facts do not name is under
    /// "rule <number>".
    std::vector<RuleAccount> accounts() const;

private:
    struct Account {
        std::optional<std::uint64_t> matched;
        std::uint64_t fired = 0;
        std::uint64_t released = 0;
        std::uint64_t client_gone = 0;
        std::uint64_t server_gone = 0;
        TimeSpreadRecorder asked;
        TimeSpreadRecorder achieved;
        TimeSpreadRecorder lateness;
    };
    /// Rule, connection, message, recipient, phase: what tells one firing from another.
    using Firing = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t, Phase>;

    bool says(const Event& fired, std::string_view word) const;
    static Firing firing(const Event& event);

    JudgeFacts facts_;
    std::map<std::uint32_t, Account> accounts_;
    std::map<Firing, Duration> open_;  ///< Firings that asked for a time, and have not ended.
};

}  // namespace twofifty::harness
