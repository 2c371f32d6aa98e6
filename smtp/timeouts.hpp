#pragma once

#include "record/phase.hpp"
#include "record/time.hpp"

#include <array>

namespace twofifty::smtp {

/// How long a sender waits in each phase. data_xfer is per block written, the others from the last
/// byte of the command to the whole reply. The defaults are the minimums of RFC 5321 4.5.3.2; where
/// it names none (connect, helo, starttls, auth, rset, quit), its 5 minutes for a command.
struct Timeouts {
    std::array<Duration, phase_names.size()> by_phase;

    constexpr Timeouts() {
        using std::chrono::minutes;
        by_phase.fill(minutes{5});
        (*this)[Phase::data_init] = minutes{2};
        (*this)[Phase::data_xfer] = minutes{3};
        (*this)[Phase::data_done] = minutes{10};
    }

    constexpr Duration operator[](Phase phase) const {
        return by_phase[static_cast<std::size_t>(phase)];
    }
    constexpr Duration& operator[](Phase phase) {
        return by_phase[static_cast<std::size_t>(phase)];
    }

    bool operator==(const Timeouts&) const = default;
};

}  // namespace twofifty::smtp
