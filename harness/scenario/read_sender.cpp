#include "harness/scenario/read_sender.hpp"

#include "harness/scenario/sections.hpp"
#include "settings/value.hpp"

#include <fmt/format.h>

#include <array>

namespace twofifty::harness {
namespace {

using namespace std::chrono_literals;
using settings::Section;

constexpr Duration longest = 24h * 30;

constexpr std::array<std::string_view, 20> keys{"timeouts",
                                                "timer",
                                                "connections",
                                                "initial_connections",
                                                "concurrency_growth",
                                                "messages_per_connection",
                                                "idle",
                                                "recipients_per_transaction",
                                                "next_host",
                                                "hosts_per_attempt",
                                                "unknown_blames",
                                                "backoff",
                                                "retry",
                                                "helo",
                                                "after_timeout",
                                                "message_id",
                                                "resend",
                                                "pipelining",
                                                "chunking",
                                                "chunk_size"};

constexpr std::array timed_phases{Phase::connect,   Phase::greeting,  Phase::helo, Phase::starttls,
                                  Phase::auth,      Phase::mail,      Phase::rcpt, Phase::data_init,
                                  Phase::data_xfer, Phase::data_done, Phase::rset, Phase::quit};

template <class Integer>
void take(const std::optional<std::int64_t>& read, Integer& setting) {
    if (read) setting = static_cast<Integer>(*read);
}

/// One time for everything, or a table phase by phase.
void read_timeouts(Section& sender, smtp::Timeouts& result) {
    const settings::Value* const value = sender.value("timeouts");
    if (value == nullptr) return;
    if (!std::holds_alternative<settings::Table>(value->data)) {
        const Duration all = *sender.duration("timeouts", 1ms, longest);
        for (const Phase phase : timed_phases) result[phase] = all;
        return;
    }
    Section timeouts = sender.section("timeouts");
    for (const Phase phase : timed_phases)
        if (const auto time = timeouts.duration(to_string(phase), 1ms, longest))
            result[phase] = *time;
    timeouts.finish();
}

void read_concurrency(Section& sender, SenderSettings& result) {
    take(sender.count("connections", 1, 10'000), result.connections);
    if (const auto initial = sender.count("initial_connections", 1, 10'000)) {
        result.initial_connections = static_cast<std::uint32_t>(*initial);
        if (*initial > result.connections) {
            // A profile that begins with more than the scenario allows begins with what it allows.
            const bool from_elsewhere = sender.place_of("connections").source !=
                                        sender.place_of("initial_connections").source;
            if (!from_elsewhere)
                sender.fail(
                    "initial_connections",
                    fmt::format("{} are more than connections, {}; expected at most as many",
                                *initial, result.connections));
            result.initial_connections = result.connections;
        }
    }
    result.concurrency_growth =
        sender.number("concurrency_growth", 0, 1).value_or(result.concurrency_growth);
    take(sender.count("messages_per_connection", 1, 1'000'000), result.messages_per_connection);
    result.idle = sender.duration("idle", 0s, 24h).value_or(result.idle);
    take(sender.count("recipients_per_transaction", 1, 1000), result.recipients_per_transaction);
}

std::optional<Backoff> read_backoff(Section& sender) {
    const settings::Value* const value = sender.value("backoff");
    if (value == nullptr) return std::nullopt;
    const auto* text = std::get_if<std::string>(&value->data);
    if (text != nullptr && *text == "none") return std::nullopt;
    Section section = sender.section("backoff");
    Backoff result;
    const auto first = section.duration("first", 1ms, longest);
    if (!first)
        section.fail("first",
                     "missing; expected how long a host that failed once is left "
                     "alone, such as \"15s\" (backoff = \"none\": not at all)");
    result.first = *first;
    constexpr std::array<std::string_view, 3> growths{"fixed", "doubling", "quadratic"};
    result.growth = static_cast<Growth>(section.choice("growth", growths).value_or(0));
    result.most = section.duration("most", 1ms, longest).value_or(std::max(result.most, *first));
    if (result.most < result.first) section.fail("most", "is below first; expected at least that");
    section.finish();
    return result;
}

void read_hosts(Section& sender, SenderSettings& result) {
    constexpr std::array<std::string_view, 4> ways{"never", "after_connect", "after_session",
                                                   "after_refusal"};
    if (const auto way = sender.choice("next_host", ways))
        result.next_host = static_cast<NextHost>(*way);
    take(sender.count("hosts_per_attempt", 1, 100), result.hosts_per_attempt);
    constexpr std::array<std::string_view, 2> culprits{"message", "host"};
    result.unknown_blames_host = sender.choice("unknown_blames", culprits).value_or(0) == 1;
    result.backoff = read_backoff(sender);
}

void read_defects(Section& sender, SenderSettings& result) {
    constexpr std::array<std::string_view, 2> farewells{"close", "quit"};
    result.quits_after_timeout = sender.choice("after_timeout", farewells).value_or(0) == 1;
    constexpr std::array<std::string_view, 2> ids{"kept", "new"};
    result.new_message_id = sender.choice("message_id", ids).value_or(0) == 1;
    constexpr std::array<std::string_view, 2> whom{"open", "all"};
    result.resends_to_all = sender.choice("resend", whom).value_or(0) == 1;
}

void read_extensions(Section& sender, SenderSettings& result) {
    result.helo = sender.text("helo").value_or(result.helo);
    if (!is_domain(result.helo))
        sender.fail("helo", fmt::format("{} is no host name; expected such as \"sender.test\"",
                                        settings::toml_text(result.helo)));
    result.pipelining = sender.flag("pipelining").value_or(result.pipelining);
    result.chunking = sender.flag("chunking").value_or(result.chunking);
    result.chunk_size = sender.size("chunk_size", 1, 64ULL << 20).value_or(result.chunk_size);
}

}  // namespace

std::span<const std::string_view> sender_keys() {
    return keys;
}

SenderSettings read_sender(Section& sender) {
    SenderSettings result;
    read_timeouts(sender, result.timeouts);
    constexpr std::array<std::string_view, 3> timers{"per_read", "per_reply", "per_request"};
    if (const auto timer = sender.choice("timer", timers))
        result.timer = static_cast<smtp::Timer>(*timer);
    read_concurrency(sender, result);
    read_hosts(sender, result);
    result.retry = read_retry(sender.section("retry"));
    read_defects(sender, result);
    read_extensions(sender, result);
    return result;
}

}  // namespace twofifty::harness
