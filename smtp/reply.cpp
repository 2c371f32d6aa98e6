#include "smtp/reply.hpp"

#include "record/text.hpp"

#include <algorithm>
#include <charconv>

namespace twofifty::smtp {
namespace {

/// Three digits and a space or hyphen stand in front of every text.
constexpr std::size_t prefix_size = 4;

/// Takes the first line off `raw`; returns its text.
std::string_view take_line(std::string_view& raw) {
    const std::size_t end = std::min(raw.find('\n'), raw.size());
    std::string_view line = raw.substr(0, end);
    raw.remove_prefix(std::min(end + 1, raw.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line.substr(std::min(prefix_size, line.size()));
}

/// Reads one to three digits at the front of `text` and takes them off.
std::optional<std::uint16_t> take_number(std::string_view& text) {
    std::uint16_t number = 0;
    const std::string_view digits = text.substr(0, 3);
    const auto [stop, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(stop - digits.data()));
    return number;
}

bool take_dot(std::string_view& text) {
    if (!text.starts_with('.')) return false;
    text.remove_prefix(1);
    return true;
}

std::size_t find_ignoring_case(std::string_view text, std::string_view wanted) {
    for (std::size_t place = 0; place + wanted.size() <= text.size(); ++place)
        if (starts_with_ignoring_case(text.substr(place), wanted)) return place;
    return std::string_view::npos;
}

/// The word at the start of `text`, without the brackets and the sentence's end around it.
std::string_view id_at_start(std::string_view text) {
    std::string_view id = first_word(text);
    while (!id.empty() && std::string_view("(<").find(id.front()) != std::string_view::npos)
        id.remove_prefix(1);
    const auto closing =
        std::find_if(id.begin(), id.end(), [](char c) { return c == ')' || c == '>'; });
    id = id.substr(0, static_cast<std::size_t>(closing - id.begin()));
    while (!id.empty() && std::string_view(".,;").find(id.back()) != std::string_view::npos)
        id.remove_suffix(1);
    return id;
}

std::string_view id_behind(std::string_view text, std::string_view words) {
    const std::size_t place = find_ignoring_case(text, words);
    if (place == std::string_view::npos) return {};
    return id_at_start(text.substr(place + words.size()));
}

/// "X Message accepted ...": the word in front.
std::string_view id_in_front(std::string_view text, std::string_view words) {
    const std::size_t place = find_ignoring_case(text, words);
    if (place == std::string_view::npos) return {};
    const std::string_view front = trim(text.substr(0, place));
    return front.substr(front.find_last_of(" \t") + 1);
}

/// qmail: "ok 1700000000 qp 12345".
std::string_view qmail_id(std::string_view text) {
    if (!starts_with_ignoring_case(text, "ok ")) return {};
    return id_behind(text, " qp ");
}

std::string_view queue_id_in(std::string_view text) {
    // Sendmail and OpenSMTPD put the enhanced code in front of the id; a reply that names none
    // ("2.0.0 Message accepted") must not pass that code off as one.
    if (const std::string_view id = id_behind(text, "queued as "); !id.empty()) return id;
    if (const std::string_view id = id_behind(text, "ok id="); !id.empty()) return id;
    if (const std::string_view id = id_behind(text, "message queued ("); !id.empty()) return id;
    if (const std::string_view id = id_in_front(text, " message accepted");
        !id.empty() && id.find('.') == std::string_view::npos)
        return id;
    return qmail_id(text);
}

}  // namespace

std::vector<std::string_view> Reply::lines() const {
    std::vector<std::string_view> texts;
    texts.reserve(static_cast<std::size_t>(std::count(raw.begin(), raw.end(), '\n')));
    for (std::string_view rest = raw; !rest.empty();) texts.push_back(take_line(rest));
    return texts;
}

std::string_view Reply::text() const {
    std::string_view rest = raw;
    return take_line(rest);
}

std::optional<EnhancedCode> Reply::enhanced_code() const {
    std::string_view rest = text();
    if (rest.size() < 2 || rest[1] != '.') return std::nullopt;
    const std::optional<std::uint16_t> kind = take_number(rest);
    if (!kind || *kind != code / 100 || !(*kind == 2 || *kind == 4 || *kind == 5) ||
        !take_dot(rest))
        return std::nullopt;
    const std::optional<std::uint16_t> subject = take_number(rest);
    if (!subject || !take_dot(rest)) return std::nullopt;
    const std::optional<std::uint16_t> detail = take_number(rest);
    if (!detail || !(rest.empty() || is_space(rest.front()))) return std::nullopt;
    return EnhancedCode{*kind, *subject, *detail};
}

std::string_view queue_id(const Reply& reply) {
    if (!reply.positive()) return {};
    for (std::string_view rest = reply.raw; !rest.empty();)
        if (const std::string_view id = queue_id_in(take_line(rest)); !id.empty()) return id;
    return {};
}

}  // namespace twofifty::smtp
