// [expect]: figures and their bounds.
#include "harness/scenario/figures.hpp"
#include "harness/scenario/sections.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace twofifty::harness {
namespace {

using netem::Rule;
using settings::Section;
using settings::Value;

/// The lines of [expect]. A table within it is part of the figure's name: dotted keys and quoted
/// ones mean the same figure.
class ExpectationReader {
public:
    explicit ExpectationReader(const std::vector<Rule>& rules) {
        for (const Rule& rule : rules) rule_names_.push_back(rule.name);
    }

    void read(const settings::Table::Entry& entry, const std::string& figure) {
        if (const auto* inner = std::get_if<settings::Table>(&entry.value.data)) {
            for (const settings::Table::Entry& line : inner->entries)
                read(line, figure + "." + line.key);
            return;
        }
        const std::size_t before = expectations_.size();
        if (const auto* list = std::get_if<settings::List>(&entry.value.data)) {
            for (const Value& bound : *list) read_bound(figure, bound, bound.place);
        } else {
            read_bound(figure, entry.value, entry.place);
        }
        const std::string canonical = canonical_figure(figure);
        if (expectations_.size() == before)
            fail(entry.place, figure, "expected at least one bound, such as \"== 0\"");
        if (std::ranges::find(seen_, canonical) != seen_.end())
            fail(entry.place, figure,
                 "has a bound already; expected one list, such as [\">= 1\", \"<= 10\"]");
        seen_.push_back(canonical);
    }

    std::vector<Expectation> take() { return std::move(expectations_); }

private:
    [[noreturn]] static void fail(const settings::Place& place, const std::string& figure,
                                  const std::string& message) {
        throw settings::Error(place, fmt::format("expect.{}: {}", figure, message));
    }

    void read_bound(const std::string& figure, const Value& bound, const settings::Place& place) {
        const auto* text = std::get_if<std::string>(&bound.data);
        if (!text)
            fail(place, figure,
                 "expected a bound such as \"== 0\", found " + settings::describe(bound));
        expectations_.push_back(read_expectation(figure, *text, place, rule_names_));
    }

    std::vector<std::string_view> rule_names_;
    std::vector<std::string> seen_;
    std::vector<Expectation> expectations_;
};

}  // namespace

std::vector<Expectation> read_expectations(Section expect, const std::vector<Rule>& rules) {
    ExpectationReader reader(rules);
    // The keys are figures, not settings, hence each line is read as it stands.
    for (const std::string& key : expect.keys())
        reader.read({key, expect.place_of(key), *expect.value(key)}, key);
    return reader.take();
}

std::optional<Expectation> read_share_bound(Section& section, std::string_view key) {
    const std::optional<std::string> text = section.text(key);
    if (!text) return std::nullopt;
    const std::string expected =
        "expected a share of pairs that may not be exceeded, such as "
        "\"duplicated <= 0.1%\"";
    const std::size_t sign = text->find_first_of("<>=!");
    if (sign == std::string::npos) section.fail(key, "has no comparison; " + expected);
    std::string figure = text->substr(0, sign);
    figure.erase(figure.find_last_not_of(' ') + 1);
    Expectation bound = read_expectation(figure, text->substr(sign), section.place_of(key), {});
    const bool from_above =
        bound.comparison == Comparison::less_or_equal || bound.comparison == Comparison::less;
    if (!from_above || !bound.percent)
        section.fail(key, fmt::format("{} bounds no share from above; {}",
                                      settings::toml_text(*text), expected));
    return bound;
}

}  // namespace twofifty::harness
