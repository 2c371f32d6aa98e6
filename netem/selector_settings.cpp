#include "netem/selector_settings.hpp"

#include "settings/units.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <vector>

namespace twofifty::netem {
namespace {

using settings::Section;
using settings::Value;

constexpr std::string_view any_phase = "any";
constexpr std::array rule_phases{Phase::greeting,  Phase::helo, Phase::starttls,  Phase::auth,
                                 Phase::mail,      Phase::rcpt, Phase::data_init, Phase::data_xfer,
                                 Phase::data_done, Phase::rset, Phase::quit,      Phase::other};
constexpr std::array<std::string_view, 2> scope_names{"message", "run"};
constexpr std::int64_t largest_count = 1'000'000'000;
constexpr Duration longest = std::chrono::hours{24 * 365};

Phase read_phase(Section& when) {
    std::array<std::string_view, rule_phases.size() + 1> names;
    std::ranges::transform(rule_phases, names.begin(),
                           [](Phase phase) { return to_string(phase); });
    names.back() = any_phase;
    const Value* written = when.value("phase");
    const auto* text = written ? std::get_if<std::string>(&written->data) : nullptr;
    if (text && *text == to_string(Phase::connect))
        when.fail("phase", "a connection that opens has no reply; expected \"greeting\"");
    const std::optional<std::size_t> index = when.choice("phase", names);
    if (!index) when.fail("phase", "missing; expected such as phase = \"data_done\"");
    return *index == rule_phases.size() ? Phase::none : rule_phases[*index];
}

/// "any" is 0, "2xx" is 2, "250" is 250.
std::optional<int> parse_reply(std::string_view text) {
    if (text == "any") return 0;
    if (text.size() != 3 || text[0] < '2' || text[0] > '5') return std::nullopt;
    const int first = text[0] - '0';
    if (text.substr(1) == "xx") return first;
    if (text[1] < '0' || text[1] > '9' || text[2] < '0' || text[2] > '9') return std::nullopt;
    return first * 100 + (text[1] - '0') * 10 + (text[2] - '0');
}

int read_reply(Section& when, Phase phase) {
    const std::optional<std::string> text = when.text("reply");
    if (!text) return 0;
    const std::optional<int> reply = parse_reply(*text);
    if (!reply)
        when.fail("reply", fmt::format("expected a class \"2xx\" to \"5xx\", a code such as "
                                       "\"250\", or \"any\", found {}",
                                       settings::toml_text(*text)));
    if (*reply != 0 && phase == Phase::data_xfer)
        when.fail("reply",
                  "contradicts phase = \"data_xfer\": no reply has been given yet when the rule "
                  "acts, in front of the final dot; remove it, or expected phase = \"data_done\"");
    const int reply_class = *reply >= 100 ? *reply / 100 : *reply;
    if (reply_class == 3 && phase != Phase::data_init && phase != Phase::auth &&
        phase != Phase::none && phase != Phase::other)
        when.fail("reply", fmt::format("no 3xx reply exists in phase {}; expected phase = "
                                       "\"data_init\" (354) or \"auth\" (334)",
                                       to_string(phase)));
    if (reply_class == 2 && phase == Phase::data_init)
        when.fail("reply", "DATA is never answered by 2xx; expected \"3xx\" or \"354\"");
    return *reply;
}

std::uint32_t read_count(Section& when, std::string_view key) {
    return static_cast<std::uint32_t>(when.count(key, 1, largest_count).value_or(0));
}

std::string read_pattern(Section& when, std::string_view key, std::string_view example) {
    const std::optional<std::string> pattern = when.text(key);
    if (pattern && (pattern->empty() || pattern->size() > 320))
        when.fail(key,
                  fmt::format("expected a pattern of 1 to 320 characters, such as {}", example));
    return pattern.value_or("");
}

/// What belongs to a message cannot be asked where no message is known yet, or any more.
void check_message_conditions(Section& when, Phase phase, bool counts_over_run) {
    const bool in_transaction = phase == Phase::mail || phase == Phase::rcpt ||
                                phase == Phase::data_init || phase == Phase::data_xfer ||
                                phase == Phase::data_done || phase == Phase::none;
    for (const std::string_view key : {"attempt", "sender", "recipient", "transaction"}) {
        if (!when.has(key)) continue;
        if (!in_transaction)
            when.fail(key,
                      fmt::format("no message is known in phase {}; expected a phase from mail "
                                  "to data_done",
                                  to_string(phase)));
        if (key == "recipient" && phase == Phase::mail)
            when.fail(key,
                      "no recipient is known in phase mail; expected a phase from rcpt to "
                      "data_done");
    }
    for (const std::string_view key : {"first", "nth", "every"}) {
        if (when.has(key) && !in_transaction && !counts_over_run)
            when.fail(key,
                      fmt::format("counts per message, and none is known in phase {}; expected "
                                  "scope = \"run\" beside it",
                                  to_string(phase)));
    }
    const bool content_known = phase == Phase::data_xfer || phase == Phase::data_done;
    for (const std::string_view key : {"size_least", "size_most", "ended_by"}) {
        if (when.has(key) && !content_known)
            when.fail(key, fmt::format("no content is known in phase {}; expected phase = "
                                       "\"data_xfer\" or \"data_done\"",
                                       phase == Phase::none ? any_phase : to_string(phase)));
    }
    for (const std::string_view key : {"text", "enhanced"}) {
        if (when.has(key) && phase == Phase::data_xfer)
            when.fail(key, "contradicts phase = \"data_xfer\": no reply has been given yet");
    }
}

void read_counts(Section& when, Selector& result) {
    result.probability = when.number("probability", 0, 1).value_or(1);
    result.first = read_count(when, "first");
    result.nth = read_count(when, "nth");
    result.every_nth = read_count(when, "every");
    for (const auto& [key, other] :
         {std::pair("nth", "first"), std::pair("every", "first"), std::pair("every", "nth")}) {
        if (when.has(key) && when.has(other))
            when.fail(key, fmt::format("contradicts {}; expected one of the two", other));
    }
    result.connection = read_count(when, "connection");
    result.receiver = read_pattern(when, "receiver", "\"mx-*\"");
}

void read_times(Section& when, Selector& result) {
    result.from = when.duration("from", Duration::zero(), longest).value_or(result.from);
    result.until = when.duration("until", Duration{1}, longest).value_or(result.until);
    if (result.until <= result.from)
        when.fail(when.has("until") ? "until" : "from",
                  "the time ends before it begins; expected until to be later than from");
    if (!when.has("on_off")) return;
    Section on_off = when.section("on_off");
    const std::optional<Duration> good = on_off.duration("good", Duration::zero(), longest);
    const std::optional<Duration> bad = on_off.duration("bad", Duration{1}, longest);
    if (!good) on_off.fail("good", "missing; expected the mean length of a good spell");
    if (!bad) on_off.fail("bad", "missing; expected the mean length of a bad spell");
    on_off.finish();
    result.on_off = {*good, *bad};
}

/// The conditions that hold always are left out.
class Parts {
public:
    void count(std::string_view key, std::uint32_t value) {
        if (value != 0) parts_.push_back(fmt::format("{} = {}", key, value));
    }
    void text(std::string_view key, std::string_view value) {
        if (!value.empty())
            parts_.push_back(fmt::format("{} = {}", key, settings::toml_text(value)));
    }
    void plain(std::string part) { parts_.push_back(std::move(part)); }
    std::string table() const { return fmt::format("{{ {} }}", fmt::join(parts_, ", ")); }

private:
    std::vector<std::string> parts_;
};

std::string reply_text(int reply) {
    if (reply == 0) return "any";
    return reply < 10 ? fmt::format("{}xx", reply) : fmt::format("{}", reply);
}

}  // namespace

Selector read_reply_selector(Section when) {
    Selector result;
    result.phase = read_phase(when);
    result.reply = read_reply(when, result.phase);
    result.enhanced = read_pattern(when, "enhanced", "\"4.7.*\"");
    result.text = read_pattern(when, "text", "\"*queued as*\"");
    read_counts(when, result);
    result.attempt = read_count(when, "attempt");
    result.transaction = read_count(when, "transaction");
    result.recipient = read_pattern(when, "recipient", "\"*@example.test\"");
    result.sender = read_pattern(when, "sender", "\"*@example.test\"");
    result.counts_over_run = when.choice("scope", scope_names).value_or(0) == 1;
    result.size_least = when.size("size_least").value_or(result.size_least);
    result.size_most = when.size("size_most").value_or(result.size_most);
    if (result.size_most < result.size_least)
        when.fail("size_most", "is below size_least; expected one above it");
    result.ended_by =
        static_cast<EndOfData>(when.choice("ended_by", end_of_data_names).value_or(0));
    check_message_conditions(when, result.phase, result.counts_over_run);
    read_times(when, result);
    when.finish();
    return result;
}

Selector read_connection_selector(Section when, bool on_stream) {
    Selector result;
    for (const std::string_view key :
         {"phase", "reply", "enhanced", "text", "attempt", "transaction", "recipient", "sender",
          "size_least", "size_most", "ended_by", "scope"}) {
        if (when.has(key))
            when.fail(key, fmt::format("is about replies, and this effect acts on {}; remove it",
                                       on_stream ? "the stream" : "connections"));
    }
    read_counts(when, result);
    result.counts_over_run = true;
    for (const std::string_view key : {"first", "nth", "every"}) {
        if (when.has(key) && when.has("connection"))
            when.fail(key,
                      "contradicts connection: counted are connections, and there is one of "
                      "that number; expected one of the two");
    }
    if (!on_stream && when.has("direction"))
        when.fail("direction", "is about bytes, and this effect acts on connections; remove it");
    if (on_stream)
        result.direction =
            static_cast<Direction>(when.choice("direction", direction_names).value_or(2));
    read_times(when, result);
    when.finish();
    return result;
}

std::string to_toml(const Selector& when, EffectKind kind) {
    Parts parts;
    if (kind == EffectKind::reply) {
        parts.text("phase", when.phase == Phase::none ? any_phase : to_string(when.phase));
        if (when.phase != Phase::data_xfer) parts.text("reply", reply_text(when.reply));
    }
    if (kind == EffectKind::stream)
        parts.text("direction", direction_names[static_cast<std::size_t>(when.direction)]);
    if (kind == EffectKind::reply || when.probability != 1)
        parts.plain(fmt::format("probability = {}", when.probability));
    parts.count("first", when.first);
    parts.count("nth", when.nth);
    parts.count("every", when.every_nth);
    parts.count("connection", when.connection);
    parts.count("transaction", when.transaction);
    parts.count("attempt", when.attempt);
    parts.text("recipient", when.recipient);
    parts.text("sender", when.sender);
    parts.text("receiver", when.receiver);
    parts.text("enhanced", when.enhanced);
    parts.text("text", when.text);
    if (when.size_least != 0) parts.text("size_least", settings::format_size(when.size_least));
    if (when.size_most != UINT64_MAX)
        parts.text("size_most", settings::format_size(when.size_most));
    if (when.ended_by != EndOfData::any)
        parts.text("ended_by", end_of_data_names[static_cast<std::size_t>(when.ended_by)]);
    if (when.from != Duration::zero()) parts.text("from", settings::format_duration(when.from));
    if (when.until != Duration::max()) parts.text("until", settings::format_duration(when.until));
    if (when.on_off.bad != Duration::zero())
        parts.plain(fmt::format("on_off = {{ good = \"{}\", bad = \"{}\" }}",
                                settings::format_duration(when.on_off.good),
                                settings::format_duration(when.on_off.bad)));
    if (kind == EffectKind::reply) parts.text("scope", when.counts_over_run ? "run" : "message");
    return parts.table();
}

}  // namespace twofifty::netem
