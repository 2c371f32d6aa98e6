#pragma once

#include "netem/selector.hpp"
#include "world/random.hpp"

#include <cstdint>

namespace twofifty::netem {

/// The course of an OnOff in time: a function of its key alone, read forwards. It begins in the
/// state that chance gives it, with the shares of the two means.
class OnOffProcess {
public:
    OnOffProcess(const OnOff& means, std::uint64_t key);

    /// Whether it is bad at `at`. REQUIRES: `at` is no earlier than in the call before.
    bool bad_at(TimePoint at);
    /// When the spell that bad_at() was asked for last ends.
    TimePoint changes_at() const { return means_.good == Duration::zero() ? never : spell_ends_; }

private:
    void next_spell();

    OnOff means_;
    world::Random random_;
    bool bad_ = false;
    TimePoint spell_ends_{};
};

}  // namespace twofifty::netem
