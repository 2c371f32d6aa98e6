// Transparency (RFC 5321 4.5.2): a line of content that begins with a dot travels with one more,
// and CRLF.CRLF ends the content. Only CRLF.CRLF does: a bare CR or LF near the dot is content (the
// smuggling attacks of 2023 lived on servers that were lenient here).
#pragma once

#include "world/block_pool.hpp"

#include <cstddef>
#include <functional>
#include <string_view>

namespace twofifty::smtp {

/// Where in a line a stream of content stands. `end`: the final ".CRLF" was taken.
enum class LinePlace : unsigned char { text, cr, line_start, dot, dot_cr, end };

/// Appends `content` to `wire`, stuffed, and the final ".CRLF". A CRLF is added where the content
/// does not end in one; an empty content needs none.
void append_stuffed(std::string_view content, world::block_pool::Bytes& wire);

/// Finds the end of the content in a stuffed stream, however it is split. The stream begins behind
/// the 354, so that a first line of a single dot is an empty message.
class EndOfDataFinder {
public:
    /// Takes the bytes up to and including the final ".CRLF", or all of them. Returns how many were
    /// taken; once the end was found, none.
    std::size_t scan(std::string_view bytes);

    bool found() const { return state_ == LinePlace::end; }
    /// How many of the bytes taken so far, counted from the last, may belong to the final ".CRLF":
    /// 0..2 while it is not found, 3 once it is.
    std::size_t terminator_bytes() const;
    void reset() { state_ = LinePlace::line_start; }

private:
    LinePlace state_ = LinePlace::line_start;
};

/// Removes the stuffing from a stream, however it is split, and finds its end.
class Unstuffer {
public:
    /// Is given the content, run by run.
    using Take = std::function<void(std::string_view run)>;

    /// Takes the bytes up to and including the final ".CRLF", or all of them, and gives the content
    /// to `take` (the CRLF in front of the final dot belongs to it). Returns how many were taken;
    /// once the end was found, none.
    std::size_t feed(std::string_view bytes, const Take& take);

    bool found() const { return state_ == LinePlace::end; }
    void reset() { state_ = LinePlace::line_start; }

private:
    LinePlace state_ = LinePlace::line_start;
};

}  // namespace twofifty::smtp
