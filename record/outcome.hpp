// How one attempt ended for one recipient, as the sender saw it.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace twofifty {

/// `unknown`: some byte of the final CRLF.CRLF (or of the last chunk) was given to the connection
/// and no reply was seen; the receiver may have the message. `not_sent`: the attempt failed before
/// that, so it cannot make a copy.
enum class Outcome : std::uint8_t {
    none,
    accepted,
    refused_for_now,
    refused_for_good,
    unknown,
    not_sent
};

inline constexpr std::array outcome_names{
    std::string_view{"none"},
    std::string_view{"accepted"},
    std::string_view{"refused_for_now"},
    std::string_view{"refused_for_good"},
    std::string_view{"unknown"},
    std::string_view{"not_sent"},
};

constexpr std::string_view to_string(Outcome outcome) {
    return outcome_names[static_cast<std::size_t>(outcome)];
}

/// What a reply to the end of data says: 2xx, 4xx or 5xx. Any other class is no valid answer there
/// and counts as 4xx.
constexpr Outcome outcome_of(int code) {
    if (code >= 200 && code < 300) return Outcome::accepted;
    return code >= 500 && code < 600 ? Outcome::refused_for_good : Outcome::refused_for_now;
}

}  // namespace twofifty
