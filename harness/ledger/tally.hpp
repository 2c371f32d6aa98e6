#pragma once

#include "harness/scenario/words.hpp"

#include <array>
#include <cstdint>
#include <initializer_list>
#include <utility>

namespace twofifty::harness {

/// How often each value of an enumeration occurred.
template <class Enumeration, std::size_t size>
class Tally {
public:
    using Value = Enumeration;

    Tally() = default;
    Tally(std::initializer_list<std::pair<Enumeration, std::uint64_t>> counts) {
        for (const auto& [value, count] : counts) (*this)[value] = count;
    }

    std::uint64_t operator[](Enumeration value) const {
        return counts_[static_cast<std::size_t>(value)];
    }
    std::uint64_t& operator[](Enumeration value) {
        return counts_[static_cast<std::size_t>(value)];
    }

    bool operator==(const Tally&) const = default;

private:
    std::array<std::uint64_t, size> counts_{};
};

using VerdictTally = Tally<Verdict, verdict_names.size()>;
using SenderEndTally = Tally<SenderEnd, sender_end_names.size()>;
using TriggerTally = Tally<Trigger, trigger_names.size()>;
using RouteTally = Tally<Route, route_names.size()>;

}  // namespace twofifty::harness
