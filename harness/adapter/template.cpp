#include "harness/adapter/template.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace twofifty::harness {
namespace {

constexpr std::string_view opening = "{{";
constexpr std::string_view closing = "}}";

/// Values from the inside out: an element of a list sees what is around the list.
using Scopes = std::vector<const TemplateValues*>;

/// What the innermost scope holds under that name, where it is not empty.
template <class Map>
const typename Map::mapped_type* innermost(const Scopes& scopes, Map TemplateValues::*values,
                                           std::string_view name) {
    const typename Map::mapped_type* found = nullptr;
    for (const TemplateValues* scope : scopes) {
        const auto held = (scope->*values).find(name);
        if (held != (scope->*values).end() && !held->second.empty()) found = &held->second;
    }
    return found;
}

const std::string* text_of(const Scopes& scopes, std::string_view name) {
    return innermost(scopes, &TemplateValues::texts, name);
}

const std::vector<TemplateValues>* list_of(const Scopes& scopes, std::string_view name) {
    return innermost(scopes, &TemplateValues::lists, name);
}

class Rendering {
public:
    explicit Rendering(std::string_view text) : text_(text) {}

    std::string run(const TemplateValues& values) {
        std::string result;
        write(result, {&values}, true, "");
        return result;
    }

private:
    struct Mark {
        char kind = ' ';  ///< '#', '^', '/', or ' ' for a value.
        std::string_view name{};
        bool alone = false;  ///< On its line, which ends with it.
    };

    [[noreturn]] void fail(const std::string& what) const {
        const auto line = 1 + std::count(text_.begin(), text_.begin() + at_, '\n');
        throw TemplateError(fmt::format("line {}: {}", line, what));
    }

    /// Reads the mark that starts at `at_`, and goes behind it, and behind its line where it stands
    /// alone there.
    Mark read_mark() {
        const auto begin = static_cast<std::size_t>(at_);
        const std::size_t end = text_.find(closing, begin);
        if (end == std::string_view::npos) fail("{{ without }}");
        Mark mark{.name = text_.substr(begin + opening.size(), end - begin - opening.size())};
        if (!mark.name.empty() &&
            std::string_view("#^/").find(mark.name.front()) != std::string_view::npos) {
            mark.kind = mark.name.front();
            mark.name.remove_prefix(1);
        }
        std::size_t behind = end + closing.size();
        const bool starts_line = begin == 0 || text_[begin - 1] == '\n';
        const bool ends_line = behind == text_.size() || text_[behind] == '\n';
        if (mark.kind != ' ' && starts_line && ends_line)
            behind = std::min(behind + 1, text_.size());
        at_ = static_cast<std::ptrdiff_t>(behind);
        return mark;
    }

    /// Writes up to the end of section `until`, or of the text where that is empty. Without
    /// `wanted` it only passes over.
    void write(std::string& result, const Scopes& scopes, bool wanted, std::string_view until) {
        while (true) {
            const auto from = static_cast<std::size_t>(at_);
            const std::size_t next = std::min(text_.find(opening, from), text_.size());
            if (wanted) result += text_.substr(from, next - from);
            at_ = static_cast<std::ptrdiff_t>(next);
            if (next == text_.size()) {
                if (!until.empty()) fail(fmt::format("{{{{#{0}}}}} without {{{{/{0}}}}}", until));
                return;
            }
            const Mark mark = read_mark();
            if (mark.kind == '/') {
                if (mark.name != until) fail(fmt::format("{{{{/{}}}}} closes nothing", mark.name));
                return;
            }
            if (mark.kind == ' ') {
                if (wanted) result += value_of(scopes, mark.name);
            } else {
                write_section(result, scopes, wanted, mark);
            }
        }
    }

    const std::string& value_of(const Scopes& scopes, std::string_view name) const {
        const std::string* const text = text_of(scopes, name);
        if (text == nullptr) fail(fmt::format("{{{{{}}}}} is not set", name));
        return *text;
    }

    void write_section(std::string& result, const Scopes& scopes, bool wanted, const Mark& mark) {
        const std::vector<TemplateValues>* const list = list_of(scopes, mark.name);
        const bool is_set = list != nullptr || text_of(scopes, mark.name) != nullptr;
        if (!wanted || is_set != (mark.kind == '#') || list == nullptr)
            return write(result, scopes, wanted && is_set == (mark.kind == '#'), mark.name);
        const std::ptrdiff_t begin = at_;
        for (const TemplateValues& element : *list) {
            at_ = begin;
            Scopes inner = scopes;
            inner.push_back(&element);
            write(result, inner, true, mark.name);
        }
    }

    std::string_view text_;
    std::ptrdiff_t at_ = 0;
};

}  // namespace

std::string render(std::string_view text, const TemplateValues& values) {
    return Rendering(text).run(values);
}

}  // namespace twofifty::harness
