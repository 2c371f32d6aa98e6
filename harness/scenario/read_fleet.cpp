// [fleet] and [message]: who sends, how much, how fast, and what.
#include "harness/scenario/sections.hpp"
#include "netem/distribution_settings.hpp"
#include "record/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

namespace twofifty::harness {
namespace {

using settings::Section;

constexpr Duration longest = std::chrono::hours{24 * 30};
constexpr Duration longest_lifetime = std::chrono::hours{24 * 365};
constexpr std::int64_t most_messages = 100'000'000;
constexpr std::size_t longest_schedule = 100;
constexpr std::array<std::string_view, 1> profile_names{"rfc5321"};
constexpr std::array<std::string_view, 3> arrivals_names{"constant", "poisson", "closed"};
constexpr std::array<std::string_view, 2> mechanism_names{"plain", "login"};

template <class Integer>
void take(const std::optional<std::int64_t>& read, Integer& setting) {
    if (read) setting = static_cast<Integer>(*read);
}

template <class Value>
void take(std::optional<Value> read, Value& setting) {
    if (read) setting = std::move(*read);
}

bool is_letter_or_digit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void read_amount(Section& fleet, FleetSettings& result) {
    if (const auto messages = fleet.count("messages", 1, most_messages))
        result.messages = static_cast<std::uint64_t>(*messages);
    result.duration = fleet.duration("duration", 1ms, longest);
    if (!result.messages && !result.duration)
        fleet.fail("messages",
                   "missing; expected a count (messages = 1000) or a time (duration = \"60s\")");
    if (!result.messages || !result.duration) return;
    if (overrides(fleet, "messages", "duration"))
        result.duration.reset();
    else if (overrides(fleet, "duration", "messages"))
        result.messages.reset();
    else
        fleet.fail("duration", "contradicts messages; expected one of the two");
}

void read_arrivals(Section& fleet, FleetSettings& result) {
    const std::optional<double> rate = fleet.rate("rate");
    const std::optional<std::size_t> arrivals = fleet.choice("arrivals", arrivals_names);
    result.rate = rate.value_or(0);
    result.arrivals = rate ? Arrivals::constant : Arrivals::closed;
    if (!arrivals) return;
    result.arrivals = static_cast<Arrivals>(*arrivals);
    if (result.arrivals == Arrivals::closed && rate) {
        if (overrides(fleet, "arrivals", "rate"))
            result.rate = 0;
        else if (overrides(fleet, "rate", "arrivals"))
            result.arrivals = Arrivals::constant;
        else
            fleet.fail("rate",
                       "contradicts arrivals = \"closed\", which sends as fast as the connections "
                       "allow; remove one of the two");
    }
    if (result.arrivals != Arrivals::closed && !rate)
        fleet.fail("arrivals", "needs a rate, such as rate = \"200/s\"");
}

/// A duration at a rate is a number of messages too.
void check_amount(Section& fleet, const FleetSettings& result) {
    if (!result.duration || result.rate == 0) return;
    const double messages = result.rate * to_seconds(*result.duration);
    if (messages > static_cast<double>(most_messages))
        fleet.fail("rate",
                   fmt::format("makes {:.0f} messages in that duration; expected {} at most",
                               messages, most_messages));
    if (messages < 1)
        fleet.fail("duration",
                   "is too short for one message at that rate; expected at least 1/rate");
}

void read_timeouts(Section timeouts, smtp::Timeouts& result) {
    for (const Phase phase : {Phase::connect, Phase::greeting, Phase::helo, Phase::starttls,
                              Phase::auth, Phase::mail, Phase::rcpt, Phase::data_init,
                              Phase::data_xfer, Phase::data_done, Phase::rset, Phase::quit})
        take(timeouts.duration(to_string(phase), 1ms, longest), result[phase]);
    timeouts.finish();
}

void read_retry(Section retry, Retry& result) {
    // An interval of 0 would try again for ever in no time.
    take(retry.durations("schedule", 1ms, longest), result.schedule);
    if (result.schedule.empty() || result.schedule.size() > longest_schedule)
        retry.fail("schedule", fmt::format("expected 1 to {} intervals, such as [\"1s\", \"2s\"]; "
                                           "lifetime = \"0s\" is a sender that never tries again",
                                           longest_schedule));
    take(retry.duration("lifetime", 0s, longest_lifetime), result.lifetime);
    retry.finish();
}

bool is_mailbox(std::string_view text) {
    const std::size_t at_sign = text.rfind('@');
    if (at_sign == std::string_view::npos || at_sign == 0 || at_sign > 64) return false;
    const std::string_view local = text.substr(0, at_sign);
    const bool plain = std::ranges::all_of(local, [](char c) {
        // RFC 5321 4.1.2, atext.
        return is_letter_or_digit(c) ||
               std::string_view("!#$%&'*+-/=?^_`{|}~.").find(c) != std::string_view::npos;
    });
    const bool dots_inside = !local.starts_with('.') && !local.ends_with('.') &&
                             local.find("..") == std::string_view::npos;
    return plain && dots_inside && is_domain(text.substr(at_sign + 1));
}

void read_recipients(Section& message, MessageSettings& result) {
    take(message.count("recipients", 1, 1000), result.recipients);
    take(message.texts("to"), result.to);
    std::set<std::string> seen;
    for (const std::string& address : result.to) {
        if (!is_mailbox(address))
            message.fail("to", fmt::format("{} is no address; expected such as \"a@example.test\"",
                                           settings::toml_text(address)));
        std::string lower = address;
        for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        if (!seen.insert(lower).second)
            message.fail("to", fmt::format("{} stands there twice; expected each address once",
                                           settings::toml_text(address)));
    }
    take(message.texts("domains"), result.domains);
    if (message.has("domains")) check_domains(message, "domains", result.domains);
    if (message.has("domains") && message.has("to"))
        message.fail("domains",
                     "contradicts to, whose addresses have their own domains; expected one of "
                     "the two");
    if (!result.to.empty() && result.recipients > result.to.size())
        message.fail(message.has("recipients") ? "recipients" : "to",
                     fmt::format("each message has {} recipients, and {} are named in to; expected "
                                 "at least as many",
                                 result.recipients, result.to.size()));
}

}  // namespace

bool is_domain(std::string_view text) {
    if (text.empty() || text.size() > 255) return false;
    std::size_t begin = 0;
    while (begin <= text.size()) {
        const std::size_t dot = std::min(text.find('.', begin), text.size());
        const std::string_view label = text.substr(begin, dot - begin);
        if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-')
            return false;
        if (!std::ranges::all_of(label, [](char c) { return is_letter_or_digit(c) || c == '-'; }))
            return false;
        begin = dot + 1;
    }
    return true;
}

void check_domains(Section& section, std::string_view key, std::vector<std::string>& domains) {
    if (domains.empty()) section.fail(key, "is empty; expected such as [\"a.test\", \"b.test\"]");
    std::set<std::string> seen;
    for (std::string& domain : domains) {
        if (!is_domain(domain))
            section.fail(key, fmt::format("{} is no domain; expected such as \"example.test\"",
                                          settings::toml_text(domain)));
        std::ranges::transform(domain, domain.begin(), lower);
        if (!seen.insert(domain).second)
            section.fail(key, fmt::format("{} stands there twice; expected each domain once",
                                          settings::toml_text(domain)));
    }
}

bool overrides(Section& section, std::string_view stronger, std::string_view weaker) {
    const settings::Value* strong = section.value(stronger);
    const settings::Value* weak = section.value(weaker);
    return strong && weak && strong->place.line == 0 && weak->place.line != 0;
}

std::optional<Credentials> read_credentials(Section& section, std::string_view key) {
    if (!section.has(key)) return std::nullopt;
    Section auth = section.section(key);
    Credentials result;
    result.user = auth.text("user").value_or("");
    result.password = auth.text("password").value_or("");
    if (result.user.empty()) auth.fail("user", "missing or empty; expected a user's name");
    if (result.password.empty()) auth.fail("password", "missing or empty; expected a password");
    for (const std::string_view part : {"user", "password"}) {
        const std::string& text = part == "user" ? result.user : result.password;
        // RFC 4616: the parts are separated by NUL, and 255 octets are enough for each.
        if (text.size() > 255 || text.find('\0') != std::string::npos)
            auth.fail(part, "expected at most 255 bytes, none of them NUL");
    }
    if (const auto mechanism = auth.choice("mechanism", mechanism_names))
        result.mechanism = mechanism_names[*mechanism];
    auth.finish();
    return result;
}

FleetSettings read_fleet(Section fleet, const std::string& folder) {
    FleetSettings result;
    take(fleet.count("senders", 1, 10'000), result.senders);
    if (const auto profile = fleet.choice("profile", profile_names))
        result.profile = profile_names[*profile];
    read_amount(fleet, result);
    read_arrivals(fleet, result);
    check_amount(fleet, result);
    take(fleet.count("connections", 1, 10'000), result.connections);
    take(fleet.count("messages_per_connection", 1, 1'000'000), result.messages_per_connection);
    take(fleet.duration("idle", 0s, 24h), result.idle);
    read_timeouts(fleet.section("timeouts"), result.timeouts);
    read_retry(fleet.section("retry"), result.retry);
    constexpr std::array<std::string_view, 2> farewells{"close", "quit"};
    result.quits_after_timeout = fleet.choice("after_timeout", farewells).value_or(0) == 1;
    take(fleet.text("helo"), result.helo);
    if (!is_domain(result.helo))
        fleet.fail("helo", fmt::format("{} is no host name; expected such as \"sender.test\"",
                                       settings::toml_text(result.helo)));
    take(fleet.flag("pipelining"), result.pipelining);
    take(fleet.flag("chunking"), result.chunking);
    take(fleet.size("chunk_size", 1, 64ULL << 20), result.chunk_size);
    result.auth = read_credentials(fleet, "auth");
    result.tls = read_fleet_tls(fleet, folder);
    fleet.finish();
    return result;
}

MessageSettings read_message(Section message, const std::string& folder) {
    MessageSettings result;
    result.size = netem::read_distribution(message, "size", netem::Quantity::size,
                                           {.least = 1, .most = 1ULL << 30}, result.size);
    take(message.text("corpus"), result.corpus);
    if (message.has("corpus")) {
        if (result.corpus.empty())
            message.fail("corpus", "is empty; expected a path such as \"mail/*.eml\"");
        if (message.has("size"))
            message.fail("size",
                         "contradicts corpus, whose files have their own sizes; remove one "
                         "of the two");
        // The resolved scenario is kept elsewhere, and must still name the same files.
        result.corpus = std::filesystem::absolute(std::filesystem::path(folder) / result.corpus)
                            .lexically_normal()
                            .string();
    }
    read_recipients(message, result);
    take(message.text("sender_domain"), result.sender_domain);
    if (!is_domain(result.sender_domain))
        message.fail("sender_domain",
                     fmt::format("{} is no domain; expected such as \"sender.test\"",
                                 settings::toml_text(result.sender_domain)));
    message.finish();
    return result;
}

}  // namespace twofifty::harness
