// A parser of our own: those at hand forget where a value stood, and a message without its place is
// of little help to who wrote a nested rule.
#include "settings/json.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>

namespace twofifty::settings {
namespace {

constexpr int deepest = 64;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

void append_utf8(std::string& out, std::uint32_t point) {
    const auto byte = [&out](std::uint32_t bits) { out += static_cast<char>(bits); };
    if (point < 0x80) {
        byte(point);
    } else if (point < 0x800) {
        byte(0xc0 | (point >> 6));
        byte(0x80 | (point & 0x3f));
    } else if (point < 0x10000) {
        byte(0xe0 | (point >> 12));
        byte(0x80 | ((point >> 6) & 0x3f));
        byte(0x80 | (point & 0x3f));
    } else {
        byte(0xf0 | (point >> 18));
        byte(0x80 | ((point >> 12) & 0x3f));
        byte(0x80 | ((point >> 6) & 0x3f));
        byte(0x80 | (point & 0x3f));
    }
}

/// The bytes of the character that `text` begins with; 0 where it begins with no valid UTF-8.
std::size_t utf8_length(std::string_view text) {
    const auto at = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = at(0);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((at(i) & 0xc0) != 0x80) return 0;
    // Too long a form, a surrogate, or beyond the last code point.
    if (first == 0xe0 && at(1) < 0xa0) return 0;
    if (first == 0xed && at(1) > 0x9f) return 0;
    if (first == 0xf0 && at(1) < 0x90) return 0;
    if (first == 0xf4 && at(1) > 0x8f) return 0;
    return length;
}

class Parser {
public:
    Parser(std::string_view text, std::string source) : text_(text), source_(std::move(source)) {}

    Value document() {
        std::optional<Value> value = read_value(0);
        const Place first = place();
        skip_space();
        if (at_ < text_.size()) fail("expected the end of the document");
        if (value) return std::move(*value);
        return {Table{}, {first.source, 1, 1}};
    }

private:
    [[noreturn]] void fail(const std::string& message) const { throw Error(place(), message); }

    Place place() const {
        return {source_, line_, static_cast<std::uint32_t>(at_ - line_start_ + 1)};
    }
    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

    void skip_space() {
        for (; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            if (c == '\n') {
                ++line_;
                line_start_ = at_ + 1;
            } else if (c != ' ' && c != '\t' && c != '\r') {
                return;
            }
        }
    }

    bool take(std::string_view word) {
        if (!text_.substr(at_).starts_with(word)) return false;
        at_ += word.size();
        return true;
    }

    /// Nothing for null.
    std::optional<Value> read_value(int depth) {
        skip_space();
        if (depth > deepest) fail(fmt::format("more than {} levels deep", deepest));
        const Place where = place();
        switch (peek()) {
            case '{': return Value{read_table(depth), where};
            case '[': return Value{read_list(depth), where};
            case '"': return Value{read_text(), where};
            default: break;
        }
        if (take("true")) return Value{true, where};
        if (take("false")) return Value{false, where};
        if (take("null")) return std::nullopt;
        if (peek() == '-' || is_digit(peek())) return read_number(where);
        if (at_ == text_.size()) fail("not JSON: a value is missing, and the document ends");
        fail("not JSON: expected a value, such as {\"name\": \"smtp\"}");
    }

    Table read_table(int depth) {
        Table table;
        ++at_;
        skip_space();
        if (take("}")) return table;
        while (true) {
            skip_space();
            const Place where = place();
            if (peek() != '"') fail("not JSON: expected a key in double quotes");
            std::string key = read_text();
            if (table.find(key))
                throw Error(where, fmt::format("the key {} stands here twice", json_text(key)));
            skip_space();
            if (!take(":")) fail("not JSON: expected a colon behind the key");
            std::optional<Value> value = read_value(depth + 1);
            if (value) table.entries.push_back({std::move(key), where, std::move(*value)});
            skip_space();
            if (take("}")) return table;
            if (!take(",")) fail("not JSON: expected a comma or }");
        }
    }

    List read_list(int depth) {
        List list;
        ++at_;
        skip_space();
        if (take("]")) return list;
        while (true) {
            std::optional<Value> value = read_value(depth + 1);
            if (!value) fail("a list holds null; expected a value");
            list.push_back(std::move(*value));
            skip_space();
            if (take("]")) return list;
            if (!take(",")) fail("not JSON: expected a comma or ]");
        }
    }

    std::uint32_t read_hex() {
        std::uint32_t value = 0;
        const std::string_view digits = text_.substr(at_, 4);
        const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
        if (digits.size() != 4 || read.ptr != digits.data() + 4)
            fail("not JSON: expected four hexadecimal digits behind \\u");
        at_ += 4;
        return value;
    }

    std::uint32_t read_code_point() {
        const std::uint32_t first = read_hex();
        if (first < 0xd800 || first > 0xdfff) return first;
        if (first > 0xdbff || !take("\\u")) fail("not JSON: half a surrogate pair");
        const std::uint32_t second = read_hex();
        if (second < 0xdc00 || second > 0xdfff) fail("not JSON: half a surrogate pair");
        return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
    }

    void read_escape(std::string& out) {
        const char c = peek();
        ++at_;
        switch (c) {
            case '"':
            case '\\':
            case '/': out += c; return;
            case 'b': out += '\b'; return;
            case 'f': out += '\f'; return;
            case 'n': out += '\n'; return;
            case 'r': out += '\r'; return;
            case 't': out += '\t'; return;
            case 'u': append_utf8(out, read_code_point()); return;
            default: --at_; fail("not JSON: unknown escape in a text");
        }
    }

    std::string read_text() {
        std::string out;
        ++at_;
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '"') {
                ++at_;
                return out;
            }
            if (c == '\\') {
                ++at_;
                read_escape(out);
                continue;
            }
            if (static_cast<unsigned char>(c) < 0x20)
                fail("not JSON: a control character in a text");
            const std::size_t length = utf8_length(text_.substr(at_));
            if (length == 0) fail("not JSON: a text that is no UTF-8");
            out.append(text_.substr(at_, length));
            at_ += length;
        }
        fail("not JSON: a text without its closing quote");
    }

    void take_digits() {
        if (!is_digit(peek())) fail("not JSON: expected a digit");
        while (is_digit(peek())) ++at_;
    }

    Value read_number(const Place& where) {
        const std::size_t begin = at_;
        take("-");
        if (!take("0")) take_digits();
        bool whole = true;
        if (take(".")) {
            whole = false;
            take_digits();
        }
        if (peek() == 'e' || peek() == 'E') {
            whole = false;
            ++at_;
            if (peek() == '+' || peek() == '-') ++at_;
            take_digits();
        }
        const std::string_view digits = text_.substr(begin, at_ - begin);
        const char* const end = digits.data() + digits.size();
        std::int64_t integer = 0;
        if (whole && std::from_chars(digits.data(), end, integer).ec == std::errc{})
            return {integer, where};
        double number = 0;
        if (std::from_chars(digits.data(), end, number).ec != std::errc{})
            throw Error(where, "a number that is too large, or too near to 0, to be told apart");
        return {number, where};
    }

    std::string_view text_;
    std::string source_;
    std::size_t at_ = 0;
    std::uint32_t line_ = 1;
    std::size_t line_start_ = 0;
};

void write(std::string& out, const Value& value);

void write_table(std::string& out, const Table& table) {
    out += '{';
    bool first = true;
    for (const Table::Entry& entry : table.entries) {
        if (!std::exchange(first, false)) out += ',';
        out += json_text(entry.key);
        out += ':';
        write(out, entry.value);
    }
    out += '}';
}

void write_list(std::string& out, const List& list) {
    out += '[';
    bool first = true;
    for (const Value& value : list) {
        if (!std::exchange(first, false)) out += ',';
        write(out, value);
    }
    out += ']';
}

void write(std::string& out, const Value& value) {
    if (const auto* table = std::get_if<Table>(&value.data)) write_table(out, *table);
    if (const auto* list = std::get_if<List>(&value.data)) write_list(out, *list);
    if (const auto* text = std::get_if<std::string>(&value.data)) out += json_text(*text);
    if (const auto* whole = std::get_if<std::int64_t>(&value.data))
        out += fmt::format("{}", *whole);
    if (const auto* flag = std::get_if<bool>(&value.data)) out += *flag ? "true" : "false";
    if (const auto* number = std::get_if<double>(&value.data)) {
        // JSON has no word for what is no finite number.
        out += std::isfinite(*number) ? fmt::format("{}", *number) : "null";
    }
}

}  // namespace

Value parse_json(std::string_view text, std::string source) {
    return Parser(text, std::move(source)).document();
}

std::string to_json(const Value& value) {
    std::string out;
    write(out, value);
    return out;
}

std::string json_text(std::string_view text) {
    std::string out = "\"";
    while (!text.empty()) {
        const char c = text.front();
        const std::size_t length = utf8_length(text);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\r') {
            out += "\\r";
        } else if (c == '\t') {
            out += "\\t";
        } else if ((static_cast<unsigned char>(c) < 0x20) || c == 0x7f) {
            out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else if (length == 0) {
            out += "\xef\xbf\xbd";
        } else {
            out += text.substr(0, length);
        }
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return out + '"';
}

}  // namespace twofifty::settings
