#include "harness/report/escape.hpp"

namespace twofifty::harness {

std::string escape_xml(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '&': out += "&amp;"; break;
            case '"': out += "&quot;"; break;
            case '\'': out += "&#39;"; break;
            case '\t':
            case '\n': out += c; break;
            default: {
                const auto byte = static_cast<unsigned char>(c);
                // XML 1.0, 2.2: control characters are not allowed, not even as references.
                if (byte < 0x20 || byte == 0x7f) {
                    out += "\xef\xbf\xbd";
                } else {
                    out += c;
                }
            }
        }
    }
    return out;
}

std::string escape_markdown(std::string_view text) {
    constexpr std::string_view marks = "\\`*_[]|~#";
    std::string out;
    for (const char c : text) {
        if (c == '\n' || c == '\r' || c == '\t') {
            out += ' ';
        } else if (c == '<') {
            out += "&lt;";
        } else if (c == '>') {
            out += "&gt;";
        } else if (c == '&') {
            out += "&amp;";
        } else {
            if (marks.find(c) != std::string_view::npos) out += '\\';
            out += c;
        }
    }
    return out;
}

}  // namespace twofifty::harness
