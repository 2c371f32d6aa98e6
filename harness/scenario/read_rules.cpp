// [[impair]] and [expect]. A rule that could never fire, or whose effect says nothing where it
// would act, is refused: such a run would look green and show nothing.
#include "harness/scenario/figures.hpp"
#include "harness/scenario/sections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace twofifty::harness {
namespace {

using netem::Rule;
using netem::Selector;
using settings::Section;
using settings::Value;

constexpr std::array rule_phases{Phase::greeting,  Phase::helo, Phase::starttls,  Phase::auth,
                                 Phase::mail,      Phase::rcpt, Phase::data_init, Phase::data_xfer,
                                 Phase::data_done, Phase::rset, Phase::quit};
constexpr std::array<std::string_view, 2> scope_names{"message", "run"};
constexpr std::int64_t largest_count = 1'000'000'000;
constexpr std::size_t longest_name = 64;

Phase read_phase(Section& when) {
    std::array<std::string_view, rule_phases.size()> names;
    std::ranges::transform(rule_phases, names.begin(),
                           [](Phase phase) { return to_string(phase); });
    const Value* written = when.value("phase");
    const auto* text = written ? std::get_if<std::string>(&written->data) : nullptr;
    if (text && *text == to_string(Phase::connect))
        when.fail("phase", "a connection that opens has no reply; expected \"greeting\"");
    const std::optional<std::size_t> index = when.choice("phase", names);
    if (!index) when.fail("phase", "missing; expected such as phase = \"data_done\"");
    return rule_phases[*index];
}

/// "any" is 0, "2xx" is 2, "250" is 250.
std::optional<int> parse_reply(std::string_view text) {
    if (text == "any") return 0;
    if (text.size() != 3 || text[0] < '2' || text[0] > '5') return std::nullopt;
    const int first = text[0] - '0';
    if (text.substr(1) == "xx") return first;
    if (text[1] < '0' || text[1] > '9' || text[2] < '0' || text[2] > '9') return std::nullopt;
    return first * 100 + (text[1] - '0') * 10 + (text[2] - '0');
}

int read_reply(Section& when, Phase phase) {
    const std::optional<std::string> text = when.text("reply");
    if (!text) return 0;
    const std::optional<int> reply = parse_reply(*text);
    if (!reply)
        when.fail("reply", fmt::format("expected a class \"2xx\" to \"5xx\", a code such as "
                                       "\"250\", or \"any\", found {}",
                                       settings::toml_text(*text)));
    if (*reply != 0 && phase == Phase::data_xfer)
        when.fail("reply",
                  "contradicts phase = \"data_xfer\": no reply has been given yet when the rule "
                  "acts, in front of the final dot; remove it, or expected phase = \"data_done\"");
    const int reply_class = *reply >= 100 ? *reply / 100 : *reply;
    if (reply_class == 3 && phase != Phase::data_init && phase != Phase::auth)
        when.fail("reply", fmt::format("no 3xx reply exists in phase {}; expected phase = "
                                       "\"data_init\" (354) or \"auth\" (334)",
                                       to_string(phase)));
    if (reply_class == 2 && phase == Phase::data_init)
        when.fail("reply", "DATA is never answered by 2xx; expected \"3xx\" or \"354\"");
    return *reply;
}

std::uint32_t read_count(Section& when, std::string_view key) {
    return static_cast<std::uint32_t>(when.count(key, 1, largest_count).value_or(0));
}

std::string read_pattern(Section& when, std::string_view key) {
    const std::optional<std::string> pattern = when.text(key);
    if (pattern && (pattern->empty() || pattern->size() > 320))
        when.fail(key, "expected a pattern of 1 to 320 characters, such as \"*@example.test\"");
    return pattern.value_or("");
}

/// What belongs to a message cannot be asked where no message is known yet, or any more.
void check_message_conditions(Section& when, Phase phase, bool counts_over_run) {
    const bool in_transaction = phase == Phase::mail || phase == Phase::rcpt ||
                                phase == Phase::data_init || phase == Phase::data_xfer ||
                                phase == Phase::data_done;
    for (const std::string_view key : {"attempt", "sender", "recipient"}) {
        if (!when.has(key)) continue;
        if (!in_transaction)
            when.fail(key,
                      fmt::format("no message is known in phase {}; expected a phase from mail "
                                  "to data_done",
                                  to_string(phase)));
        if (key == "recipient" && phase == Phase::mail)
            when.fail(key,
                      "no recipient is known in phase mail; expected a phase from rcpt to "
                      "data_done");
    }
    for (const std::string_view key : {"first", "nth", "every"}) {
        if (when.has(key) && !in_transaction && !counts_over_run)
            when.fail(key,
                      fmt::format("counts per message, and none is known in phase {}; expected "
                                  "scope = \"run\" beside it",
                                  to_string(phase)));
    }
}

Selector read_selector(Section when) {
    Selector result;
    result.phase = read_phase(when);
    result.reply = read_reply(when, result.phase);
    result.probability = when.number("probability", 0, 1).value_or(1);
    result.first = read_count(when, "first");
    result.nth = read_count(when, "nth");
    result.every_nth = read_count(when, "every");
    for (const auto& [key, other] :
         {std::pair("nth", "first"), std::pair("every", "first"), std::pair("every", "nth")}) {
        if (when.has(key) && when.has(other))
            when.fail(key, fmt::format("contradicts {}; expected one of the two", other));
    }
    result.attempt = read_count(when, "attempt");
    result.recipient = read_pattern(when, "recipient");
    result.sender = read_pattern(when, "sender");
    result.counts_over_run = when.choice("scope", scope_names).value_or(0) == 1;
    check_message_conditions(when, result.phase, result.counts_over_run);
    when.finish();
    return result;
}

/// Why an effect says nothing about the content itself, in front of the final dot; empty: it does.
std::string_view why_not_in_content(const netem::Effect& effect) {
    if (std::holds_alternative<netem::Swallow>(effect)) return "there is no reply to remove";
    if (std::holds_alternative<netem::Replace>(effect)) return "there is no reply to replace";
    if (const auto* cut = std::get_if<netem::Cut>(&effect); cut && cut->after_bytes != 0)
        return "there is no reply to cut in or behind (when = \"before\" cuts before the dot)";
    if (const auto* hold = std::get_if<netem::Hold>(&effect);
        hold && hold->until == netem::Hold::Until::next_command)
        return "no command follows while the final dot is kept";
    return {};
}

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= longest_name && std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '-' || c == '_';
    });
}

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

Rule read_rule(Section rule) {
    Rule result;
    result.name = rule.text("name").value_or("");
    if (!is_name(result.name))
        rule.fail("name",
                  fmt::format("expected 1 to {} letters, digits, hyphens and underscores, "
                              "such as \"lose-250\", found {}",
                              longest_name,
                              rule.has("name") ? settings::toml_text(result.name) : "none"));
    if (!rule.has("when"))
        rule.fail("when", "missing; expected such as when = { phase = \"data_done\" }");
    result.when = read_selector(rule.section("when"));
    if (!rule.has("effect"))
        rule.fail("effect", "missing; expected such as effect = { drop = \"reply\" }");
    Section effect = rule.section("effect");
    result.effect = netem::read_effect(effect);
    const std::string_view why =
        result.when.phase == Phase::data_xfer ? why_not_in_content(result.effect) : "";
    if (!why.empty())
        effect.fail(netem::name_of(result.effect),
                    fmt::format("contradicts phase = \"data_xfer\": {}; expected phase = "
                                "\"data_done\" or another effect",
                                why));
    rule.finish();
    return result;
}

std::vector<Expectation> read_expectations(Section expect, const std::vector<Rule>& rules) {
    ExpectationReader reader(rules);
    // The keys are figures, not settings, hence each line is read as it stands.
    for (const std::string& key : expect.keys())
        reader.read({key, expect.place_of(key), *expect.value(key)}, key);
    return reader.take();
}

}  // namespace twofifty::harness
