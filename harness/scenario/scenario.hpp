// One scenario: one question, one TOML file, as plain structs with every default filled in.
// docs/scenario.md is its manual.
#pragma once

#include "harness/scenario/expectation.hpp"
#include "harness/scenario/sender_settings.hpp"
#include "harness/scenario/sweep.hpp"
#include "netem/rule.hpp"
#include "record/time.hpp"
#include "smtp/tls_options.hpp"
#include "world/distribution.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::harness {

using namespace std::chrono_literals;

enum class Arrivals : std::uint8_t {
    constant,  ///< Open load: one every 1/rate.
    poisson,   ///< Open load: exponential gaps with mean 1/rate.
    closed,    ///< As fast as the connections allow; no rate.
};

/// How the rate changes in the course of a run: it is multiplied by each factor for one step, from
/// the first to the last and again from the first. Empty: it does not change.
struct LoadCurve {
    Duration step{};
    std::vector<double> factors{};

    bool operator==(const LoadCurve&) const = default;
};

struct Credentials {
    std::string user{};
    std::string password{};
    std::string mechanism = "plain";  ///< plain or login.

    bool operator==(const Credentials&) const = default;
};

/// How the fleet comes to TLS, and whom it believes.
struct FleetTls {
    smtp::TlsUse use = smtp::TlsUse::none;
    /// The file of the authorities; empty: any certificate is accepted.
    std::string verify{};
    /// Told to the server, and looked for in its certificate; filled in wherever TLS is used.
    std::string server_name{};
    tls::Versions versions{};

    bool operator==(const FleetTls&) const = default;
};

/// Who sends, how much and how fast.
struct FleetSettings {
    /// Exactly one of the two is set.
    std::optional<std::uint64_t> messages{};
    std::optional<Duration> duration{};
    Arrivals arrivals = Arrivals::closed;  ///< constant where a rate is given.
    double rate = 0;  ///< Messages per second, all senders together; 0 with closed arrivals.
    LoadCurve load_curve{};
    std::optional<Credentials> auth{};
    FleetTls tls{};
    std::vector<SenderGroup> groups{SenderGroup{}};  ///< At least one.

    /// Of a fleet whose senders are all alike.
    SenderSettings& sender() { return groups.front().sender; }
    const SenderSettings& sender() const { return groups.front().sender; }

    bool operator==(const FleetSettings&) const = default;
};

struct MessageSettings {
    world::Distribution size{
        .a = 8192};                ///< Bytes of the whole message on the wire, before dot-stuffing.
    std::string corpus{};          ///< A path or pattern of .eml files; empty: generated text.
    std::uint32_t recipients = 1;  ///< Per message.
    std::vector<std::string>
        to{};  ///< Addresses named explicitly, used in turn; empty: r1@recipient.test, ...
    std::string sender_domain = "sender.test";

    bool operator==(const MessageSettings&) const = default;
};

enum class Protocol : std::uint8_t { smtp, lmtp };

/// How the reference receiver calls itself.
inline constexpr std::string_view reference_hostname = "receiver.test";

/// What the reference receiver offers of TLS: none, starttls or implicit.
struct ReferenceTls {
    smtp::TlsUse use = smtp::TlsUse::none;
    std::string certificate{};  ///< The files; empty: a certificate is made at the start.
    std::string key{};
    tls::Versions versions{};

    bool operator==(const ReferenceTls&) const = default;
};

/// What the reference receiver does.
struct ReferenceSettings {
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

    bool operator==(const ReferenceSettings&) const = default;
};

struct TargetSettings {
    std::string server = "reference";  ///< or empty, where address is set.
    std::string address{};             ///< host:port of a server that already runs.
    Protocol protocol = Protocol::smtp;
    bool direct = false;    ///< Leave the impairment layer out.
    std::string maildir{};  ///< Where copies appear, for a real server; "{recipient}" and "{user}"
                            ///< stand for the address and its local part.
    ReferenceSettings reference{};  ///< [target.reference]

    bool operator==(const TargetSettings&) const = default;
};

/// What the impairment layer does with TLS.
struct LayerSettings {
    /// It ends TLS and begins it anew, so that it sees replies; else it passes on what it cannot
    /// read, and only effects on the stream act there.
    bool terminates_tls = true;
    std::string certificate{};  ///< The files it shows clients; empty: a certificate is made.
    std::string key{};
    std::string verify{};  ///< Authorities that it believes the server by; empty: any certificate.

    bool operator==(const LayerSettings&) const = default;
};

struct DrainSettings {
    Duration quiet_for = 2s;       ///< No new copy and no queued message for so long, or
    Duration budget = 10min;       ///< at most so long after the load.
    bool heal_after_load = false;  ///< heal = "after_load": rules end with the load.

    bool operator==(const DrainSettings&) const = default;
};

/// Only for --virtual: what the network between the parts is like.
struct VirtualSettings {
    Duration latency = 100us;  ///< One way, on each connection.

    bool operator==(const VirtualSettings&) const = default;
};

struct Scenario {
    std::string name{};
    std::string question{};  ///< The first comment of the file.
    std::uint64_t seed = 1;
    FleetSettings fleet{};
    MessageSettings message{};
    TargetSettings target{};
    LayerSettings layer{};
    std::vector<netem::Rule> rules{};
    DrainSettings drain{};
    VirtualSettings virtual_network{};
    std::vector<Expectation> expectations{};
    /// Figures of the profiles that nobody knows, and that this scenario relies on, in sentences.
    std::vector<std::string> assumptions{};
    std::optional<Sweep> sweep{};

    bool operator==(const Scenario&) const = default;
};

}  // namespace twofifty::harness
