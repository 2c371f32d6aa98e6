#include "harness/fleet/message_factory.hpp"

#include "harness/scenario/corpus.hpp"
#include "record/content_digest.hpp"
#include "record/text.hpp"
#include "record/token.hpp"
#include "world/random.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <stdexcept>

namespace twofifty::harness {
namespace {

/// Lines of generated text are so long, CRLF included.
constexpr std::size_t line_size = 78;
constexpr std::size_t filler_lines = 512;
/// A body never shrinks below its token line and this.
constexpr std::size_t least_filler = 2;

std::string make_filler() {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789 ";
    std::string filler;
    for (std::size_t line = 0; line < filler_lines; ++line) {
        for (std::size_t i = 0; i < line_size - 2; ++i)
            filler += letters[(line * 7 + i) % letters.size()];
        filler += "\r\n";
    }
    return filler;
}

/// Two copies of one corpus file are two messages: each gets a Message-ID of its own.
std::string without_message_id(std::string_view headers) {
    std::string kept;
    bool dropping = false;
    while (!headers.empty()) {
        const std::string_view line = headers.substr(0, headers.find("\r\n") + 2);
        headers.remove_prefix(line.size());
        const bool continues = line.front() == ' ' || line.front() == '\t';
        if (!continues) dropping = starts_with_ignoring_case(line, "Message-ID:");
        if (!dropping) kept += line;
    }
    return kept;
}

std::string variant_mark(std::uint32_t variant) {
    return variant == 0 ? std::string() : ".v" + std::to_string(variant);
}

std::string token_line(std::string_view token) {
    return std::string("twofifty token ").append(token).append("\r\n");
}

/// The two headers by which a copy is known again. Their size does not depend on the digest.
std::string marks(std::string_view token, std::uint64_t digest) {
    std::string lines;
    lines.append(token_header).append(": ").append(token).append("\r\n");
    lines.append(digest_header).append(": ");
    constexpr std::string_view digits = "0123456789abcdef";
    for (int shift = 60; shift >= 0; shift -= 4) lines += digits[(digest >> shift) & 0xf];
    return lines.append("\r\n");
}

}  // namespace

AddressBook make_address_book(const MessageSettings& settings) {
    if (!settings.to.empty()) return AddressBook(settings.to);
    std::vector<std::string> generated;
    std::vector<std::string> domains = settings.domains;
    if (domains.empty()) domains.emplace_back(generated_domain);
    // A message's recipients stand in a row, so that each message goes to the next domain.
    for (const std::string& domain : domains)
        for (std::uint32_t i = 1; i <= settings.recipients; ++i)
            generated.push_back(fmt::format("r{}@{}", i, domain));
    return AddressBook(generated);
}

std::vector<std::uint32_t> recipients_of(std::uint32_t ordinal, const MessageSettings& settings,
                                         const AddressBook& book) {
    const std::uint32_t count = std::min(settings.recipients, book.size());
    std::vector<std::uint32_t> numbers;
    numbers.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::uint64_t place = (std::uint64_t{ordinal} - 1) * count + i;
        numbers.push_back(static_cast<std::uint32_t>(place % book.size() + 1));
    }
    return numbers;
}

MessageFactory::MessageFactory(const MessageSettings& settings, const AddressBook& book,
                               std::uint64_t seed, std::string run_id, std::int64_t date)
    : settings_(settings),
      book_(book),
      seed_(seed),
      run_id_(std::move(run_id)),
      date_(fmt::format("{:%a, %d %b %Y %H:%M:%S} +0000",
                        fmt::gmtime(static_cast<std::time_t>(date)))),
      filler_(make_filler()) {
    if (settings.corpus.empty()) return;
    for (const std::string& path : corpus_files(settings.corpus))
        corpus_.push_back(read_template(path));
    if (corpus_.empty())
        throw std::runtime_error("no message matches corpus \"" + settings.corpus + "\"");
}

MessageFactory::Template MessageFactory::read_template(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    const std::string raw{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (!file || raw.empty()) throw std::runtime_error("cannot read a message from " + path);
    std::string text = with_crlf_line_ends(raw);
    if (!text.ends_with("\r\n")) text += "\r\n";
    const std::size_t end = text.find("\r\n\r\n");
    if (end == std::string::npos || end == 0)
        throw std::runtime_error(path + " holds no headers with an empty line behind");
    Template parsed;
    parsed.headers = without_message_id(std::string_view(text).substr(0, end + 2));
    parsed.body = text.substr(end + 4);
    parsed.eight_bit = std::any_of(text.begin(), text.end(),
                                   [](char c) { return static_cast<unsigned char>(c) > 127; });
    return parsed;
}

Message MessageFactory::make(std::uint32_t ordinal, std::uint32_t variant) const {
    const std::string token = to_string(Token{run_id_, ordinal});
    Message message;
    message.sender = sender_local_part(Token{run_id_, ordinal}) + "@" + settings_.sender_domain;
    const std::string headers = own_headers(ordinal, variant, token);
    if (!corpus_.empty()) {
        const Template& from = corpus_[(ordinal - 1) % corpus_.size()];
        const std::string body = from.body + token_line(token);
        message.body_digest = content_digest(body);
        message.content =
            marks(token, message.body_digest) + headers + from.headers + "\r\n" + body;
        message.eight_bit = from.eight_bit;
        return message;
    }
    world::Random random(world::fold(world::fold(seed_, "size"), std::uint64_t{ordinal}));
    const auto size = static_cast<std::size_t>(settings_.size.draw(random));
    // A longer Message-ID must not make the body another.
    const std::size_t before_body =
        marks(token, 0).size() + headers.size() - variant_mark(variant).size() + 2;
    const std::string body =
        body_of_size(ordinal, token, size > before_body ? size - before_body : 0);
    message.body_digest = content_digest(body);
    message.content.reserve(before_body + body.size());
    message.content.append(marks(token, message.body_digest)).append(headers);
    message.content.append("\r\n").append(body);
    return message;
}

/// What every message of ours has behind its marks. Joined, not formatted: this is done for every
/// attempt, and formatting would cost more than the attempt's dialogue (docs/performance.md).
std::string MessageFactory::own_headers(std::uint32_t ordinal, std::uint32_t variant,
                                        std::string_view token) const {
    std::string headers;
    const auto add = [&headers](std::initializer_list<std::string_view> parts) {
        for (const std::string_view part : parts) headers += part;
    };
    add({"Message-ID: <", token, variant_mark(variant), "@twofifty.test>\r\n"});
    if (!corpus_.empty()) return headers;
    add({"Date: ", date_, "\r\nFrom: <tf.", token, "@", settings_.sender_domain, ">\r\nTo: "});
    std::string_view separator;
    for (const std::uint32_t number : recipients_of(ordinal, settings_, book_)) {
        add({separator, "<", book_.address_of(number), ">"});
        separator = ",\r\n ";
    }
    add({"\r\nSubject: twofifty ", token, "\r\n"});
    return headers;
}

/// The token line and text behind it, `size` bytes in all where that is enough for both.
std::string MessageFactory::body_of_size(std::uint32_t ordinal, std::string_view token,
                                         std::size_t size) const {
    std::string body = token_line(token);
    const std::size_t wanted = std::max(size, body.size() + least_filler);
    body.reserve(wanted);
    // Each message begins at another line of the text, so that bodies differ behind the token too.
    std::size_t from = ordinal % filler_lines * line_size;
    while (wanted - body.size() > line_size + least_filler) {
        const std::size_t lines = std::min((filler_.size() - from) / line_size,
                                           (wanted - body.size() - least_filler) / line_size);
        body.append(filler_, from, lines * line_size);
        from = 0;
    }
    const std::size_t rest = wanted - body.size();
    body.append(filler_, 0, rest - 2).append("\r\n");
    return body;
}

}  // namespace twofifty::harness
