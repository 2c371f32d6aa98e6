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

void append(std::string& to, std::initializer_list<std::string_view> parts) {
    for (const std::string_view part : parts) to += part;
}

void append_token_line(std::string& to, std::string_view token) {
    append(to, {"twofifty token ", token, "\r\n"});
}

constexpr std::size_t digest_digits = 16;

/// The two headers by which a copy is known again. The digest is written where the result says, as
/// soon as it is known.
std::size_t append_marks(std::string& to, std::string_view token) {
    append(to, {token_header, ": ", token, "\r\n", digest_header, ": "});
    const std::size_t digest_at = to.size();
    to.append(digest_digits, '0').append("\r\n");
    return digest_at;
}

void write_digest(std::uint64_t digest, char* to) {
    constexpr std::string_view digits = "0123456789abcdef";
    for (std::size_t i = 0; i < digest_digits; ++i) to[i] = digits[(digest >> (60 - 4 * i)) & 0xf];
}

/// Messages are kept in so many places, each in the place of its ordinal, and larger ones not at
/// all: a few megabytes, however many there are.
constexpr std::size_t places_kept = 1024;
constexpr std::size_t largest_kept = 16384;

/// Headers and marks of a message are shorter than this, but for many recipients.
constexpr std::size_t usual_headers = 512;

std::uint32_t recipient_of(std::uint32_t ordinal, std::uint32_t place, std::uint32_t count,
                           const AddressBook& book) {
    const std::uint64_t in_all = (std::uint64_t{ordinal} - 1) * count + place;
    return static_cast<std::uint32_t>(in_all % book.size() + 1);
}

std::uint32_t recipients_each(const MessageSettings& settings, const AddressBook& book) {
    return std::min(settings.recipients, book.size());
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
    const std::uint32_t count = recipients_each(settings, book);
    std::vector<std::uint32_t> numbers;
    numbers.reserve(count);
    for (std::uint32_t place = 0; place < count; ++place)
        numbers.push_back(recipient_of(ordinal, place, count, book));
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
      filler_(make_filler()),
      kept_(places_kept) {
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

std::shared_ptr<const Message> MessageFactory::get(std::uint32_t ordinal) const {
    if (last_.ordinal == ordinal) return last_.message;
    Kept& kept = kept_[ordinal % kept_.size()];
    if (kept.ordinal == ordinal) return kept.message;
    last_ = {ordinal, std::make_shared<const Message>(make(ordinal))};
    if (last_.message->content.size() <= largest_kept) kept = last_;
    return last_.message;
}

Message MessageFactory::make(std::uint32_t ordinal, std::uint32_t variant) const {
    const std::string token = to_string(Token{run_id_, ordinal});
    const Template* const from =
        corpus_.empty() ? nullptr : &corpus_[(ordinal - 1) % corpus_.size()];
    const std::size_t size = from ? from->headers.size() + from->body.size() : drawn_size(ordinal);
    Message message;
    message.sender = sender_of(token);
    std::string& content = message.content;
    content.reserve(size + usual_headers);
    const std::size_t digest_at = append_marks(content, token);
    const std::string mark = variant_mark(variant);
    append_headers(message, ordinal, mark, token);
    if (from) content += from->headers;
    content += "\r\n";
    const std::size_t body_at = content.size();
    if (from) {
        content += from->body;
        append_token_line(content, token);
        message.eight_bit = from->eight_bit;
    } else {
        // A longer Message-ID must not make the body another.
        const std::size_t before = body_at - mark.size();
        append_body(content, ordinal, token, size > before ? size - before : 0);
    }
    message.body_digest = content_digest(std::string_view(content).substr(body_at));
    write_digest(message.body_digest, content.data() + digest_at);
    return message;
}

std::string MessageFactory::sender_of(std::string_view token) const {
    std::string sender = settings_.sender;
    if (sender.empty()) append(sender, {sender_prefix, token, "@", settings_.sender_domain});
    return sender;
}

std::size_t MessageFactory::drawn_size(std::uint32_t ordinal) const {
    world::Random random(world::fold(world::fold(seed_, "size"), std::uint64_t{ordinal}));
    return static_cast<std::size_t>(settings_.size.draw(random));
}

/// What every message of ours has behind its marks. Joined in place, not formatted: formatting
/// would cost more than the attempt's dialogue (docs/performance.md).
void MessageFactory::append_headers(Message& message, std::uint32_t ordinal, std::string_view mark,
                                    std::string_view token) const {
    std::string& to = message.content;
    append(to, {"Message-ID: <", token, mark, "@twofifty.test>\r\n"});
    if (!corpus_.empty()) return;
    append(to, {"Date: ", date_, "\r\nFrom: <", message.sender, ">\r\nTo: "});
    std::string_view separator;
    const std::uint32_t count = recipients_each(settings_, book_);
    for (std::uint32_t place = 0; place < count; ++place) {
        const std::uint32_t number = recipient_of(ordinal, place, count, book_);
        append(to, {separator, "<", book_.address_of(number), ">"});
        separator = ",\r\n ";
    }
    append(to, {"\r\nSubject: twofifty ", token, "\r\n"});
}

/// The token line and text behind it, `size` bytes in all where that is enough for both.
void MessageFactory::append_body(std::string& to, std::uint32_t ordinal, std::string_view token,
                                 std::size_t size) const {
    const std::size_t begin = to.size();
    append_token_line(to, token);
    const std::size_t end = std::max(begin + size, to.size() + least_filler);
    // Each message begins at another line of the text, so that bodies differ behind the token too.
    std::size_t from = ordinal % filler_lines * line_size;
    while (end - to.size() > line_size + least_filler) {
        const std::size_t lines = std::min((filler_.size() - from) / line_size,
                                           (end - to.size() - least_filler) / line_size);
        to.append(filler_, from, lines * line_size);
        from = 0;
    }
    to.append(filler_, 0, end - to.size() - 2).append("\r\n");
}

}  // namespace twofifty::harness
