#pragma once

#include "netem/sight.hpp"
#include "netem/verdict.hpp"
#include "settings/section.hpp"
#include "world/random.hpp"

#include <string>
#include <vector>

namespace twofifty::netem {

/// slice = { at = 3, pause = "50ms" }, at = [1, 3], then = "swallow": the bytes leave in parts, cut
/// behind the at-th byte, each `pause` after the one in front. In data_xfer `at` counts in the five
/// bytes CRLF.CRLF. With "swallow" the last part never arrives, nor anything behind it: so
/// firewalls lost final dots that came in two packets (Cisco PIX, Microsoft KB 295725).
struct Slice {
    static constexpr std::string_view name = "slice";
    std::vector<std::uint32_t> at{};  ///< In rising order, at least one.
    Duration pause = std::chrono::milliseconds{50};
    bool swallows = false;

    static Slice read(settings::Section& effect);
    std::string to_toml() const;
    Verdict decide(const Sight& sight, world::Random& random) const;

    bool operator==(const Slice&) const = default;
};

}  // namespace twofifty::netem
