#pragma once

#include "netem/selector.hpp"
#include "netem/sight.hpp"
#include "netem/tcp_loss.hpp"
#include "netem/verdict.hpp"
#include "settings/section.hpp"
#include "world/random.hpp"

#include <string>
#include <variant>

namespace twofifty::netem {

/// loss = { transmissions = 3 }, { probability = 0.3 }, { outage = "30s" } or { bursts = { good =
/// "60s", bad = "5s" } }, each with tcp = "linux" or a table: packets of the reply are lost, and it
/// comes when TCP's timers have sent it again. Where TCP gives up first it never comes: at that
/// time the server's connection is reset, and the client hears nothing.
struct Loss {
    static constexpr std::string_view name = "loss";
    using Transmissions = std::int32_t;  ///< Lost in a row, from the first one.
    using Probability = double;          ///< That a transmission is lost, of each.
    using Outage = Duration;             ///< All is lost for so long after the first transmission.
    using Bursts = OnOff;                ///< Of time, the same for all replies of the rule.
    std::variant<Transmissions, Probability, Outage, Bursts> what{};
    TcpParameters tcp{};  ///< Of the server.

    static Loss read(settings::Section& effect);
    std::string to_toml() const;
    Verdict decide(const Sight& sight, world::Random& random) const;
    /// What becomes of the reply's one segment.
    SegmentFate fate(const Sight& sight, world::Random& random) const;

    bool operator==(const Loss&) const = default;
};

}  // namespace twofifty::netem
