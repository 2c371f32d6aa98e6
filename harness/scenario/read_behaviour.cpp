// What a receiver does between the end of data and its reply, and whom it refuses.
#include "harness/scenario/receiver_keys.hpp"
#include "netem/distribution_settings.hpp"
#include "record/text.hpp"
#include "settings/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace twofifty::harness {
namespace {

using settings::Section;
using settings::Value;

constexpr Duration longest = std::chrono::hours{24 * 30};
constexpr Duration longest_window = std::chrono::hours{24 * 365};
constexpr std::size_t longest_reply = 510;
constexpr std::size_t most_points = 100;
constexpr std::size_t most_forwards = 100;
constexpr std::int64_t most_waiting = 1'000'000;

constexpr std::array<std::string_view, 2> commit_names{"after_work", "before_work"};
constexpr std::array<std::string_view, 2> gone_client_names{"delivers", "discards"};
constexpr std::array<std::string_view, 3> refusal_names{"connect", "mail", "data_done"};
constexpr std::array<std::string_view, 2> suppress_names{"message_id", "message_id_and_date"};

template <class Read, class Wanted>
void take(std::optional<Read> read, Wanted& value) {
    if (read) value = static_cast<Wanted>(*std::move(read));
}

Duration must_have(Section& section, std::string_view key, Duration least, Duration most,
                   std::string_view example) {
    const std::optional<Duration> value = section.duration(key, least, most);
    if (!value)
        section.fail(key, fmt::format("missing; expected such as {} = \"{}\"", key, example));
    return *value;
}

/// A reply that refuses: 4xx or 5xx, and its text, in one line.
void read_refusal(Section& section, std::string& reply, std::string_view example) {
    take(section.text("reply"), reply);
    const bool code = reply.size() >= 3 && (reply[0] == '4' || reply[0] == '5') &&
                      is_digit(reply[1]) && is_digit(reply[2]) &&
                      (reply.size() == 3 || reply[3] == ' ');
    const bool line = reply.size() <= longest_reply &&
                      std::ranges::all_of(reply, [](char c) { return c >= ' ' && c <= '~'; });
    if (!code || !line)
        section.fail("reply", fmt::format("{} is no refusal; expected one line of 4xx or 5xx and a "
                                          "text, such as \"{}\"",
                                          settings::toml_text(reply), example));
}

constexpr std::string_view points_expected =
    "expected 2 to 100 pairs of a size and a time, sizes rising, such as [[\"50KB\", \"29s\"], "
    "[\"100KB\", \"55s\"]]";

SizePoint read_point(Section& section, const Value& value) {
    const auto* pair = std::get_if<settings::List>(&value.data);
    if (!pair || pair->size() != 2) section.fail("service_by_size", std::string(points_expected));
    const auto* size = std::get_if<std::string>(&(*pair)[0].data);
    const auto* time = std::get_if<std::string>(&(*pair)[1].data);
    const auto bytes = size ? settings::parse_size(*size) : std::nullopt;
    const auto duration = time ? settings::parse_duration(*time) : std::nullopt;
    if (!bytes || !duration || *duration > longest)
        section.fail("service_by_size", std::string(points_expected));
    return {.size = *bytes, .time = *duration};
}

void read_service_by_size(Section& section, std::vector<SizePoint>& points) {
    const Value* const written = section.value("service_by_size");
    if (!written) return;
    const auto* list = std::get_if<settings::List>(&written->data);
    if (!list) section.fail("service_by_size", std::string(points_expected));
    points.clear();
    for (const Value& value : *list) points.push_back(read_point(section, value));
    const auto falls = std::ranges::adjacent_find(
        points, [](const SizePoint& one, const SizePoint& next) { return next.size <= one.size; });
    const bool fine = points.empty() || (points.size() >= 2 && points.size() <= most_points);
    if (!fine || falls != points.end())
        section.fail("service_by_size", std::string(points_expected));
}

void read_stalls(Section& section, std::optional<Stalls>& result) {
    if (!section.has("stalls")) return;
    Section stalls = section.section("stalls");
    Stalls read{.every = must_have(stalls, "every", Duration{1}, longest_window, "1h"),
                .lasting = must_have(stalls, "lasting", Duration{1}, longest_window, "3m")};
    read.first = stalls.duration("first", Duration{}, longest_window).value_or(read.every);
    if (read.lasting >= read.every)
        stalls.fail("lasting", "leaves no time to work; expected less than every");
    stalls.finish();
    result = read;
}

void read_refuse(Section& section, std::optional<Refusal>& result) {
    if (!section.has("refuse")) return;
    Section refuse = section.section("refuse");
    Refusal read;
    take(refuse.count("waiting", 1, most_waiting), read.waiting);
    if (read.waiting == 0) refuse.fail("waiting", "missing; expected such as waiting = 50");
    const std::optional<std::size_t> where = refuse.choice("phase", refusal_names);
    if (!where) refuse.fail("phase", "missing; expected such as phase = \"data_done\"");
    read.where = static_cast<Refusal::Where>(*where);
    read.reply = read.where == Refusal::Where::connect ? "421 4.3.2 Too busy, come again later"
                                                       : "451 4.3.2 Too busy, come again later";
    read_refusal(refuse, read.reply, read.reply);
    refuse.finish();
    result = read;
}

void read_greylist(Section& section, std::optional<GreylistSettings>& result) {
    if (!section.has("greylist")) return;
    Section greylist = section.section("greylist");
    GreylistSettings read;
    read.delay = must_have(greylist, "delay", Duration{1}, longest, "5m");
    read_refusal(greylist, read.reply, read.reply);
    take(greylist.duration("window", Duration{1}, longest_window), read.window);
    if (read.window <= read.delay)
        greylist.fail(greylist.has("window") ? "window" : "delay",
                      "a pair would be forgotten before it may come; expected window to be longer "
                      "than delay");
    greylist.finish();
    result = read;
}

void read_suppress(Section& section, std::optional<SuppressionSettings>& result) {
    if (!section.has("suppress")) return;
    Section suppress = section.section("suppress");
    const std::optional<std::size_t> key = suppress.choice("key", suppress_names);
    if (!key) suppress.fail("key", "missing; expected such as key = \"message_id\"");
    SuppressionSettings read{.with_date = *key == 1};
    read.window =
        suppress.duration("window", Duration{1}, longest_window).value_or(std::chrono::days{7});
    suppress.finish();
    result = read;
}

void read_forward(Section& section, std::vector<Forward>& result) {
    if (!section.has("forward")) return;
    result.clear();
    for (Section& one : section.sections("forward")) {
        Forward forward{.recipients = one.text("recipients").value_or(""),
                        .to = one.text("to").value_or("")};
        if (forward.recipients.empty() || forward.recipients.size() > 320)
            one.fail("recipients",
                     "expected a pattern of 1 to 320 characters, such as \"*@notes.example\"");
        if (forward.to.empty())
            one.fail("to", "missing or empty; expected the name of another receiver");
        take(one.flag("keep"), forward.keep);
        one.finish();
        result.push_back(std::move(forward));
        if (result.size() > most_forwards)
            one.fail("to", fmt::format("is one forward more than {}", most_forwards));
    }
}

void read_commit(Section& section, ReceiverSettings& result) {
    if (const auto commit = section.choice("commit", commit_names))
        result.commits_before_work = *commit == 1;
    if (const auto gone = section.choice("gone_client", gone_client_names))
        result.discards_for_gone_client = *gone == 1;
    if (section.has("deadline"))
        result.deadline = section.duration("deadline", Duration{1}, longest);
    if (result.commits_before_work && result.deadline)
        section.fail("deadline",
                     "contradicts commit = \"before_work\": what is stored already cannot be "
                     "taken back; remove one");
}

}  // namespace

void read_behaviour(Section& section, ReceiverSettings& result) {
    read_service_by_size(section, result.service_by_size);
    take(section.count("workers", 0, 10'000), result.workers);
    read_stalls(section, result.stalls);
    read_refuse(section, result.refuse);
    read_greylist(section, result.greylist);
    read_suppress(section, result.suppress);
    read_commit(section, result);
    take(section.duration("client_timeout", std::chrono::milliseconds{1}, longest),
         result.client_timeout);
    take(section.count("hop_limit", 1, 10'000), result.hop_limit);
    read_forward(section, result.forward);
    take(section.duration("forward_retry", std::chrono::milliseconds{1}, longest),
         result.forward_retry);
    take(section.duration("forward_timeout", std::chrono::milliseconds{1}, longest),
         result.forward_timeout);
    take(section.duration("forward_lifetime", Duration{}, longest_window), result.forward_lifetime);
}

}  // namespace twofifty::harness
