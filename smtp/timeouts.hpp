#pragma once

#include "record/phase.hpp"
#include "record/time.hpp"

#include <array>
#include <cstdint>

namespace twofifty::smtp {

/// What a timeout measures.
enum class Timer : std::uint8_t {
    per_read,     ///< Each read or write anew: a reply that drips never times out.
    per_reply,    ///< From the last byte of the command to the whole reply.
    per_request,  ///< A command and its reply together; the whole content together.
};

/// How long a sender waits in each phase, as its Timer measures; data_xfer is per block written but
/// with per_request. The defaults are the minimums of RFC 5321 4.5.3.2; where
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
