// Reads what a client says. Strict where RFC 5321 leaves no room (brackets, limits), lenient where
// servers have to be (white space around arguments, underscores in host names).
#include "smtp/command.hpp"

#include "record/text.hpp"
#include "smtp/limits.hpp"

#include <array>
#include <charconv>
#include <string_view>

namespace twofifty::smtp {
namespace {

/// Four letters as one number, so that a verb is found by one comparison. Setting the bit of case
/// turns only letters into small letters, so nothing else can look like a verb.
constexpr std::uint32_t four_letters(std::string_view text) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < 4; ++i)
        number = number << 8U | static_cast<unsigned char>(text[i] | 0x20);
    return number;
}

Verb verb_of(std::string_view word) {
    if (equals_ignoring_case(word, "STARTTLS")) return Verb::starttls;
    if (word.size() != 4) return Verb::unknown;
    switch (four_letters(word)) {
        case four_letters("HELO"): return Verb::helo;
        case four_letters("EHLO"): return Verb::ehlo;
        case four_letters("LHLO"): return Verb::lhlo;
        case four_letters("AUTH"): return Verb::auth;
        case four_letters("MAIL"): return Verb::mail;
        case four_letters("RCPT"): return Verb::rcpt;
        case four_letters("DATA"): return Verb::data;
        case four_letters("BDAT"): return Verb::bdat;
        case four_letters("RSET"): return Verb::rset;
        case four_letters("NOOP"): return Verb::noop;
        case four_letters("QUIT"): return Verb::quit;
        case four_letters("VRFY"): return Verb::vrfy;
        case four_letters("EXPN"): return Verb::expn;
        case four_letters("HELP"): return Verb::help;
        default: return Verb::unknown;
    }
}

constexpr bool is_letter(char c) {
    return lower(c) >= 'a' && lower(c) <= 'z';
}

/// SMTPUTF8 (RFC 6531) allows UTF-8 in both halves of an address; whether it is well formed is the
/// receiver's question.
constexpr bool is_utf8(char c) {
    return static_cast<unsigned char>(c) >= 0x80;
}

constexpr bool is_visible(char c) {
    return c > ' ' && c < 0x7f;
}

constexpr bool is_atom(char c) {
    return is_letter(c) || is_digit(c) || is_utf8(c) ||
           std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

/// Underscores are in no RFC's host name, but in many a container's.
constexpr bool is_label(char c) {
    return is_letter(c) || is_digit(c) || is_utf8(c) || c == '-' || c == '_';
}

/// One answer for each character: addresses are read character by character, several times a
/// message.
template <class Is>
constexpr std::array<bool, 256> table_of(Is is) {
    std::array<bool, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i) table[i] = is(static_cast<char>(i));
    return table;
}
constexpr std::array<bool, 256> atoms = table_of(is_atom);
constexpr std::array<bool, 256> labels = table_of(is_label);

constexpr bool is_in(const std::array<bool, 256>& table, char c) {
    return table[static_cast<unsigned char>(c)];
}

// Each of the following measures one element at the start of a text; 0 means it is not there.

std::size_t measure_quoted_string(std::string_view text) {
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '"') return i + 1;
        if (text[i] == '\\') ++i;
        if (i == text.size() || !(is_visible(text[i]) || text[i] == ' ' || is_utf8(text[i])))
            return 0;
    }
    return 0;
}

std::size_t measure_dot_string(std::string_view text) {
    std::size_t length = 0;
    bool in_atom = false;
    for (; length < text.size(); ++length) {
        if (is_in(atoms, text[length]))
            in_atom = true;
        else if (text[length] == '.' && in_atom)
            in_atom = false;
        else
            break;
    }
    return in_atom ? length : 0;
}

std::size_t measure_local_part(std::string_view text) {
    const std::size_t length =
        text.starts_with('"') ? measure_quoted_string(text) : measure_dot_string(text);
    return length <= local_part_limit ? length : 0;
}

std::size_t measure_address_literal(std::string_view text) {
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == ']') return i > 1 ? i + 1 : 0;
        if (!is_visible(text[i]) || text[i] == '[' || text[i] == '\\') return 0;
    }
    return 0;
}

std::size_t measure_host_name(std::string_view text) {
    constexpr std::size_t label_limit = 63;  // RFC 1035 2.3.4.
    std::size_t begin = 0;
    while (true) {
        std::size_t end = begin;
        while (end < text.size() && is_in(labels, text[end])) ++end;
        if (end == begin || end - begin > label_limit) return 0;
        if (text[begin] == '-' || text[end - 1] == '-') return 0;
        if (end == text.size() || text[end] != '.') return end;
        begin = end + 1;
    }
}

/// The limit of a domain (255) needs no look: none that long fits into a path.
std::size_t measure_domain(std::string_view text) {
    return text.starts_with('[') ? measure_address_literal(text) : measure_host_name(text);
}

/// Removes "@one,@two:" (RFC 5321 4.1.2 and appendix C: accepted, and ignored). False where it is
/// malformed.
bool remove_source_route(std::string_view& path) {
    while (path.starts_with('@')) {
        const std::size_t domain = measure_domain(path.substr(1));
        if (domain == 0 || domain + 1 == path.size()) return false;
        const char separator = path[domain + 1];
        path.remove_prefix(domain + 2);
        if (separator == ':') return !path.starts_with('>');
        if (separator != ',' || !path.starts_with('@')) return false;
    }
    return true;
}

/// The mailbox in front of the closing bracket; nothing where there is no valid one.
std::optional<std::string_view> read_mailbox(std::string_view path, bool reverse) {
    if (path.starts_with('>')) return reverse ? std::optional(path.substr(0, 0)) : std::nullopt;
    const std::size_t local_part = measure_local_part(path);
    if (local_part == 0 || local_part == path.size()) return std::nullopt;
    const std::string_view behind = path.substr(local_part);
    if (behind.front() == '@') {
        const std::size_t domain = measure_domain(behind.substr(1));
        if (domain == 0) return std::nullopt;
        return path.substr(0, local_part + 1 + domain);
    }
    // RFC 5321 4.5.1: every receiver takes mail for the postmaster, without a domain too.
    const std::string_view mailbox = path.substr(0, local_part);
    if (reverse || !equals_ignoring_case(mailbox, "postmaster")) return std::nullopt;
    return mailbox;
}

}  // namespace

Command parse_command(std::string_view line) {
    const std::string_view word = first_word(line);
    return {verb_of(word), trim(line.substr(word.size()))};
}

std::optional<Chunk> parse_chunk(std::string_view argument) {
    Chunk chunk;
    const char* const end = argument.data() + argument.size();
    const auto [stop, error] = std::from_chars(argument.data(), end, chunk.size);
    if (error != std::errc{}) return std::nullopt;
    if (stop == end) return chunk;
    const std::string_view rest = argument.substr(static_cast<std::size_t>(stop - argument.data()));
    if (!is_space(rest.front()) || !equals_ignoring_case(trim(rest), "LAST")) return std::nullopt;
    chunk.last = true;
    return chunk;
}

std::optional<PathArgument> parse_path(std::string_view argument, std::string_view keyword) {
    if (!starts_with_ignoring_case(argument, keyword)) return std::nullopt;
    argument.remove_prefix(keyword.size());
    if (!argument.starts_with(':')) return std::nullopt;

    const std::string_view path = trim_front(argument.substr(1));
    if (!path.starts_with('<')) return std::nullopt;
    std::string_view rest = path.substr(1);
    if (!remove_source_route(rest)) return std::nullopt;
    const std::optional<std::string_view> mailbox =
        read_mailbox(rest, equals_ignoring_case(keyword, "FROM"));
    if (!mailbox) return std::nullopt;

    rest.remove_prefix(mailbox->size());
    if (!rest.starts_with('>')) return std::nullopt;
    rest.remove_prefix(1);
    if (path.size() - rest.size() > path_limit) return std::nullopt;
    if (!rest.empty() && !is_space(rest.front())) return std::nullopt;
    return PathArgument{*mailbox, trim(rest)};
}

std::optional<std::string_view> parameter(std::string_view parameters, std::string_view keyword) {
    for (std::string_view rest = trim_front(parameters); !rest.empty();) {
        const std::string_view word = first_word(rest);
        const std::size_t equals = word.find('=');
        if (equals_ignoring_case(word.substr(0, equals), keyword))
            return equals == std::string_view::npos ? word.substr(word.size())
                                                    : word.substr(equals + 1);
        rest = trim_front(rest.substr(word.size()));
    }
    return std::nullopt;
}

}  // namespace twofifty::smtp
