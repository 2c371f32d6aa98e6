// One scenario: one question, one TOML file, as plain structs with every default filled in.
// docs/scenario.md is its manual.
#pragma once

#include "harness/scenario/expectation.hpp"
#include "harness/scenario/fault.hpp"
#include "harness/scenario/receiver_settings.hpp"
#include "harness/scenario/sender_settings.hpp"
#include "harness/scenario/sweep.hpp"
#include "netem/rule.hpp"
#include "record/time.hpp"
#include "smtp/tls_options.hpp"
#include "world/distribution.hpp"

#include <cstdint>
#include <optional>
#include <span>
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

/// The domain of generated recipients: one that no one can own.
inline constexpr std::string_view generated_domain = "recipient.test";

struct MessageSettings {
    world::Distribution size{
        .a = 8192};                ///< Bytes of the whole message on the wire, before dot-stuffing.
    std::string corpus{};          ///< A path or pattern of .eml files; empty: generated text.
    std::uint32_t recipients = 1;  ///< Per message.
    std::vector<std::string>
        to{};  ///< Addresses named explicitly, used in turn; empty: r1@recipient.test, ...
    /// In lower case. Message k goes to the ((k - 1) mod n)-th, all its recipients there.
    std::vector<std::string> domains{};
    std::string sender{};  ///< The envelope sender of every message; empty: each has its own, with
                           ///< the token, in sender_domain.
    std::string sender_domain = "sender.test";

    bool operator==(const MessageSettings&) const = default;
};

struct TargetSettings {
    std::string server = "reference";  ///< Servers of this run; empty, where address is set.
    std::string address{};             ///< host:port of a server that already runs.
    Protocol protocol = Protocol::smtp;
    bool direct = false;    ///< Leave the impairment layer out.
    std::string maildir{};  ///< Where copies appear, for a real server; "{recipient}" and "{user}"
                            ///< stand for the address and its local part.
    ReceiverSettings reference{};  ///< [target.reference]: the only one, or the others' defaults.
    std::vector<ReceiverSettings> named{};  ///< [[target.receiver]]
    /// How often the receivers' queues are looked at; 0: never.
    Duration sample_every = 1min;

    /// The receivers that are started. Events name each by its place, from 1.
    std::span<const ReceiverSettings> receivers() const {
        if (server.empty()) return {};
        return named.empty() ? std::span(&reference, 1) : std::span(named);
    }

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
    Duration quiet_for = 2s;  ///< No new copy, no queued message, no reply owed for so long, or
    Duration budget = 10min;  ///< at most so long after the load.
    bool heal_after_load = false;  ///< heal = "after_load": rules end with the load.

    bool operator==(const DrainSettings&) const = default;
};

/// Only for --virtual: what the network between the parts is like.
struct VirtualSettings {
    Duration latency = 100us;  ///< One way, on each connection.

    bool operator==(const VirtualSettings&) const = default;
};

/// How often the queues of real servers are looked at, unless said otherwise: a run's end waits for
/// them.
inline constexpr Duration real_sample_every = 1s;

/// How [sender] is called among the servers of a run.
inline constexpr std::string_view sender_name = "sender";

struct Scenario {
    std::string name{};
    std::string question{};  ///< The first comment of the file.
    std::uint64_t seed = 1;
    FleetSettings fleet{};
    MessageSettings message{};
    TargetSettings target{};
    ServerSettings sender{};  ///< A real server that the fleet's mail goes through.
    std::vector<Fault> faults{};
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
