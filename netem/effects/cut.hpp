#pragma once

#include "netem/sight.hpp"
#include "netem/verdict.hpp"
#include "settings/section.hpp"
#include "world/random.hpp"

#include <string>

namespace twofifty::netem {

/// cut = "client" or { side = "both", how = "rst", when = "before" }: ends connections. side:
/// client, server, both. how: fin, rst, silent. when: before or after the reply, or { bytes = n }
/// of it. The short form is rst, before.
struct Cut {
    static constexpr std::string_view name = "cut";
    Verdict::Side side = Verdict::Side::both;
    Verdict::How how = Verdict::How::rst;
    std::uint32_t after_bytes = 0;  ///< 0: before the reply; Verdict::whole_reply: after it.

    static Cut read(settings::Section& effect);
    std::string to_toml() const;
    Verdict decide(const Sight& sight, world::Random& random) const;

    bool operator==(const Cut&) const = default;
};

}  // namespace twofifty::netem
