#include "harness/diagnose/note_page.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace twofifty::harness {
namespace {

constexpr std::size_t width = 100;

std::string visible(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) c = '?';
    }
    return out;
}

}  // namespace

void NotePage::heading(std::string_view text) {
    out_ += fmt::format("\n{}\n", visible(text));
}

void NotePage::paragraph(std::string_view indent, std::string_view text) {
    wrapped(indent, indent, text);
}

void NotePage::item(std::string_view text) {
    wrapped("  - ", "    ", text);
}

void NotePage::wrapped(std::string_view first_indent, std::string_view indent,
                       std::string_view text) {
    std::string rest = visible(text);
    std::string_view margin = first_indent;
    const std::size_t room = width - indent.size();
    while (rest.size() > room) {
        std::size_t end = rest.rfind(' ', room);
        if (end == std::string::npos || end == 0) end = room;
        out_ += fmt::format("{}{}\n", margin, rest.substr(0, end));
        rest.erase(0, std::min(rest.find_first_not_of(' ', end), rest.size()));
        margin = indent;
    }
    if (!rest.empty()) out_ += fmt::format("{}{}\n", margin, rest);
}

void NotePage::table(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    }
    for (const auto& row : rows) {
        std::string line = "   ";
        for (std::size_t i = 0; i < row.size(); ++i)
            line += fmt::format(" {:<{}} ", visible(row[i]), widths[i]);
        line.resize(std::min(line.find_last_not_of(' ') + 1, width));
        out_ += line + '\n';
    }
}

}  // namespace twofifty::harness
