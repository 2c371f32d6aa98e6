#include "netem/rule_settings.hpp"

#include "netem/selector_settings.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace twofifty::netem {
namespace {

using settings::Section;

constexpr std::int64_t largest_count = 1'000'000'000;
constexpr std::size_t longest_name = 64;

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= longest_name && std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '-' || c == '_';
    });
}

/// Why an effect says nothing about the content itself, in front of the final dot; empty: it does.
std::string_view why_not_in_content(const Effect& effect) {
    if (std::holds_alternative<Swallow>(effect)) return "there is no reply to remove";
    if (std::holds_alternative<Replace>(effect)) return "there is no reply to replace";
    if (std::holds_alternative<Drip>(effect)) return "there is no reply to give on in drops";
    if (std::holds_alternative<Truncate>(effect)) return "there is no reply to shorten";
    if (std::holds_alternative<Corrupt>(effect)) return "there is no reply to damage";
    if (std::holds_alternative<Duplicate>(effect)) return "there is no reply to give twice";
    if (std::holds_alternative<Loss>(effect)) return "there is no reply to lose";
    if (const auto* slice = std::get_if<Slice>(&effect); slice && slice->at.back() >= 5)
        return "the end of a content is CRLF.CRLF, which is cut behind its 1st to 4th byte";
    if (const auto* cut = std::get_if<Cut>(&effect); cut && cut->after_bytes != 0)
        return "there is no reply to cut in or behind (when = \"before\" cuts before the dot)";
    if (const auto* hold = std::get_if<Hold>(&effect);
        hold && hold->until == Hold::Until::next_command)
        return "no command follows while the final dot is kept";
    return {};
}

/// Why an effect would change nothing whatever passes; empty: it does.
std::string_view why_nothing(const Effect& effect) {
    const world::Distribution* time = nullptr;
    if (const auto* latency = std::get_if<Latency>(&effect)) time = &latency->time;
    if (const auto* late = std::get_if<AcceptLate>(&effect)) time = &late->time;
    const bool fixed_nothing = time && time->shape == world::Shape::fixed && time->a == 0;
    const auto* const jitter = std::get_if<Jitter>(&effect);
    const bool no_range =
        jitter && jitter->time.shape == world::Shape::uniform && jitter->time.b == 0;
    const auto* const close = std::get_if<SlowClose>(&effect);
    if (fixed_nothing || no_range || (close && close->delay == Duration::zero()))
        return "changes nothing; expected a time above 0s";
    return {};
}

/// Effects that say when nobody is accepted know no single connection.
void check_door_rule(Section& rule, const Effect& effect) {
    const bool refuses = std::holds_alternative<Refuse>(effect);
    if (!refuses && !std::holds_alternative<ConnectionLimit>(effect)) return;
    Section when = rule.section("when");
    for (const std::string_view key : {"probability", "first", "nth", "every", "connection"}) {
        if (when.has(key))
            when.fail(key, fmt::format("says which connections, and {} is about all of them while "
                                       "it acts; expected from, until or on_off",
                                       name_of(effect)));
    }
    if (rule.has("budget"))
        rule.fail("budget", fmt::format("counts connections, and {} is about all of them while it "
                                        "acts; remove it",
                                        name_of(effect)));
}

/// An outage outside the time in which the rule acts would never be seen.
void check_outage(const Section& effect, const Rule& rule) {
    const auto* const outage = std::get_if<Outage>(&rule.effect);
    if (!outage) return;
    if (rule.when.until <= outage->from || outage->from + outage->length <= rule.when.from)
        effect.fail(Outage::name,
                    "lies outside when.from and when.until; expected an outage "
                    "while the rule acts");
}

/// Servers behind a proxy have no names.
void check_of_proxy(Section& rule, const Rule& result) {
    if (!result.when.receiver.empty())
        rule.section("when").fail("receiver",
                                  "asks for the name of a server, and those behind a proxy have "
                                  "none; remove it");
}

Budget read_budget(Section budget) {
    Budget result;
    result.at_most =
        static_cast<std::uint32_t>(budget.count("at_most", 1, largest_count).value_or(0));
    result.at_once =
        static_cast<std::uint32_t>(budget.count("at_once", 1, largest_count).value_or(0));
    budget.finish();
    return result;
}

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
    // The effect says what the conditions are about, but a reader looks at the conditions first.
    if (!rule.has("effect") && rule.has("when"))
        rule.fail("effect", "missing; expected such as effect = { drop = \"reply\" }");
    Section effect = rule.section("effect");
    const std::optional<EffectKind> kind = kind_in(effect);
    const bool on_replies = kind.value_or(EffectKind::reply) == EffectKind::reply;
    if (!rule.has("when") && on_replies)
        rule.fail("when", "missing; expected such as when = { phase = \"data_done\" }");
    result.when = on_replies
                      ? read_reply_selector(rule.section("when"))
                      : read_connection_selector(rule.section("when"), *kind == EffectKind::stream);
    result.effect = read_effect(effect);
    const std::string_view why =
        result.when.phase == Phase::data_xfer ? why_not_in_content(result.effect) : "";
    if (!why.empty())
        effect.fail(name_of(result.effect),
                    fmt::format("contradicts phase = \"data_xfer\": {}; expected phase = "
                                "\"data_done\" or another effect",
                                why));
    if (const std::string_view nothing = why_nothing(result.effect); !nothing.empty())
        effect.fail(name_of(result.effect), std::string(nothing));
    check_door_rule(rule, result.effect);
    check_outage(effect, result);
    result.budget = read_budget(rule.section("budget"));
    result.continues = rule.flag("continue").value_or(false);
    if (result.continues && kind_of(result.effect) != EffectKind::reply)
        rule.fail("continue", fmt::format("says something about effects on replies only; {} acts "
                                          "beside the others in any case, remove it",
                                          name_of(result.effect)));
    rule.finish();
    return result;
}

Rule read_rule_of_proxy(Section rule) {
    Rule result = read_rule(rule);
    check_of_proxy(rule, result);
    return result;
}

std::vector<Rule> read_rules(Section& root) {
    std::vector<Rule> result;
    for (Section& section : root.sections("impair")) {
        Rule rule = read_rule(section);
        if (std::ranges::find(result, rule.name, &Rule::name) != result.end())
            section.fail("name",
                         fmt::format("another rule is named {}; expected a name of its own, "
                                     "since decisions are keyed by it",
                                     settings::toml_text(rule.name)));
        result.push_back(std::move(rule));
    }
    return result;
}

std::vector<Rule> load_rules(const std::string& path) {
    const settings::Value document = settings::read_toml_file(path);
    Section root(document, "");
    std::vector<Rule> rules = read_rules(root);
    std::vector<Section> sections = root.sections("impair");
    for (std::size_t i = 0; i < rules.size(); ++i) check_of_proxy(sections[i], rules[i]);
    root.finish();
    return rules;
}

std::string to_toml(const Rule& rule) {
    std::string lines = fmt::format("[[impair]]\nname = {}\nwhen = {}\neffect = {}\n",
                                    settings::toml_text(rule.name),
                                    to_toml(rule.when, kind_of(rule.effect)), to_toml(rule.effect));
    if (rule.budget.at_most != 0 && rule.budget.at_once != 0)
        lines += fmt::format("budget = {{ at_most = {}, at_once = {} }}\n", rule.budget.at_most,
                             rule.budget.at_once);
    else if (rule.budget.at_most != 0)
        lines += fmt::format("budget = {{ at_most = {} }}\n", rule.budget.at_most);
    else if (rule.budget.at_once != 0)
        lines += fmt::format("budget = {{ at_once = {} }}\n", rule.budget.at_once);
    if (rule.continues) lines += "continue = true\n";
    return lines;
}

}  // namespace twofifty::netem
