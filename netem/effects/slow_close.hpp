#pragma once

#include "netem/transit.hpp"
#include "settings/section.hpp"

#include <string>

namespace twofifty::netem {

/// slow_close = "1s": the end of the direction (FIN) passes so much later; bytes are not touched.
/// As Toxiproxy's toxic of that name.
struct SlowClose : StreamEffect {
    static constexpr std::string_view name = "slow_close";
    Duration delay{};

    static SlowClose read(settings::Section& effect);
    std::string to_toml() const;
    TimePoint close(TimePoint at, PathState& state) const;

    bool operator==(const SlowClose&) const = default;
};

}  // namespace twofifty::netem
