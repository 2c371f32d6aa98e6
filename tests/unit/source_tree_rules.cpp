#include "tests/unit/source_tree_rules.hpp"

#include "tests/unit/await_rule.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <string_view>

namespace twofifty {
namespace {

constexpr std::size_t line_most = 110;
constexpr std::size_t lines_most = 450;

/// Which folders each one may include. Reading order: what stands further down knows more.
const std::map<std::string, std::set<std::string>, std::less<>> may_include{
    {"record", {"record"}},
    {"settings", {"record", "settings"}},
    {"world", {"record", "settings", "world"}},
    {"tls", {"record", "settings", "world", "tls"}},
    {"smtp", {"record", "settings", "world", "tls", "smtp"}},
    {"netem", {"record", "settings", "world", "tls", "smtp", "netem"}},
    {"harness", {"record", "settings", "world", "tls", "smtp", "netem", "harness"}},
};

/// The parts of harness. Each may include those of a lower rank, and itself; parts of one rank do
/// not know each other.
const std::map<std::string, int, std::less<>> harness_ranks{
    {"profile", 0}, {"adapter", 0}, {"scenario", 1}, {"fleet", 2}, {"target", 2},
    {"observe", 2}, {"servers", 2}, {"ledger", 2},   {"run", 3},   {"diagnose", 3},
    {"report", 4},  {"sweep", 5},   {"app", 6},
};

std::vector<std::string> parts_of(std::string_view path) {
    std::vector<std::string> parts;
    std::istringstream stream{std::string(path)};
    for (std::string part; std::getline(stream, part, '/');) parts.push_back(part);
    return parts;
}

bool is_code(std::string_view path) {
    return path.ends_with(".cpp") || path.ends_with(".hpp");
}

bool starts_in(const std::vector<std::string>& parts, std::string_view folder,
               std::string_view part) {
    return parts.size() > 2 && parts[0] == folder && parts[1] == part;
}

/// What stands behind the colon of `for (... : range)`; empty for any other line.
std::string range_of_loop(const std::string& line) {
    static const std::regex loop(R"re(\bfor\s*\()re");
    std::smatch match;
    if (!std::regex_search(line, match, loop)) return {};
    std::size_t colon = std::string::npos;
    int depth = 1;
    for (auto i = static_cast<std::size_t>(match.position() + match.length()); i < line.size();
         ++i) {
        if (line[i] == '(') ++depth;
        if (line[i] == ')') --depth;
        if (depth == 0) return colon == std::string::npos ? "" : line.substr(colon, i - colon);
        const bool single = line[i] == ':' && line[i - 1] != ':' && line.compare(i, 2, "::") != 0;
        if (single && colon == std::string::npos) colon = i + 1;
    }
    // The range is on the next line or goes on there; what is here must do.
    return colon == std::string::npos ? "" : line.substr(colon);
}

/// "ids_" of "world.ids_", of "story->ids_" and of "ids_ ".
std::string last_name_of(const std::string& expression) {
    static const std::regex name(R"re((\w+)\s*$)re");
    std::smatch match;
    return std::regex_search(expression, match, name) ? match[1].str() : "";
}

class Checker {
public:
    explicit Checker(const SourceFile& file) : file_(file), parts_(parts_of(file.path)) {
        std::istringstream text(file.text);
        for (std::string line; std::getline(text, line);) lines_.push_back(line);
        std::istringstream code(code_of(file.text));
        for (std::string line; std::getline(code, line);) code_.push_back(line);
    }

    std::vector<std::string> check(const std::set<std::string>& unordered_names) {
        if (is_code(file_.path)) {
            for (std::size_t i = 0; i < lines_.size(); ++i) {
                check_size(i);
                check_include(i);
                check_names(i);
                check_iteration(i, unordered_names);
            }
            for (const std::size_t line : awaits_used_as_operands(code_of(file_.text))) {
                complain(line, "the result of co_await must be named before it is used");
            }
            if (lines_.size() > lines_most) {
                complain(lines_.size(), "the file is too long; look for its second idea");
            }
        }
        for (std::size_t i = 0; i < lines_.size(); ++i) check_markers(i);
        if (file_.path.starts_with("scenarios/") && file_.path.ends_with(".toml") &&
            (lines_.empty() || !lines_[0].starts_with("# "))) {
            complain(1, "a scenario opens with its question, as a comment");
        }
        return std::move(found_);
    }

private:
    void complain(std::size_t line, const std::string& what) {
        found_.push_back(file_.path + ":" + std::to_string(line) + ": " + what);
    }

    void check_size(std::size_t i) {
        if (lines_[i].size() > line_most) complain(i + 1, "the line is too long");
    }

    void check_markers(std::size_t i) {
        // Spelled in two halves, or this file would be its own first violation.
        static const std::array<std::string, 3> markers{
            "TO"
            "DO",
            "FIX"
            "ME",
            "XX"
            "X:"};
        for (const std::string& marker : markers) {
            if (lines_[i].find(marker) != std::string::npos) complain(i + 1, "leftover " + marker);
        }
    }

    void check_include(std::size_t i) {
        static const std::regex pattern(R"re(^\s*#\s*include\s*"([^"]+)")re");
        std::smatch match;
        if (parts_[0] == "tests" || !std::regex_search(lines_[i], match, pattern)) return;
        const std::string included = match[1];
        const std::vector<std::string> parts = parts_of(included);
        const auto allowed = may_include.find(parts_[0]);
        if (allowed == may_include.end()) return;
        if (parts.size() < 2 || !allowed->second.contains(parts[0])) {
            complain(i + 1, parts_[0] + " may not include " + included);
            return;
        }
        for (const std::string_view world : {"real", "virtual"}) {
            if (!starts_in(parts, "world", world)) continue;
            if (starts_in(parts_, "harness", "app") || starts_in(parts_, "world", world)) continue;
            complain(i + 1, "only harness/app may include " + included);
        }
        if (parts_[0] == "harness" && parts[0] == "harness") check_part(i, parts, included);
    }

    void check_part(std::size_t i, const std::vector<std::string>& parts,
                    const std::string& included) {
        const auto own = harness_ranks.find(parts_[1]);
        const auto other = harness_ranks.find(parts[1]);
        if (own == harness_ranks.end()) {
            complain(i + 1, "harness/" + parts_[1] + " has no rank in the source tree's rules");
        } else if (parts[1] != parts_[1] &&
                   (other == harness_ranks.end() || other->second >= own->second)) {
            complain(i + 1, "harness/" + parts_[1] + " may not include " + included);
        }
    }

    void check_names(std::size_t i) {
        static const std::regex banned(
            R"re(\b(steady_timer|system_timer|ip\s*::\s*tcp\s*::\s*socket|tcp\s*::\s*socket)re"
            R"re(|(steady|system|high_resolution)_clock\s*::\s*now|std\s*::\s*j?thread\b)re"
            R"re(|random_device|std\s*::\s*\w+_distribution))re");
        if (may_look_outside()) return;
        std::smatch match;
        if (std::regex_search(code_[i], match, banned)) {
            complain(i + 1,
                     match.str() + " belongs to world/real, harness/servers and harness/app");
        }
    }

    void check_iteration(std::size_t i, const std::set<std::string>& unordered_names) {
        if (may_look_outside()) return;
        const std::string range = range_of_loop(code_[i]);
        if (unordered_names.contains(last_name_of(range)) ||
            range.find("unordered_") != std::string::npos) {
            complain(i + 1, "the order of an unordered container differs from run to run");
        }
    }

    /// Real servers have processes and deadlines of their own; there are none in virtual time.
    bool may_look_outside() const {
        return parts_[0] == "tests" || starts_in(parts_, "world", "real") ||
               starts_in(parts_, "harness", "app") || starts_in(parts_, "harness", "servers");
    }

    const SourceFile& file_;
    std::vector<std::string> parts_;
    std::vector<std::string> lines_;
    std::vector<std::string> code_;
    std::vector<std::string> found_;
};

/// The names of variables and members declared as unordered containers: what follows the closing
/// angle bracket of the type.
void collect_unordered_names(const std::string& code, std::set<std::string>& names) {
    std::size_t begin = 0;
    while ((begin = code.find("unordered_", begin)) != std::string::npos) {
        std::size_t i = code.find_first_of("<;\n", begin);
        ++begin;
        if (i == std::string::npos || code[i] != '<') continue;
        int depth = 0;
        for (; i < code.size(); ++i) {
            if (code[i] == '<') ++depth;
            if (code[i] == '>' && --depth == 0) break;
        }
        std::size_t first = i + 1;
        while (first < code.size() && (code[first] == ' ' || code[first] == '\n' ||
                                       code[first] == '&' || code[first] == '*')) {
            ++first;
        }
        std::size_t last = first;
        while (last < code.size() &&
               (std::isalnum(static_cast<unsigned char>(code[last])) != 0 || code[last] == '_')) {
            ++last;
        }
        if (last > first) names.insert(code.substr(first, last - first));
    }
}

std::string stem_of(const std::string& path) {
    return path.substr(0, path.rfind('.'));
}

/// Where a literal that starts at `i` (a quote) ends: the index of its closing quote.
std::size_t end_of_literal(const std::string& text, std::size_t i) {
    if (i > 0 && text[i] == '"' && text[i - 1] == 'R') {
        const std::size_t open = text.find('(', i);
        if (open == std::string::npos) return text.size();
        const std::string close = ")" + text.substr(i + 1, open - i - 1) + "\"";
        const std::size_t end = text.find(close, open);
        return end == std::string::npos ? text.size() : end + close.size() - 1;
    }
    std::size_t end = i + 1;
    while (end < text.size() && text[end] != text[i] && text[end] != '\n') {
        end += text[end] == '\\' ? 2 : 1;
    }
    return std::min(end, text.size());
}

/// 1'000 is a number, not the beginning of a character.
bool is_digit_separator(const std::string& text, std::size_t i) {
    return text[i] == '\'' && i > 0 &&
           std::isxdigit(static_cast<unsigned char>(text[i - 1])) != 0 && i + 1 < text.size() &&
           std::isxdigit(static_cast<unsigned char>(text[i + 1])) != 0 &&
           (i + 2 >= text.size() || text[i + 2] != '\'');
}

}  // namespace

std::string code_of(const std::string& text) {
    std::string code = text;
    const auto blank = [&code](std::size_t from, std::size_t to) {
        for (std::size_t i = from; i < std::min(to, code.size()); ++i) {
            if (code[i] != '\n') code[i] = ' ';
        }
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::size_t end = i;
        if (text.compare(i, 2, "//") == 0) {
            end = std::min(text.find('\n', i), text.size());
        } else if (text.compare(i, 2, "/*") == 0) {
            const std::size_t close = text.find("*/", i + 2);
            end = close == std::string::npos ? text.size() : close + 2;
        } else if ((text[i] == '"' || text[i] == '\'') && !is_digit_separator(text, i)) {
            end = end_of_literal(text, i) + 1;
        } else {
            continue;
        }
        blank(i, end);
        i = end - 1;
    }
    return code;
}

std::vector<std::string> sources_not_built(std::span<const SourceFile> files) {
    constexpr std::string_view list_name = "CMakeLists.txt";
    std::set<std::string> named;
    for (const SourceFile& file : files) {
        if (!file.path.ends_with(list_name)) continue;
        const std::string folder = file.path.substr(0, file.path.size() - list_name.size());
        std::string words = file.text;
        std::ranges::replace_if(
            words, [](char c) { return c == '(' || c == ')' || c == '"'; }, ' ');
        std::istringstream stream(words);
        for (std::string word; stream >> word;) named.insert(folder + word);
    }
    std::vector<std::string> missing;
    for (const SourceFile& file : files)
        if (file.path.ends_with(".cpp") && !named.contains(file.path)) missing.push_back(file.path);
    return missing;
}

std::vector<std::string> violations(std::span<const SourceFile> files) {
    // A member is declared in a header and walked over in the source beside it.
    std::map<std::string, std::set<std::string>> unordered_names;
    for (const SourceFile& file : files) {
        if (is_code(file.path)) {
            collect_unordered_names(code_of(file.text), unordered_names[stem_of(file.path)]);
        }
    }
    std::vector<std::string> found;
    for (const SourceFile& file : files) {
        for (std::string& violation : Checker(file).check(unordered_names[stem_of(file.path)])) {
            found.push_back(std::move(violation));
        }
    }
    return found;
}

}  // namespace twofifty
