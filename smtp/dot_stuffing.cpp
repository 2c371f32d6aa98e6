// Content is read in runs: in text only a dot that begins a line matters, and memchr finds dots
// many bytes at a time. The states are looked at one by one only there, and where a piece ends
// within a line end.
#include "smtp/dot_stuffing.hpp"

namespace twofifty::smtp {
namespace {

/// Whether CRLF stands in front of this place, all of it at `from` or behind.
bool begins_line(std::string_view bytes, std::size_t from, std::size_t place) {
    return place >= from + 2 && bytes[place - 1] == '\n' && bytes[place - 2] == '\r';
}

struct Run {
    std::size_t end = 0;
    LinePlace place{};  ///< Of what stands at the end.
};

/// Text from there to the next dot that begins a line, or to the end.
Run skip_text(std::string_view bytes, std::size_t from) {
    for (std::size_t dot = bytes.find('.', from); dot != std::string_view::npos;
         dot = bytes.find('.', dot + 1)) {
        if (begins_line(bytes, from, dot)) return {dot, LinePlace::line_start};
    }
    const std::size_t end = bytes.size();
    if (begins_line(bytes, from, end)) return {end, LinePlace::line_start};
    const bool in_line_end = end > from && bytes[end - 1] == '\r';
    return {end, in_line_end ? LinePlace::cr : LinePlace::text};
}

}  // namespace

void append_stuffed(std::string_view content, world::block_pool::Bytes& wire) {
    wire.reserve(wire.size() + content.size() + content.size() / 32 + 8);
    std::size_t run = 0;
    for (std::size_t dot = content.find('.'); dot != std::string_view::npos;
         dot = content.find('.', dot + 1)) {
        if (dot != 0 && !begins_line(content, 0, dot)) continue;
        wire.append(content, run, dot - run);
        wire += '.';
        run = dot;
    }
    wire.append(content, run);
    // The CRLF of the DATA command (RFC 5321 4.1.1.4) already ends the line in front of an empty
    // content.
    if (!content.empty() && !content.ends_with("\r\n")) wire += "\r\n";
    wire += ".\r\n";
}

std::size_t EndOfDataFinder::scan(std::string_view bytes) {
    std::size_t place = 0;
    while (place < bytes.size() && state_ != LinePlace::end) {
        if (state_ == LinePlace::text) {
            const Run text = skip_text(bytes, place);
            place = text.end;
            state_ = text.place;
            continue;
        }
        const char c = bytes[place++];
        if (c == '\n' && state_ == LinePlace::dot_cr)
            state_ = LinePlace::end;
        else if (c == '\n' && state_ == LinePlace::cr)
            state_ = LinePlace::line_start;
        else if (c == '.' && state_ == LinePlace::line_start)
            state_ = LinePlace::dot;
        else if (c == '\r')
            state_ = state_ == LinePlace::dot ? LinePlace::dot_cr : LinePlace::cr;
        else
            state_ = LinePlace::text;
    }
    return place;
}

std::size_t EndOfDataFinder::terminator_bytes() const {
    switch (state_) {
        case LinePlace::dot: return 1;
        case LinePlace::dot_cr: return 2;
        case LinePlace::end: return 3;
        default: return 0;
    }
}

std::size_t Unstuffer::feed(std::string_view bytes, const Take& take) {
    std::size_t place = 0;
    std::size_t run = 0;  // What was taken from here on is content that is not appended yet.
    while (place < bytes.size() && state_ != LinePlace::end) {
        const char c = bytes[place];
        switch (state_) {
            case LinePlace::text: {
                const Run text = skip_text(bytes, place);
                place = text.end;
                state_ = text.place;
                break;
            }
            case LinePlace::cr:
                ++place;
                if (c == '\n')
                    state_ = LinePlace::line_start;
                else if (c != '\r')
                    state_ = LinePlace::text;
                break;
            case LinePlace::line_start:
                if (c != '.') {
                    state_ = LinePlace::text;
                    break;
                }
                if (place > run) take(bytes.substr(run, place - run));
                run = ++place;
                state_ = LinePlace::dot;
                break;
            case LinePlace::dot:
                // The dot is gone in any case: it was stuffing, or it ends the content.
                state_ = c == '\r' ? LinePlace::dot_cr : LinePlace::text;
                if (c == '\r') run = ++place;
                break;
            case LinePlace::dot_cr:
                if (c == '\n') {
                    run = ++place;
                    state_ = LinePlace::end;
                } else {
                    // The CR was kept back as it might have been the terminator's.
                    take("\r");
                    state_ = LinePlace::cr;
                }
                break;
            case LinePlace::end: break;
        }
    }
    if (place > run) take(bytes.substr(run, place - run));
    return place;
}

}  // namespace twofifty::smtp
