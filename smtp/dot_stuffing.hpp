// Transparency (RFC 5321 4.5.2): a line of content that begins with a dot travels with one more,
// and CRLF.CRLF ends the content. Only CRLF.CRLF does: a bare CR or LF near the dot is content (the
// smuggling attacks of 2023 lived on servers that were lenient here).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace twofifty::smtp {

/// Appends `content` to `wire`, stuffed, with a CRLF added where the content does not end in one,
/// and the final
/// ".CRLF".
void append_stuffed(std::string_view content, std::string& wire);

/// Finds the end of the content in a stuffed stream, however it is split. The stream begins behind
/// the 354, so that a first line of a single dot is an empty message.
class EndOfDataFinder {
public:
    /// Takes the bytes up to and including the final ".CRLF", or all of them. Returns how many were
    /// taken.
    std::size_t scan(std::string_view bytes);

    bool found() const { return state_ == State::found; }
    /// How many of the bytes taken so far, counted from the last, may belong to the final ".CRLF":
    /// 0..2 while it is not found, 3 once it is.
    std::size_t terminator_bytes() const;
    void reset() { state_ = State::line_start; }

private:
    enum class State : unsigned char { text, cr, line_start, dot, dot_cr, found };
    State state_ = State::line_start;
};

/// Removes the stuffing from a stream, however it is split, and finds its end.
class Unstuffer {
public:
    /// Takes the bytes up to and including the final ".CRLF", or all of them, and appends the
    /// content to `content` (the CRLF in front of the final dot belongs to it). Returns how many
    /// were taken.
    std::size_t feed(std::string_view bytes, std::string& content);

    bool found() const { return state_ == State::found; }
    void reset() { state_ = State::line_start; }

private:
    enum class State : unsigned char { text, cr, line_start, dot, dot_cr, found };
    State state_ = State::line_start;
};

}  // namespace twofifty::smtp
