// Content is read in runs: within a line only a CR matters, and memchr finds it many bytes at a
// time. The states are looked at one by one only around line ends.
#include "smtp/dot_stuffing.hpp"

#include <cstring>

namespace twofifty::smtp {
namespace {

/// The place behind the next CR, or the end.
std::size_t skip_text(std::string_view bytes, std::size_t from) {
    const void* const found = std::memchr(bytes.data() + from, '\r', bytes.size() - from);
    if (found == nullptr) return bytes.size();
    return static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data()) + 1;
}

}  // namespace

void append_stuffed(std::string_view content, std::string& wire) {
    wire.reserve(wire.size() + content.size() + content.size() / 32 + 8);
    std::size_t run = 0;
    if (content.starts_with('.')) wire += '.';
    for (std::size_t place = content.find('\n'); place != std::string_view::npos;
         place = content.find('\n', place + 1)) {
        const std::size_t next = place + 1;
        if (next == content.size() || content[next] != '.') continue;
        if (place == 0 || content[place - 1] != '\r') continue;
        wire.append(content, run, next - run);
        wire += '.';
        run = next;
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
            place = skip_text(bytes, place);
            if (bytes[place - 1] == '\r') state_ = LinePlace::cr;
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

std::size_t Unstuffer::feed(std::string_view bytes, std::string& content) {
    std::size_t place = 0;
    std::size_t run = 0;  // What was taken from here on is content that is not appended yet.
    while (place < bytes.size() && state_ != LinePlace::end) {
        const char c = bytes[place];
        switch (state_) {
            case LinePlace::text:
                place = skip_text(bytes, place);
                if (bytes[place - 1] == '\r') state_ = LinePlace::cr;
                break;
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
                content.append(bytes, run, place - run);
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
                    content += '\r';
                    state_ = LinePlace::cr;
                }
                break;
            case LinePlace::end: break;
        }
    }
    content.append(bytes, run, place - run);
    return place;
}

}  // namespace twofifty::smtp
