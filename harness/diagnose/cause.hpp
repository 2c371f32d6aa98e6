// What a diagnosis can come to: why messages exist more than once, in the words of those who ask.
// A reason is what is known of one extra copy; several reasons make one cause.
#pragma once

#include "harness/ledger/tally.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace twofifty::harness {

enum class Cause : std::uint8_t {
    congested_network,    ///< Between servers and senders replies or connections were lost or late.
    busy_servers,         ///< The servers themselves took as long as the senders wait.
    mail_loop,            ///< The same message comes back to a receiver that had it.
    receiver_multiplies,  ///< One transaction, several copies, and no loop.
    sender_resends,       ///< What was acknowledged is sent again.
    server_breaks_off,    ///< The server takes the message and closes before it answers.
    nothing_wrong,        ///< No message exists twice.
    cannot_tell,
};

inline constexpr std::array cause_names{
    std::string_view{"congested_network"}, std::string_view{"busy_servers"},
    std::string_view{"mail_loop"},         std::string_view{"receiver_multiplies"},
    std::string_view{"sender_resends"},    std::string_view{"server_breaks_off"},
    std::string_view{"nothing_wrong"},     std::string_view{"cannot_tell"},
};

constexpr std::string_view to_string(Cause cause) {
    return cause_names[static_cast<std::size_t>(cause)];
}

/// Why one copy is one too many.
enum class Reason : std::uint8_t {
    reply_missing,     ///< The server answered in time; the sender waited in vain.
    connection_lost,   ///< The sender lost its connection; the server had the message.
    server_late,       ///< The server answered when the sender had gone, or was about to.
    server_silent,     ///< No answer of the server was seen at all.
    server_broke_off,  ///< The server closed although it owed an answer.
    came_back,         ///< More Received headers than the first, at a receiver that had it.
    passed_on,         ///< The same transaction: one receiver kept it and passed it on.
    multiplied,        ///< The same transaction, as many Received headers.
    acknowledged,      ///< The sender had read the 2xx.
    misread,           ///< The server accepted; the sender read a refusal, or no reply at all.
    unexplained,
};

inline constexpr std::array reason_names{
    std::string_view{"reply_missing"},    std::string_view{"connection_lost"},
    std::string_view{"server_late"},      std::string_view{"server_silent"},
    std::string_view{"server_broke_off"}, std::string_view{"came_back"},
    std::string_view{"passed_on"},        std::string_view{"multiplied"},
    std::string_view{"acknowledged"},     std::string_view{"misread"},
    std::string_view{"unexplained"},
};

constexpr std::string_view to_string(Reason reason) {
    return reason_names[static_cast<std::size_t>(reason)];
}

constexpr Cause cause_of(Reason reason) {
    switch (reason) {
        case Reason::reply_missing:
        case Reason::connection_lost: return Cause::congested_network;
        case Reason::server_late:
        case Reason::server_silent: return Cause::busy_servers;
        case Reason::server_broke_off: return Cause::server_breaks_off;
        case Reason::came_back: return Cause::mail_loop;
        case Reason::passed_on:
        case Reason::multiplied: return Cause::receiver_multiplies;
        case Reason::acknowledged: return Cause::sender_resends;
        case Reason::misread:
        case Reason::unexplained: break;
    }
    return Cause::cannot_tell;
}

/// A sender that waits longer would have heard the answer, if one came.
constexpr bool is_about_waiting(Reason reason) {
    return reason == Reason::reply_missing || reason == Reason::server_late ||
           reason == Reason::server_silent;
}

using CauseTally = Tally<Cause, cause_names.size()>;
using ReasonTally = Tally<Reason, reason_names.size()>;

}  // namespace twofifty::harness
