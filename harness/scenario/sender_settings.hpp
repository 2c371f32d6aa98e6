// What one sending server is like: how long it waits, where and when it tries again, how it uses
// connections. The defaults here are those of the profile rfc5321.
#pragma once

#include "harness/scenario/retry.hpp"
#include "record/time.hpp"
#include "smtp/timeouts.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace twofifty::harness {

/// What sends a message to another host of the same domain within one attempt to deliver it.
enum class NextHost : std::uint8_t {
    never,          ///< One host, whatever happens.
    after_connect,  ///< A connection that did not come about.
    after_session,  ///< Also a session that failed later, even behind the final dot.
    after_refusal,  ///< Also a 4xx.
};

enum class Growth : std::uint8_t { fixed, doubling, quadratic };

/// How long a host that failed is left alone.
struct Backoff {
    Duration first{};
    Growth growth = Growth::fixed;
    Duration most = std::chrono::hours{1};

    bool operator==(const Backoff&) const = default;
};

struct SenderSettings {
    std::string profile = "rfc5321";
    smtp::Timeouts timeouts{};
    smtp::Timer timer = smtp::Timer::per_reply;
    std::uint32_t connections = 4;  ///< At most, to one domain.
    /// The limit that it begins with, and what each success adds to it.
    std::optional<std::uint32_t> initial_connections{};
    double concurrency_growth = 1;
    std::uint32_t messages_per_connection = 100;
    /// How long an open connection waits for the next message before QUIT.
    Duration idle = std::chrono::seconds{2};
    std::uint32_t recipients_per_transaction = 100;
    NextHost next_host = NextHost::after_session;
    std::uint32_t hosts_per_attempt = 2;
    /// A final dot without an answer counts against the host, not only against the message.
    bool unknown_blames_host = false;
    std::optional<Backoff> backoff{};
    Retry retry{};
    std::string helo = "sender.test";
    bool quits_after_timeout = false;  ///< after_timeout = "quit": a defect some clients have.
    bool new_message_id = false;       ///< message_id = "new": a defect; at each attempt.
    bool resends_to_all = false;       ///< resend = "all": a defect; also to those who have it.
    bool pipelining = true;            ///< Use PIPELINING where offered.
    bool chunking = false;             ///< Use BDAT where CHUNKING is offered.
    std::uint64_t chunk_size = 65536;  ///< Bytes of a BDAT chunk.

    bool operator==(const SenderSettings&) const = default;
};

/// Sending servers of one kind.
struct SenderGroup {
    std::string name{};  ///< Empty: the fleet's only one.
    /// Its part of the messages is weight / sum of all weights.
    double weight = 1;
    std::uint32_t senders = 1;
    SenderSettings sender{};

    bool operator==(const SenderGroup&) const = default;
};

}  // namespace twofifty::harness
