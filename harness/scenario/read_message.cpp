// [message]: what is sent, and to whom.
#include "harness/scenario/sections.hpp"
#include "netem/distribution_settings.hpp"
#include "record/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

namespace twofifty::harness {
namespace {

using settings::Section;

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

void read_envelope_sender(Section& message, MessageSettings& result) {
    take(message.text("sender"), result.sender);
    if (message.has("sender") && !is_mailbox(result.sender))
        message.fail("sender", fmt::format("{} is no address; expected such as \"a@example.test\"",
                                           settings::toml_text(result.sender)));
    if (message.has("sender") && message.has("sender_domain"))
        message.fail("sender_domain",
                     "contradicts sender, which has a domain; expected one of the two");
    take(message.text("sender_domain"), result.sender_domain);
    if (!is_domain(result.sender_domain))
        message.fail("sender_domain",
                     fmt::format("{} is no domain; expected such as \"sender.test\"",
                                 settings::toml_text(result.sender_domain)));
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
    read_envelope_sender(message, result);
    message.finish();
    return result;
}

}  // namespace twofifty::harness
