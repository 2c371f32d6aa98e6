#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace twofifty::smtp {

enum class Verb : std::uint8_t {
    helo,
    ehlo,
    lhlo,
    starttls,
    auth,
    mail,
    rcpt,
    data,
    bdat,
    rset,
    noop,
    quit,
    vrfy,
    expn,
    help,
    unknown
};

/// One command line, without its line end. The argument is a view into the line.
struct Command {
    Verb verb = Verb::unknown;
    std::string_view argument;  ///< What follows the verb, surrounding white space removed.

    bool operator==(const Command&) const = default;
};

/// Reads a line; the verb is compared without regard to case. Never fails: what is unknown is
/// Verb::unknown.
Command parse_command(std::string_view line);

/// BDAT's argument: "<size>" or "<size> LAST".
struct Chunk {
    std::uint64_t size = 0;
    bool last = false;

    bool operator==(const Chunk&) const = default;
};
std::optional<Chunk> parse_chunk(std::string_view argument);

/// The mailbox of MAIL FROM:<...> or RCPT TO:<...> and what follows it.
struct PathArgument {
    /// Without angle brackets and source route; empty is the null sender.
    std::string_view mailbox;
    /// "SIZE=1000 BODY=8BITMIME".
    std::string_view parameters;

    bool operator==(const PathArgument&) const = default;
};

/// Reads "FROM:<mailbox> parameters" (keyword "FROM") or "TO:<mailbox> parameters" (keyword "TO").
/// Accepts a space after the colon, as servers do. Nothing where brackets, domain or a limit
/// of RFC 5321 4.5.3.1 is wrong. <> goes with FROM only, <postmaster> without a domain with TO
/// only.
std::optional<PathArgument> parse_path(std::string_view argument, std::string_view keyword);

/// The value of one ESMTP parameter: parameter("SIZE=10 BODY=8BITMIME", "SIZE") is "10". Nothing
/// where it is absent; empty where it has no value.
std::optional<std::string_view> parameter(std::string_view parameters, std::string_view keyword);

}  // namespace twofifty::smtp
