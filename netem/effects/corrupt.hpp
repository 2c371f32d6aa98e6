#pragma once

#include "netem/sight.hpp"
#include "netem/verdict.hpp"
#include "settings/section.hpp"
#include "world/random.hpp"

#include <string>

namespace twofifty::netem {

/// corrupt = "code", "text" or { where = "text", bytes = 4 }: so many bytes of the reply become
/// others, printable ones, so that the reply keeps its lines. A damaged code is another code, or
/// none. TCP's checksum lets one damaged segment in some thousands pass (Stone and Partridge 2000).
struct Corrupt {
    static constexpr std::string_view name = "corrupt";
    enum class Where : std::uint8_t { code, text };
    Where where = Where::code;
    std::uint32_t bytes = 1;

    static Corrupt read(settings::Section& effect);
    std::string to_toml() const;
    Verdict decide(const Sight& sight, world::Random& random) const;

    bool operator==(const Corrupt&) const = default;
};

}  // namespace twofifty::netem
