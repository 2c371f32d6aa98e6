#include "netem/toxic.hpp"

#include "netem/rule_settings.hpp"
#include "record/check.hpp"
#include "record/text.hpp"
#include "settings/section.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <span>
#include <utility>

namespace twofifty::netem {
namespace {

using settings::Section;
using settings::Table;
using settings::Value;

using Attributes = std::array<std::int64_t, 3>;

/// Of one type: its attributes, whole numbers all, and the effect that they come to.
struct Kind {
    std::string_view type;
    std::array<std::string_view, 3> attributes;
    Effect (*effect)(const Attributes& values);
};

// What would be longer is as long, or as large, as this.
constexpr std::int64_t longest_ms = 24 * 3600 * 1000;
constexpr std::int64_t largest = 1LL << 40;

Duration milliseconds(std::int64_t count) {
    return std::chrono::milliseconds{std::clamp<std::int64_t>(count, 0, longest_ms)};
}

/// Latency plus or minus jitter; a draw below nothing is no delay.
Effect latency(const Attributes& values) {
    const auto [latency, jitter, none] = values;
    Latency effect;
    effect.time = world::fixed(milliseconds(latency));
    if (jitter <= 0) return effect;
    const std::int64_t middle = std::clamp(latency, -longest_ms, longest_ms);
    const std::int64_t around = std::min(jitter, longest_ms);
    effect.time = {.shape = world::Shape::uniform,
                   .a = static_cast<double>(middle - around) * 1e6,
                   .b = static_cast<double>(middle + around) * 1e6};
    return effect;
}

/// In KB/s, which are 1,000 bytes there. At rate 0 nothing passes, and nothing is lost.
Effect bandwidth(const Attributes& values) {
    if (values[0] <= 0) {
        Stall stall;
        stall.period = std::chrono::hours{24 * 365 * 100};
        stall.length = stall.period;
        return stall;
    }
    Bandwidth effect;
    effect.bytes_per_second = 1000.0 * static_cast<double>(std::min(values[0], largest));
    return effect;
}

Effect slow_close(const Attributes& values) {
    SlowClose effect;
    effect.delay = milliseconds(values[0]);
    return effect;
}

Effect timeout(const Attributes& values) {
    Timeout effect;
    effect.time = milliseconds(values[0]);
    return effect;
}

Effect reset_peer(const Attributes& values) {
    ResetPeer effect;
    effect.time = milliseconds(values[0]);
    return effect;
}

/// Toxiproxy wants a variation below the average, and never ends where it is not.
Effect slicer(const Attributes& values) {
    const auto [average, variation, delay_us] = values;
    Slicer effect;
    effect.average_size = static_cast<std::uint64_t>(std::clamp<std::int64_t>(average, 1, largest));
    effect.size_variation = std::min(
        static_cast<std::uint64_t>(std::max<std::int64_t>(variation, 0)), effect.average_size - 1);
    effect.delay =
        std::chrono::microseconds{std::clamp<std::int64_t>(delay_us, 0, longest_ms * 1000)};
    return effect;
}

Effect limit_data(const Attributes& values) {
    LimitData effect;
    effect.bytes = static_cast<std::uint64_t>(std::max<std::int64_t>(values[0], 0));
    return effect;
}

constexpr std::array kinds{
    Kind{"latency", {"latency", "jitter"}, latency},
    Kind{"bandwidth", {"rate"}, bandwidth},
    Kind{"slow_close", {"delay"}, slow_close},
    Kind{"timeout", {"timeout"}, timeout},
    Kind{"reset_peer", {"timeout"}, reset_peer},
    Kind{"slicer", {"average_size", "size_variation", "delay"}, slicer},
    Kind{"limit_data", {"bytes"}, limit_data},
};
constexpr std::string_view noop_toxic = "noop";

const Kind* kind_of_type(std::string_view type) {
    const auto* const found = std::ranges::find(kinds, type, &Kind::type);
    return found == kinds.end() ? nullptr : found;
}

void put(Table& table, std::string_view key, Value value) {
    if (Table::Entry* const entry = table.find(key)) {
        entry->value = std::move(value);
        return;
    }
    settings::Place place = value.place;
    table.entries.push_back({std::string(key), std::move(place), std::move(value)});
}

const Table& table_of(const Value& value) {
    return std::get<Table>(value.data);
}

double chance(double toxicity) {
    return std::clamp(toxicity, 0.0, 1.0);
}

/// The rule that the attributes of an smtp toxic are. Its name is the toxic's, which need not look
/// like one in a file.
Rule rule_of(const Value& attributes) {
    Value rule = attributes;
    if (const Table::Entry* name = table_of(rule).find("name"))
        throw settings::Error(name->place,
                              "attributes.name: the rule is named as its toxic; remove it");
    put(std::get<Table>(rule.data), "name", {std::string("toxic"), rule.place});
    return read_rule_of_proxy(Section(rule, "attributes"));
}

void set_rule(Toxic& toxic, const Kind* kind) {
    if (kind) {
        Attributes values{};
        for (std::size_t i = 0; i < values.size() && !kind->attributes[i].empty(); ++i)
            values[i] = std::get<std::int64_t>(
                table_of(toxic.attributes).find(kind->attributes[i])->value.data);
        toxic.rule = Rule{.effect = kind->effect(values)};
        toxic.rule->when.direction = *way_of_stream(toxic.stream);
        toxic.rule->when.probability = chance(toxic.toxicity);
    } else if (toxic.type == smtp_toxic) {
        toxic.rule = rule_of(toxic.attributes);
        toxic.rule->when.probability *= chance(toxic.toxicity);
    }
    if (toxic.rule) toxic.rule->name = toxic.name;
}

}  // namespace

bool is_toxic_type(std::string_view type) {
    return kind_of_type(type) || type == smtp_toxic || type == noop_toxic;
}

std::optional<Direction> way_of_stream(std::string_view stream) {
    if (equals_ignoring_case(stream, "upstream")) return Direction::to_server;
    if (equals_ignoring_case(stream, "downstream")) return Direction::to_client;
    return std::nullopt;
}

void set_attributes(Toxic& toxic, const Value* written) {
    TF_CHECK(is_toxic_type(toxic.type) && way_of_stream(toxic.stream));
    Toxic result = toxic;
    if (!std::holds_alternative<Table>(result.attributes.data)) result.attributes.data = Table{};
    auto& attributes = std::get<Table>(result.attributes.data);
    if (written) result.attributes.place = written->place;
    Section section =
        written ? Section(*written, "attributes") : Section(settings::Place{}, "attributes");
    const Kind* const kind = kind_of_type(toxic.type);
    if (kind) {
        // What Toxiproxy does not know it passes over, and its clients may rely on that.
        constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
        for (const std::string_view key : kind->attributes) {
            if (key.empty()) continue;
            const std::optional<std::int64_t> value = section.count(key, -most - 1, most);
            if (value || !attributes.find(key)) put(attributes, key, {value.value_or(0), {}});
        }
    } else if (toxic.type == smtp_toxic && written) {
        for (const Table::Entry& entry : table_of(*written).entries) {
            put(attributes, entry.key, entry.value);
            attributes.find(entry.key)->place = entry.place;
        }
    }
    set_rule(result, kind);
    toxic = std::move(result);
}

void set_toxicity(Toxic& toxic, double toxicity) {
    toxic.toxicity = toxicity;
    set_rule(toxic, kind_of_type(toxic.type));
}

Toxic as_toxic(const Rule& rule) {
    Value document = settings::parse_toml(to_toml(rule), rule.name);
    Value& list = std::get<Table>(document.data).find("impair")->value;
    Value& attributes = std::get<settings::List>(list.data).front();
    std::erase_if(std::get<Table>(attributes.data).entries,
                  [](const Table::Entry& entry) { return entry.key == "name"; });
    return {.name = rule.name,
            .type = std::string(smtp_toxic),
            .attributes = std::move(attributes),
            .rule = rule};
}

}  // namespace twofifty::netem
