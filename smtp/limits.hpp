#pragma once

#include <cstddef>
#include <cstdint>

namespace twofifty::smtp {

/// The size limits of RFC 5321 4.5.3.1, CRLF included where it speaks of lines. What is longer is
/// malformed.
inline constexpr std::size_t command_line_limit = 512;
/// MAIL and RCPT may be longer by what the extensions add (RFC 1870, 4954, 3461, ...).
inline constexpr std::size_t command_line_limit_with_parameters = 2048;
/// RFC 4954 4: what both sides of an AUTH exchange must take in one line.
inline constexpr std::size_t authentication_line_limit = 12288;
inline constexpr std::size_t reply_line_limit = 512;
inline constexpr std::size_t text_line_limit = 1000;
inline constexpr std::size_t path_limit = 256;
inline constexpr std::size_t local_part_limit = 64;
inline constexpr std::size_t domain_limit = 255;
/// The RFC sets no bound on the lines of a reply; this is ours, so that a hostile server cannot
/// fill the memory.
inline constexpr std::size_t reply_lines_limit = 128;
/// Commands that may wait for their replies at once (a flood of pipelined commands ends there).
inline constexpr std::size_t pipelined_commands_limit = 10000;

}  // namespace twofifty::smtp
