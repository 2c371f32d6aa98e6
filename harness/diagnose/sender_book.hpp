// What each sender waited for, in vain or not, and how much of its mail exists twice; and which
// senders are of one kind, so that one can tell whether differences between senders are only those
// between their timers.
#pragma once

#include "harness/diagnose/diagnosis.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace twofifty::harness {

class SenderBook {
public:
    void pair(std::uint16_t sender, bool duplicated);
    void answered(std::uint16_t sender, Duration waited);
    void gave_up(std::uint16_t sender, Duration waited);

    /// The shortest wait in vain of any.
    std::optional<Duration> shortest_timer() const;
    std::optional<ChiSquare> test_senders() const;

    /// `names` by number from 1; without them kinds are made of timers. The most duplicates first.
    std::vector<SenderKind> kinds(const std::vector<std::string>& names) const;
    /// The tests within each kind, summed up; nothing where none could be made.
    std::optional<ChiSquare> test_within_kinds(const std::vector<std::string>& names) const;

private:
    struct Sums {
        Share duplicated{};
        std::uint64_t given_up = 0;
        std::optional<Duration> timer_least{};
        std::optional<Duration> timer_most{};
        Duration longest_answered{};
    };
    using Members = std::map<std::string, std::vector<const Sums*>>;

    Members members(const std::vector<std::string>& names) const;

    std::map<std::uint16_t, Sums> senders_;
};

/// "postfix 3" and "postfix-3" are of the group "postfix".
std::string group_of(const std::string& sender);

}  // namespace twofifty::harness
