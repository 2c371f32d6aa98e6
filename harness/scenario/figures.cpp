#include "harness/scenario/figures.hpp"

#include "harness/scenario/words.hpp"
#include "record/phase.hpp"
#include "settings/section.hpp"
#include "settings/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

namespace twofifty::harness {
namespace {

using settings::Error;
using settings::Place;

constexpr std::array<std::string_view, 12> plain_counts{
    "messages",     "recipients",    "attempts",          "transactions_accepted",
    "copies",       "copies_queued", "copies_suppressed", "copies_discarded",
    "extra_copies", "unexpected",    "copies_max",        "discrepancies"};
constexpr std::array<std::string_view, 4> percentiles{"p50", "p90", "p99", "max"};
constexpr std::array<std::string_view, 2> times{"time_to_acknowledge", "time_to_delivery"};
constexpr std::uint32_t largest_copies = 1'000'000;

struct Named {
    std::string written;
    Figure figure;
};

/// Every figure that needs no rule and no number, under each of its names.
std::vector<Named> make_figures() {
    std::vector<Named> result;
    const auto add = [&result](std::string written, const std::string& canonical, FigureKind kind) {
        result.push_back({std::move(written), {.canonical = canonical, .kind = kind, .rule = {}}});
    };
    for (const auto name : plain_counts)
        add(std::string(name), std::string(name), FigureKind::count);
    // Verdicts come first, so that "pending" alone means the verdict; the sender's end of that
    // name needs its full path.
    add("wire_duplicated", "wire_duplicated", FigureKind::pairs);
    for (const auto name : verdict_names) {
        const std::string canonical = fmt::format("verdicts.{}", name);
        add(std::string(name), canonical, FigureKind::pairs);
        add(canonical, canonical, FigureKind::pairs);
    }
    for (const auto name : sender_end_names) {
        const std::string canonical = fmt::format("sender_ends.{}", name);
        add(std::string(name), canonical, FigureKind::pairs);
        add(canonical, canonical, FigureKind::pairs);
    }
    for (const auto name : trigger_names)
        add(fmt::format("causes.{}", name), fmt::format("causes.{}", name), FigureKind::count);
    for (const auto name : route_names)
        add(fmt::format("routes.{}", name), fmt::format("routes.{}", name), FigureKind::count);
    const auto add_spread = [&add](const std::string& owner, const std::string& canonical_owner) {
        for (const auto name : percentiles) {
            const std::string canonical = fmt::format("{}.{}", canonical_owner, name);
            add(fmt::format("{}.{}", owner, name), canonical, FigureKind::time);
            if (owner != canonical_owner) add(canonical, canonical, FigureKind::time);
        }
    };
    for (const auto phase : phase_names) {
        if (phase == to_string(Phase::none) || phase == to_string(Phase::other)) continue;
        const std::string canonical = fmt::format("latency_ms.{}", phase);
        add_spread(fmt::format("latency.{}", phase), canonical);
        add(fmt::format("latency.{}.censored", phase), canonical + ".censored", FigureKind::count);
        add(canonical + ".censored", canonical + ".censored", FigureKind::count);
    }
    for (const auto time : times) add_spread(std::string(time), fmt::format("{}_ms", time));
    return result;
}

const std::vector<Named>& known_figures() {
    static const std::vector<Named> figures = make_figures();
    return figures;
}

std::optional<std::uint32_t> parse_whole(std::string_view digits, std::uint32_t most) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc{} || end != digits.data() + digits.size() || number > most)
        return std::nullopt;
    return number;
}

Figure rule_figure(std::string_view rule, std::string_view what) {
    return {.canonical = fmt::format("rules.{}.{}", rule, what),
            .kind = FigureKind::count,
            .rule = std::string(rule)};
}

/// "fired.lose-250", "rules.lose-250.fired" and the same of "matched".
std::optional<Figure> find_rule_figure(std::string_view written) {
    for (const std::string_view what : {std::string_view("fired"), std::string_view("matched")}) {
        const std::string front = fmt::format("{}.", what);
        const std::string back = fmt::format(".{}", what);
        std::string_view rule;
        if (written.starts_with(front))
            rule = written.substr(front.size());
        else if (written.starts_with("rules.") && written.ends_with(back) &&
                 written.size() > 6 + back.size())
            rule = written.substr(6, written.size() - 6 - back.size());
        if (!rule.empty()) return rule_figure(rule, what);
    }
    return std::nullopt;
}

struct Operator {
    std::string_view text;
    Comparison comparison;
};

/// The longer ones first, so that "<=" is not read as "<".
constexpr std::array<Operator, 6> operators{{{"==", Comparison::equal},
                                             {"!=", Comparison::not_equal},
                                             {"<=", Comparison::less_or_equal},
                                             {">=", Comparison::greater_or_equal},
                                             {"<", Comparison::less},
                                             {">", Comparison::greater}}};

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(' ');
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

/// A share such as "3%", of 0 to 100.
std::optional<double> parse_percent(std::string_view text) {
    if (!text.ends_with('%')) return std::nullopt;
    text = trimmed(text.substr(0, text.size() - 1));
    double number = -1;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    if (!(number >= 0 && number <= 100)) return std::nullopt;
    return number / 100;
}

std::string_view expected_bound(FigureKind kind) {
    switch (kind) {
        case FigureKind::count: return "a count, such as \"== 0\" or \">= 1\"";
        case FigureKind::pairs:
            return "a count such as \"== 0\", or a share of all (message, recipient) pairs such as "
                   "\"<= 3%\"";
        case FigureKind::time: return "a duration with its unit, such as \"< 1s\"";
    }
    return {};
}

/// The bound's number into `expectation`; false where it does not fit the figure.
bool read_number(std::string_view number, FigureKind kind, Expectation& expectation) {
    if (kind == FigureKind::time) {
        // A bare "0" is a duration elsewhere; here the unit says what the figure is.
        const std::optional<Duration> duration = settings::parse_duration(number);
        if (!duration || number == "0") return false;
        expectation.value = to_ms(*duration);
        return true;
    }
    if (kind == FigureKind::pairs) {
        if (const std::optional<double> share = parse_percent(number)) {
            expectation.value = *share;
            expectation.percent = true;
            return true;
        }
    }
    const std::optional<std::uint32_t> count = parse_whole(number, UINT32_MAX);
    if (!count) return false;
    expectation.value = *count;
    return true;
}

[[noreturn]] void fail_unknown(std::string_view figure, const Place& place,
                               std::span<const std::string_view> rule_names) {
    std::vector<std::string> written;
    for (const Named& named : known_figures()) written.push_back(named.written);
    for (const std::string_view rule : rule_names) {
        written.push_back(fmt::format("fired.{}", rule));
        written.push_back(fmt::format("matched.{}", rule));
    }
    const std::vector<std::string_view> names(written.begin(), written.end());
    const std::string near = settings::nearest(figure, names);
    const std::string hint = near.empty() ? "docs/scenario.md lists the figures, such as lost, "
                                            "duplicated or latency.data_done.p99"
                                          : fmt::format("did you mean \"{}\"?", near);
    throw Error(place, fmt::format("expect.{}: unknown figure; {}", figure, hint));
}

}  // namespace

std::optional<Figure> find_figure(std::string_view written) {
    const auto known = std::ranges::find(known_figures(), written, &Named::written);
    if (known != known_figures().end()) return known->figure;
    constexpr std::string_view histogram = "copies_histogram.";
    if (written.starts_with(histogram)) {
        const std::string_view digits = written.substr(histogram.size());
        const auto copies = parse_whole(digits, largest_copies);
        if (!copies || fmt::format("{}", *copies) != digits) return std::nullopt;
        return Figure{.canonical = std::string(written), .kind = FigureKind::pairs, .rule = {}};
    }
    return find_rule_figure(written);
}

std::string canonical_figure(std::string_view written) {
    const std::optional<Figure> figure = find_figure(written);
    return figure ? figure->canonical : std::string();
}

Expectation read_expectation(std::string_view figure, std::string_view bound, const Place& place,
                             std::span<const std::string_view> rule_names) {
    const std::optional<Figure> found = find_figure(figure);
    if (!found) fail_unknown(figure, place, rule_names);
    if (!found->rule.empty() && std::ranges::find(rule_names, found->rule) == rule_names.end()) {
        const std::string near = settings::nearest(found->rule, rule_names);
        const std::string hint = near.empty() ? "expected the name of an [[impair]] rule"
                                              : fmt::format("did you mean \"{}\"?", near);
        throw Error(place, fmt::format("expect.{}: no rule is named {}; {}", figure,
                                       settings::toml_text(found->rule), hint));
    }

    Expectation result{.figure = std::string(figure), .bound = std::string(bound)};
    const std::string_view text = trimmed(bound);
    const auto used = std::ranges::find_if(
        operators, [text](const Operator& candidate) { return text.starts_with(candidate.text); });
    if (used == operators.end())
        throw Error(place,
                    fmt::format("expect.{}: the bound {} begins with none of ==, !=, <, <=, "
                                ">, >=; expected {}",
                                figure, settings::toml_text(bound), expected_bound(found->kind)));
    result.comparison = used->comparison;
    if (!read_number(trimmed(text.substr(used->text.size())), found->kind, result))
        throw Error(place,
                    fmt::format("expect.{}: the bound {} does not fit this figure; expected "
                                "{}",
                                figure, settings::toml_text(bound), expected_bound(found->kind)));
    return result;
}

}  // namespace twofifty::harness
