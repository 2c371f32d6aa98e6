// What one receiving server does, as plain data with every default filled in: [target.reference],
// and each [[target.receiver]], which takes its defaults from there.
#pragma once

#include "harness/scenario/credentials.hpp"
#include "harness/scenario/server_settings.hpp"
#include "record/time.hpp"
#include "smtp/tls_options.hpp"
#include "world/distribution.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::harness {

/// How a reference receiver calls itself that has no name of its own.
inline constexpr std::string_view reference_hostname = "receiver.test";

/// What a reference receiver offers of TLS: none, starttls or implicit.
struct ReferenceTls {
    smtp::TlsUse use = smtp::TlsUse::none;
    std::string certificate{};  ///< The files; empty: a certificate is made at the start.
    std::string key{};
    tls::Versions versions{};

    bool operator==(const ReferenceTls&) const = default;
};

/// A message of this size takes so long, beside its service time.
struct SizePoint {
    std::uint64_t size = 0;
    Duration time{};

    bool operator==(const SizePoint&) const = default;
};

/// Times in which nobody works: from `first`, and again in every period. 0 < lasting < every.
struct Stalls {
    Duration every{};
    Duration lasting{};
    Duration first{};

    bool operator==(const Stalls&) const = default;
};

/// Refuses while so many messages are unanswered.
struct Refusal {
    enum class Where : std::uint8_t { connect, mail, data_done };

    std::uint32_t waiting = 0;
    Where where = Where::data_done;
    std::string reply{};

    bool operator==(const Refusal&) const = default;
};

/// A pair of sender and recipient is refused until `delay` after it was seen first, and is
/// forgotten when nothing came of it within `window`.
struct GreylistSettings {
    Duration delay{};
    std::string reply = "451 4.7.1 Greylisted, come again later";
    Duration window = std::chrono::hours{24};

    bool operator==(const GreylistSettings&) const = default;
};

/// A recipient gets one message of a Message-ID (and Date) within the window.
struct SuppressionSettings {
    bool with_date = false;
    Duration window{};

    bool operator==(const SuppressionSettings&) const = default;
};

/// Mail for these recipients is handed on to another receiver.
struct Forward {
    std::string recipients{};  ///< A pattern.
    std::string to{};          ///< The other's name.
    bool keep = false;         ///< It is delivered here as well.

    bool operator==(const Forward&) const = default;
};

enum class Protocol : std::uint8_t { smtp, lmtp };

struct ReceiverSettings {
    std::string name = "receiver";
    ServerSettings real{};  ///< A real server; then most of what follows is not its concern.
    Protocol protocol = Protocol::smtp;
    bool inner = false;  ///< Only other receivers hand it mail: it names no domain, they name it.
    std::string profile{};               ///< Whose figures are its defaults; empty: nobody's.
    std::vector<std::string> domains{};  ///< In lower case, whose mail it takes; empty: of all.
    std::uint32_t preference = 10;       ///< As in an MX record: the lower, the sooner tried.
    std::string listen = "127.0.0.1:0";
    world::Distribution service_time{};        ///< End of data to the commit and its reply.
    std::vector<SizePoint> service_by_size{};  ///< Added to it; by size. Empty: nothing.
    std::uint32_t workers = 0;  ///< Messages served at once, the others wait in turn; 0: no limit.
    std::optional<Stalls> stalls{};
    std::optional<Refusal> refuse{};
    std::optional<GreylistSettings> greylist{};
    std::optional<SuppressionSettings> suppress{};
    bool commits_before_work = false;  ///< The copy is stored at the end of data.
    bool discards_for_gone_client = false;
    std::optional<Duration> deadline{};                 ///< What took longer is not accepted.
    Duration client_timeout = std::chrono::minutes{5};  ///< For a command, or more content.
    std::uint32_t hop_limit = 100;                      ///< Received headers.
    std::vector<Forward> forward{};                     ///< The first that fits a recipient.
    Duration forward_retry = std::chrono::minutes{5};
    Duration forward_timeout = std::chrono::minutes{10};  ///< data_done.
    Duration forward_lifetime = std::chrono::hours{24};
    std::uint64_t max_size = 64ULL << 20;
    std::uint32_t max_recipients = 100;  ///< Per transaction (RFC 5321 4.5.3.1.8: at least 100).
    bool pipelining = true;
    bool chunking = true;
    bool eight_bit_mime = true;
    bool size = true;
    bool ehlo = true;                   ///< false: knows HELO only.
    std::optional<Credentials> auth{};  ///< Offered and required where set.
    ReferenceTls tls{};

    bool is_real() const { return !real.server.empty(); }

    bool operator==(const ReceiverSettings&) const = default;
};

}  // namespace twofifty::harness
