// retry = { ... }: which rule, its figures, and what goes with every rule.
#include "harness/scenario/read_sender.hpp"
#include "settings/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace twofifty::harness {
namespace {

using namespace std::chrono_literals;
using settings::Section;

constexpr Duration longest = 24h * 30;
constexpr Duration longest_lifetime = 24h * 365;
constexpr std::size_t longest_schedule = 100;
/// One try a day longer than any lifetime; more than that never ends.
constexpr std::int64_t most_failures_limit = 1'000'000;

constexpr std::array<std::string_view, 7> rule_names{
    "list", "clamped_age", "stepped", "quadratic", "square_of_root", "doubling", "every_run"};
enum class Rule : std::uint8_t {
    list,
    clamped_age,
    stepped,
    quadratic,
    square_of_root,
    doubling,
    every_run
};

/// The keys that belong to one rule or another.
constexpr std::array<std::string_view, 9> rule_keys{"rule", "schedule", "least", "most",  "steps",
                                                    "unit", "add",      "first", "factor"};

std::vector<Duration> read_schedule(Section& retry) {
    // An interval of 0 would try again for ever in no time.
    std::vector<Duration> schedule =
        retry.durations("schedule", 1ms, longest).value_or(ListedWaits{}.waits);
    if (schedule.empty() || schedule.size() > longest_schedule)
        retry.fail("schedule", fmt::format("expected 1 to {} intervals, such as [\"1s\", \"2s\"]; "
                                           "lifetime = \"0s\" is a sender that never tries again",
                                           longest_schedule));
    return schedule;
}

Duration required(Section& retry, std::string_view key, std::string_view example) {
    const std::optional<Duration> value = retry.duration(key, 1ms, longest);
    if (!value)
        retry.fail(key, fmt::format("missing; this rule needs it, such as \"{}\"", example));
    return *value;
}

/// "F,2h,15m" or "G,16h,1h,1.5".
std::optional<SteppedWaits::Step> parse_step(std::string_view text) {
    std::vector<std::string_view> parts;
    while (true) {
        const std::size_t comma = text.find(',');
        parts.push_back(text.substr(0, comma));
        if (comma == std::string_view::npos) break;
        text.remove_prefix(comma + 1);
    }
    const bool fixed = parts.size() == 3 && parts[0] == "F";
    const bool growing = parts.size() == 4 && parts[0] == "G";
    if (!fixed && !growing) return std::nullopt;
    const auto until = settings::parse_duration(parts[1]);
    const auto interval = settings::parse_duration(parts[2]);
    if (!until || !interval || *interval < 1ms || *until < 1ms || *interval > longest)
        return std::nullopt;
    SteppedWaits::Step step{.until = *until, .interval = *interval};
    if (growing) {
        const char* const end = parts[3].data() + parts[3].size();
        const auto [rest, error] = std::from_chars(parts[3].data(), end, step.factor);
        if (error != std::errc{} || rest != end || !(step.factor > 1 && step.factor <= 100))
            return std::nullopt;
    }
    return step;
}

SteppedWaits read_steps(Section& retry) {
    const auto texts = retry.texts("steps");
    if (!texts || texts->empty())
        retry.fail("steps",
                   "missing; this rule needs it, such as [\"F,2h,15m\", \"G,16h,1h,1.5\"]");
    SteppedWaits result;
    for (const std::string& text : *texts) {
        const std::optional<SteppedWaits::Step> step = parse_step(text);
        if (!step)
            retry.fail("steps",
                       fmt::format("{} is no step; expected such as \"F,2h,15m\" (until 2h "
                                   "every 15m) or \"G,16h,1h,1.5\" (until 16h, 1h and "
                                   "then each time 1.5 as long)",
                                   settings::toml_text(text)));
        if (!result.steps.empty() && step->until <= result.steps.back().until)
            retry.fail("steps", fmt::format("{} ends before the step in front of it does",
                                            settings::toml_text(text)));
        result.steps.push_back(*step);
    }
    return result;
}

GrowingWaits read_growing(Section& retry) {
    GrowingWaits rule{.first = required(retry, "first", "1m")};
    // A factor below 1 would come to no wait at all, and never end.
    rule.factor = retry.number("factor", 1, 100).value_or(2);
    rule.most = retry.duration("most", 1ms, longest_lifetime);
    return rule;
}

RetryRule read_rule(Section& retry) {
    switch (static_cast<Rule>(retry.choice("rule", rule_names).value_or(0))) {
        case Rule::list: return ListedWaits{read_schedule(retry)};
        case Rule::clamped_age: {
            const ClampedAge rule{required(retry, "least", "300s"),
                                  required(retry, "most", "4000s")};
            if (rule.least > rule.most)
                retry.fail("most", "is below least; expected at least that");
            return rule;
        }
        case Rule::stepped: return read_steps(retry);
        case Rule::quadratic: return QuadraticTimes{required(retry, "unit", "400s")};
        case Rule::square_of_root: return SquareOfRoot{retry.count("add", 1, 1000).value_or(20)};
        case Rule::doubling: return read_growing(retry);
        case Rule::every_run: return EveryRun{};
    }
    return ListedWaits{};
}

std::optional<Duration> read_queue_run(Section& retry) {
    const settings::Value* const value = retry.value("queue_run");
    const auto* text = value ? std::get_if<std::string>(&value->data) : nullptr;
    if (text && *text == "none") return std::nullopt;
    return retry.duration("queue_run", 1ms, longest);
}

}  // namespace

void drop_replaced_rule(settings::Table& under, const settings::Table& over) {
    settings::Table::Entry* const below = under.find("retry");
    const settings::Table::Entry* const above = over.find("retry");
    if (below == nullptr || above == nullptr) return;
    const auto* upper = std::get_if<settings::Table>(&above->value.data);
    auto* lower = std::get_if<settings::Table>(&below->value.data);
    if (upper == nullptr || lower == nullptr) return;
    if (upper->find("rule") == nullptr && upper->find("schedule") == nullptr) return;
    auto& entries = lower->entries;
    std::erase_if(entries, [](const settings::Table::Entry& entry) {
        return std::find(rule_keys.begin(), rule_keys.end(), entry.key) != rule_keys.end();
    });
}

Retry read_retry(Section retry) {
    Retry result;
    result.rule = read_rule(retry);
    result.queue_run = read_queue_run(retry);
    if (std::holds_alternative<EveryRun>(result.rule) && !result.queue_run)
        retry.fail("rule",
                   "a sender that tries at every run of its queue needs how often that is; "
                   "expected queue_run = \"30m\" or the like beside it");
    result.jitter = retry.number("jitter", 0, 0.99).value_or(0);
    result.lifetime = retry.duration("lifetime", 0s, longest_lifetime).value_or(result.lifetime);
    constexpr std::array<std::string_view, 2> origins{"submission", "first_failure"};
    result.lifetime_from =
        static_cast<LifetimeFrom>(retry.choice("lifetime_from", origins).value_or(0));
    if (const auto most = retry.count("most_failures", 1, most_failures_limit))
        result.most_failures = static_cast<std::uint32_t>(*most);
    result.gives_up = static_cast<GivesUp>(retry.choice("gives_up", gives_up_names).value_or(0));
    result.warn_after =
        retry.durations("warn_after", 1s, longest_lifetime).value_or(result.warn_after);
    if (!std::is_sorted(result.warn_after.begin(), result.warn_after.end()))
        retry.fail("warn_after", "expected ages in ascending order");
    retry.finish();
    return result;
}

}  // namespace twofifty::harness
