// Paragraphs and tables of a note, wrapped at spaces, with nothing in them that a terminal would
// take for a command.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace twofifty::harness {

class NotePage {
public:
    void heading(std::string_view text);
    void paragraph(std::string_view indent, std::string_view text);
    /// One thing among others.
    void item(std::string_view text);
    /// Columns as wide as they must be; the first row is their titles.
    void table(const std::vector<std::vector<std::string>>& rows);

    std::string take() { return std::move(out_); }

private:
    void wrapped(std::string_view first_indent, std::string_view indent, std::string_view text);

    std::string out_;
};

}  // namespace twofifty::harness
