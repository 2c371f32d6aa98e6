// The phases of an SMTP session, as the timeout parameters of Postfix name them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace twofifty {

/// `data_xfer` is the content up to the final dot (its replies are those to BDAT chunks that are
/// not the last); `data_done` is the final dot, or BDAT LAST, to its reply. `other` is a command
/// that has no timeout of its own (NOOP, VRFY, ...). `none` stands for "does not apply".
enum class Phase : std::uint8_t {
    none,
    connect,
    greeting,
    helo,
    starttls,
    auth,
    mail,
    rcpt,
    data_init,
    data_xfer,
    data_done,
    rset,
    quit,
    other,
};

inline constexpr std::array phase_names{
    std::string_view{"none"},      std::string_view{"connect"},   std::string_view{"greeting"},
    std::string_view{"helo"},      std::string_view{"starttls"},  std::string_view{"auth"},
    std::string_view{"mail"},      std::string_view{"rcpt"},      std::string_view{"data_init"},
    std::string_view{"data_xfer"}, std::string_view{"data_done"}, std::string_view{"rset"},
    std::string_view{"quit"},      std::string_view{"other"},
};

constexpr std::string_view to_string(Phase phase) {
    return phase_names[static_cast<std::size_t>(phase)];
}

}  // namespace twofifty
