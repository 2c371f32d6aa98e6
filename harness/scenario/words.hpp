// The words of a verdict. docs/accounting.md says what each means to the operator.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace twofifty::harness {

/// What became of one (message, recipient): the first that holds, in this order but for `once`.
enum class Verdict : std::uint8_t {
    /// A copy's digest differs from what was sent.
    corrupted,
    /// Two copies or more.
    duplicated,
    /// The sender gave up, yet there is one copy.
    ghost,
    /// Still queued when judged.
    pending,
    /// Acknowledged, no copy, and that was looked for until the end.
    lost,
    /// Acknowledged, no copy, but nobody looked long enough to say lost.
    unobserved,
    /// The sender gave up, and there is no copy.
    failed,
    /// Acknowledged, one copy.
    once,
};

inline constexpr std::array verdict_names{
    std::string_view{"corrupted"}, std::string_view{"duplicated"}, std::string_view{"ghost"},
    std::string_view{"pending"},   std::string_view{"lost"},       std::string_view{"unobserved"},
    std::string_view{"failed"},    std::string_view{"once"},
};

/// How the sending of one (message, recipient) ended, as the sender knows it.
enum class SenderEnd : std::uint8_t { acknowledged, gave_up, pending };

inline constexpr std::array sender_end_names{
    std::string_view{"acknowledged"},
    std::string_view{"gave_up"},
    std::string_view{"pending"},
};

/// What ended the latest earlier attempt that the receiver had accepted: why an extra copy exists.
enum class Trigger : std::uint8_t {
    reply_dropped,
    reply_late_network,
    reply_late_server,
    reply_replaced,
    reply_misread,
    connection_cut,
    receiver_died,
    receiver_itself,
    loop,
    unattributed,
};

inline constexpr std::array trigger_names{
    std::string_view{"reply_dropped"},
    std::string_view{"reply_late_network"},
    std::string_view{"reply_late_server"},
    std::string_view{"reply_replaced"},
    std::string_view{"reply_misread"},
    std::string_view{"connection_cut"},
    std::string_view{"receiver_died"},
    std::string_view{"receiver_itself"},
    std::string_view{"loop"},
    std::string_view{"unattributed"},
};

/// By which way an extra copy came.
enum class Route : std::uint8_t { same_host, next_host, recipient_subset };

inline constexpr std::array route_names{
    std::string_view{"same_host"},
    std::string_view{"next_host"},
    std::string_view{"recipient_subset"},
};

constexpr std::string_view to_string(Verdict verdict) {
    return verdict_names[static_cast<std::size_t>(verdict)];
}
constexpr std::string_view to_string(SenderEnd end) {
    return sender_end_names[static_cast<std::size_t>(end)];
}
constexpr std::string_view to_string(Trigger trigger) {
    return trigger_names[static_cast<std::size_t>(trigger)];
}
constexpr std::string_view to_string(Route route) {
    return route_names[static_cast<std::size_t>(route)];
}

}  // namespace twofifty::harness
