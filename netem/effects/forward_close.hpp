#pragma once

#include "netem/admission.hpp"
#include "settings/section.hpp"

#include <string>

namespace twofifty::netem {

/// forward_close = "at_once", "never", "30s" or { after = "30s", as = "same" }: when the server
/// learns that its client has closed or reset the connection, and whether as FIN, RST, or the same
/// as the client's. Without such a rule: at once, as FIN, so that the server can still answer and
/// what it accepts is still seen. "never": not before the server's own timer, or the kernel's
/// retransmissions end (924.6 s, tcp_retries2 = 15).
struct ForwardClose {
    static constexpr std::string_view name = "forward_close";
    CloseForwarding how;

    static ForwardClose read(settings::Section& effect);
    std::string to_toml() const;
    CloseForwarding forwarding() const { return how; }

    bool operator==(const ForwardClose&) const = default;
};

}  // namespace twofifty::netem
