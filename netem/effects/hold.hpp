#pragma once

#include "netem/sight.hpp"
#include "netem/verdict.hpp"
#include "settings/section.hpp"
#include "world/random.hpp"

#include <string>

namespace twofifty::netem {

/// hold = "30s", "forever", "next_command" or "released": the reply, and all behind it, is kept
/// until then. "next_command" yields the late 250 that a client reads as the answer to its QUIT;
/// "released" waits for somebody to let go what the rule holds.
struct Hold {
    static constexpr std::string_view name = "hold";
    enum class Until : std::uint8_t { time, forever, next_command, released };
    Until until = Until::forever;
    Duration time{};  ///< With Until::time.

    static Hold read(settings::Section& effect);
    std::string to_toml() const;
    Verdict decide(const Sight& sight, world::Random& random) const;

    bool operator==(const Hold&) const = default;
};

}  // namespace twofifty::netem
