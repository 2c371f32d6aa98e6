#pragma once

#include "netem/sight.hpp"
#include "netem/verdict.hpp"
#include "settings/section.hpp"
#include "world/random.hpp"

#include <string>

namespace twofifty::netem {

/// drop = "reply": as a dead path. This reply and every later byte towards the client are withheld
/// until the client closes; client to server stays open.
struct Drop {
    static constexpr std::string_view name = "drop";

    static Drop read(settings::Section& effect);
    std::string to_toml() const;
    Verdict decide(const Sight& sight, world::Random& random) const;

    bool operator==(const Drop&) const = default;
};

}  // namespace twofifty::netem
