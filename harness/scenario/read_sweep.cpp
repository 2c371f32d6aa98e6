// [sweep]: axes, repetitions, and what is to be recommended. Whether a key exists, and takes the
// values of its axis, shows when a cell is read like any scenario (harness/sweep/expand.hpp).
#include "harness/profile/profile.hpp"
#include "harness/scenario/axis_values.hpp"
#include "harness/scenario/sections.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <limits>

namespace twofifty::harness {
namespace {

using settings::Place;
using settings::Section;
using settings::toml_text;
using settings::Value;

constexpr std::array<std::string_view, 2> combinations{"grid", "paired"};
constexpr std::array<std::string_view, 2> scales{"linear", "log"};
constexpr std::array<std::string_view, 2> lists{"sender_profile", "receiver_profile"};
constexpr std::int64_t most_seeds = 10'000;
constexpr std::int64_t most_steps = 10'000;
constexpr std::uint64_t most_runs = 1'000'000;

std::vector<Value> listed_values(Section& axis) {
    const Value& value = *axis.value("values");
    const auto* list = std::get_if<settings::List>(&value.data);
    if (!list)
        axis.fail("values", fmt::format("expected a list such as [\"5s\", \"60s\"], found {}",
                                        settings::describe(value)));
    if (list->empty()) axis.fail("values", "is empty; expected one value or more");
    return *list;
}

std::vector<Value> profile_values(Section& axis) {
    const Role role = axis.choice("every", lists) == 0 ? Role::sender : Role::receiver;
    std::vector<Value> values;
    for (const std::string_view name : profile_names(role))
        values.push_back({std::string(name), axis.place_of("every")});
    return values;
}

std::vector<Value> values_of_range(Section& axis) {
    for (const std::string_view key : {"from", "to", "steps"})
        if (!axis.has(key))
            axis.fail(key, "missing; expected values = [...], or from, to and steps");
    const Value& from = *axis.value("from");
    const Value& to = *axis.value("to");
    const auto steps = static_cast<std::uint32_t>(*axis.count("steps", 2, most_steps));
    const bool logarithmic = axis.choice("scale", scales).value_or(0) == 1;
    const AxisKind kind = kind_of({from, to});
    if (kind == AxisKind::words)
        axis.fail("to", fmt::format("{} and {} are not two quantities of one kind; expected two "
                                    "durations, sizes, rates or numbers",
                                    settings::describe(from), settings::describe(to)));
    const double low = axis_value(from, kind).number;
    if (low >= axis_value(to, kind).number)
        axis.fail("from", fmt::format("expected less than to, {}", settings::describe(to)));
    if (logarithmic && low <= 0)
        axis.fail("from",
                  "a logarithmic scale has no place for it; expected more than 0, or "
                  "scale = \"linear\"");
    auto values = values_between(from, to, kind, steps, logarithmic);
    if (!values)
        axis.fail("steps", fmt::format("{} values do not fit between {} and {}; expected fewer",
                                       steps, settings::to_toml(from), settings::to_toml(to)));
    for (Value& value : *values)
        if (value.place.line == 0) value.place = axis.place_of("from");
    return *values;
}

std::vector<Value> read_values(Section& axis) {
    const std::array<std::string_view, 3> ways{"values", "from", "every"};
    const auto given = std::ranges::count_if(ways, [&](auto key) { return axis.has(key); });
    if (given > 1)
        axis.fail(axis.has("every") ? "every" : "from",
                  "contradicts the other values of this axis; expected one of values, from, every");
    for (const std::string_view key : {"to", "steps", "scale"})
        if (axis.has(key) && (axis.has("values") || axis.has("every")))
            axis.fail(key, "belongs to from; expected from beside it, or values alone");
    if (axis.has("values")) return listed_values(axis);
    if (axis.has("every")) return profile_values(axis);
    return values_of_range(axis);
}

std::string last_part(const std::string& key) {
    std::string part = key.substr(key.rfind('.') + 1);
    std::erase(part, '"');
    return part;
}

SweepAxis read_axis(Section axis) {
    SweepAxis result;
    const bool of_senders = axis.choice("every", lists) == 0;
    result.key = axis.text("key").value_or(of_senders ? "fleet.profile" : "");
    if (result.key.empty())
        axis.fail("key", "missing; expected a key such as \"fleet.timeouts.data_done\"");
    if (result.key == "sweep" || result.key.starts_with("sweep."))
        axis.fail("key", "a sweep cannot vary itself; expected a key of the scenario");
    if (result.key == "seed")
        axis.fail("key", "sweep.seeds repeats each cell; expected a key of the scenario");
    result.label = axis.text("label").value_or(last_part(result.key));
    if (result.label.empty()) axis.fail("label", "is empty; expected a name for the axis");
    const std::vector<Value> values = read_values(axis);
    result.kind = kind_of(values);
    result.places.key = axis.place_of(axis.has("key") ? "key" : "every");
    for (const Value& value : values) {
        result.values.push_back(axis_value(value, result.kind));
        result.places.values.push_back(value.place);
        for (std::size_t i = 0; i + 1 < result.values.size(); ++i)
            if (result.values[i].toml == result.values.back().toml)
                axis.fail("values", fmt::format("{} stands there twice; expected each value once",
                                                result.values.back().toml));
    }
    axis.finish();
    return result;
}

void check_lengths(std::vector<Section>& sections, const Sweep& sweep) {
    if (!sweep.paired) return;
    const std::size_t first = sweep.axes.front().values.size();
    for (std::size_t i = 1; i < sweep.axes.size(); ++i) {
        const std::size_t length = sweep.axes[i].values.size();
        if (length == first) continue;
        sections[i].fail(sections[i].has("values") ? "values" : "key",
                         fmt::format("has {} values, and the axis \"{}\" has {}; expected equally "
                                     "many, since combine is \"paired\"",
                                     length, sweep.axes.front().label, first));
    }
}

/// The axis of that label, or the last one of durations.
std::optional<std::size_t> timeout_axis(Section& section, const Sweep& sweep) {
    std::vector<std::string_view> labels;
    for (const SweepAxis& axis : sweep.axes) labels.push_back(axis.label);
    const std::optional<std::size_t> chosen = section.choice("timeout", labels);
    if (chosen) {
        if (sweep.axes[*chosen].kind == AxisKind::words)
            section.fail("timeout",
                         fmt::format("the values of \"{}\" have no order; expected an axis of "
                                     "durations, sizes, rates or numbers",
                                     sweep.axes[*chosen].label));
        return chosen;
    }
    for (std::size_t i = sweep.axes.size(); i-- > 0;)
        if (sweep.axes[i].kind == AxisKind::duration) return i;
    return std::nullopt;
}

}  // namespace

std::uint64_t cells_of(const Sweep& sweep) {
    constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
    std::uint64_t cells = sweep.axes.empty() ? 0 : 1;
    for (const SweepAxis& axis : sweep.axes) {
        const std::uint64_t values = axis.values.size();
        if (sweep.paired) return values;
        if (values != 0 && cells > most / values) return most;
        cells *= values;
    }
    return cells;
}

std::optional<Sweep> read_sweep(Section& root) {
    if (!root.has("sweep")) return std::nullopt;
    Section section = root.section("sweep");
    Sweep sweep;
    sweep.paired = section.choice("combine", combinations).value_or(0) == 1;
    if (const auto seeds = section.count("seeds", 1, most_seeds))
        sweep.seeds = static_cast<std::uint32_t>(*seeds);
    for (const std::string_view key : {"timeout", "bound", "axis"}) section.value(key);
    section.finish();
    std::vector<Section> sections = section.sections("axis");
    if (sections.empty())
        section.fail("axis",
                     "missing; expected one [[sweep.axis]] or more, each with key and "
                     "values");
    for (Section& axis : sections) {
        sweep.axes.push_back(read_axis(axis));
        const std::string& label = sweep.axes.back().label;
        for (std::size_t i = 0; i + 1 < sweep.axes.size(); ++i) {
            const bool same_key = sweep.axes[i].key == sweep.axes.back().key;
            if (!same_key && sweep.axes[i].label != label) continue;
            axis.fail(same_key || !axis.has("label") ? "key" : "label",
                      fmt::format("another axis has it already; expected a {} of its own",
                                  same_key ? "key" : "label"));
        }
    }
    check_lengths(sections, sweep);
    sweep.timeout = timeout_axis(section, sweep);
    sweep.bound = read_share_bound(section, "bound");
    if (sweep.bound && !sweep.timeout)
        section.fail("bound",
                     "no axis has durations, so nothing can be recommended; expected "
                     "timeout = a label, or no bound");
    const std::uint64_t cells = cells_of(sweep);
    if (cells > most_runs / sweep.seeds)
        section.fail("axis", fmt::format("{} cells with {} seeds each are too many; expected at "
                                         "most {} runs",
                                         cells, sweep.seeds, most_runs));
    return sweep;
}

}  // namespace twofifty::harness
