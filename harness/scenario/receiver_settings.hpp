// What one receiving server does, as plain data with every default filled in: [target.reference],
// and each [[target.receiver]], which takes its defaults from there.
#pragma once

#include "harness/scenario/credentials.hpp"
#include "smtp/tls_options.hpp"
#include "world/distribution.hpp"

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

struct ReceiverSettings {
    std::string name = "receiver";
    std::vector<std::string> domains{};  ///< In lower case, whose mail it takes; empty: of all.
    std::uint32_t preference = 10;       ///< As in an MX record: the lower, the sooner tried.
    std::string listen = "127.0.0.1:0";
    world::Distribution service_time{};  ///< End of data to the commit and its reply.
    std::uint32_t workers = 0;  ///< Messages served at once, the others wait in turn; 0: no limit.
    std::uint64_t max_size = 64ULL << 20;
    std::uint32_t max_recipients = 100;  ///< Per transaction (RFC 5321 4.5.3.1.8: at least 100).
    bool pipelining = true;
    bool chunking = true;
    bool eight_bit_mime = true;
    bool size = true;
    bool ehlo = true;                   ///< false: knows HELO only.
    std::optional<Credentials> auth{};  ///< Offered and required where set.
    ReferenceTls tls{};

    bool operator==(const ReceiverSettings&) const = default;
};

}  // namespace twofifty::harness
