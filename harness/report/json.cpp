// summary.json: the one file that other programs read, hence keys in one order, one schema number,
// and numbers that read back as the same value.
#include "harness/report/format.hpp"
#include "harness/report/json_text.hpp"
#include "settings/value.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

namespace twofifty::harness {
namespace {

namespace json = boost::json;

constexpr std::int64_t schema = 1;

json::array texts(std::span<const std::string> values) {
    json::array array;
    for (const std::string& value : values) array.emplace_back(value);
    return array;
}

json::object counts(std::span<const Count> values) {
    json::object object;
    for (const Count& value : values) object[value.name] = value.count;
    return object;
}

json::object times(const TimeFigures& values) {
    json::object object{{"count", values.count}, {"censored", values.censored}};
    if (values.count == 0) return object;
    object["p50"] = values.p50;
    object["p90"] = values.p90;
    object["p99"] = values.p99;
    object["max"] = values.max;
    if (values.histogram.empty()) return object;
    json::array histogram;
    for (const TimeCount& bin : values.histogram) {
        histogram.emplace_back(bin.value.count());
        histogram.emplace_back(bin.count);
    }
    object["histogram_ns"] = std::move(histogram);
    return object;
}

json::object latency(std::span<const PhaseLatency> phases) {
    json::object object;
    for (const PhaseLatency& phase : phases) {
        object[phase.phase] = times(phase.times);
    }
    return object;
}

json::array rules(std::span<const RuleCounts> values) {
    json::array array;
    for (const RuleCounts& rule : values) {
        json::object object{{"name", rule.name}, {"effect", rule.effect}};
        object["matched"] = rule.matched ? json::value(*rule.matched) : json::value(nullptr);
        object["fired"] = rule.fired;
        if (rule.lateness.count > 0) {
            object["asked_ms"] = times(rule.asked);
            object["achieved_ms"] = times(rule.achieved);
            object["lateness_ms"] = times(rule.lateness);
        }
        array.emplace_back(std::move(object));
    }
    return array;
}

json::array expectations(std::span<const ExpectationFigures> values) {
    json::array array;
    for (const ExpectationFigures& value : values) {
        json::object object{{"figure", value.figure}, {"bound", value.bound}};
        object["value"] = value.value ? json::value(*value.value) : json::value(nullptr);
        object["unit"] = value.unit;
        object["held"] = value.held;
        array.emplace_back(std::move(object));
    }
    return array;
}

json::array discrepancies(std::span<const DiscrepancyFigures> values) {
    json::array array;
    for (const DiscrepancyFigures& value : values) {
        array.emplace_back(json::object{{"message", value.message},
                                        {"recipient", value.recipient},
                                        {"copies", value.copies},
                                        {"accepted", value.accepted}});
    }
    return array;
}

json::array examples(std::span<const Example> values) {
    json::array array;
    for (const Example& example : values) {
        json::array timeline;
        for (const TimelineEntry& entry : example.timeline) {
            timeline.emplace_back(json::object{{"at_ms", entry.at_ms}, {"text", entry.text}});
        }
        array.emplace_back(json::object{{"message", example.message},
                                        {"title", example.title},
                                        {"timeline", std::move(timeline)}});
    }
    return array;
}

json::array servers(std::span<const ServerFigures> values) {
    json::array array;
    for (const ServerFigures& server : values) {
        json::array changes;
        for (const ServerFigures::Change& change : server.changes)
            changes.emplace_back(json::object{
                {"at_s", change.at_s}, {"what", change.what}, {"took_ms", change.took_ms}});
        array.emplace_back(json::object{{"name", server.name},
                                        {"program", server.program},
                                        {"changes", std::move(changes)},
                                        {"said", counts(server.said)},
                                        {"lines", texts(server.lines)}});
    }
    return array;
}

json::array queues(std::span<const QueueFigures> values) {
    json::array array;
    for (const QueueFigures& queue : values) {
        json::array samples;
        for (const QueueFigures::Sample& sample : queue.samples)
            samples.emplace_back(json::array{sample.at_s, sample.depth});
        array.emplace_back(json::object{{"receiver", queue.receiver},
                                        {"queue", queue.queue},
                                        {"depth_max", queue.depth_max},
                                        {"depth_max_at_s", queue.depth_max_at_s},
                                        {"oldest_s", queue.oldest_s},
                                        {"samples", std::move(samples)}});
    }
    return array;
}

std::string text(const json::value& value) {
    return std::string(value.as_string());
}

template <class Number>
Number number(const json::value& value) {
    return value.to_number<Number>();
}

std::vector<std::string> read_texts(const json::value& value) {
    std::vector<std::string> read;
    for (const json::value& element : value.as_array()) read.push_back(text(element));
    return read;
}

std::vector<Count> read_counts(const json::value& value) {
    std::vector<Count> read;
    for (const auto& member : value.as_object()) {
        read.push_back({std::string(member.key()), number<std::uint64_t>(member.value())});
    }
    return read;
}

TimeFigures read_times(const json::value& value) {
    TimeFigures read;
    read.count = number<std::uint64_t>(value.at("count"));
    read.censored = number<std::uint64_t>(value.at("censored"));
    if (read.count == 0) return read;
    read.p50 = number<double>(value.at("p50"));
    read.p90 = number<double>(value.at("p90"));
    read.p99 = number<double>(value.at("p99"));
    read.max = number<double>(value.at("max"));
    const json::value* histogram = value.as_object().if_contains("histogram_ns");
    if (!histogram) return read;
    const json::array& numbers = histogram->as_array();
    for (std::size_t i = 0; i + 1 < numbers.size(); i += 2)
        read.histogram.push_back(
            {Duration{number<std::int64_t>(numbers[i])}, number<std::uint64_t>(numbers[i + 1])});
    return read;
}

template <class Number>
std::optional<Number> read_optional(const json::value& value) {
    if (value.is_null()) return std::nullopt;
    return number<Number>(value);
}

Example read_example(const json::value& value) {
    Example read{number<std::uint32_t>(value.at("message")), text(value.at("title")), {}};
    for (const json::value& entry : value.at("timeline").as_array()) {
        read.timeline.push_back({number<double>(entry.at("at_ms")), text(entry.at("text"))});
    }
    return read;
}

Result read_result(const json::value& value) {
    for (const Result result : {Result::passed, Result::failed, Result::inconclusive}) {
        if (value.as_string() == to_string(result)) return result;
    }
    throw std::runtime_error("the result is none of passed, failed, inconclusive");
}

ServerFigures read_server(const json::value& value) {
    ServerFigures read{.name = text(value.at("name")),
                       .program = text(value.at("program")),
                       .said = read_counts(value.at("said")),
                       .lines = read_texts(value.at("lines"))};
    for (const json::value& change : value.at("changes").as_array())
        read.changes.push_back({number<double>(change.at("at_s")), text(change.at("what")),
                                number<double>(change.at("took_ms"))});
    return read;
}

QueueFigures read_queue(const json::value& value) {
    QueueFigures read{.receiver = text(value.at("receiver")),
                      .queue = text(value.at("queue")),
                      .depth_max = number<std::uint64_t>(value.at("depth_max")),
                      .depth_max_at_s = number<double>(value.at("depth_max_at_s")),
                      .oldest_s = number<double>(value.at("oldest_s"))};
    for (const json::value& sample : value.at("samples").as_array())
        read.samples.push_back({number<double>(sample.at(0)), number<std::uint64_t>(sample.at(1))});
    return read;
}

void read_counters(Summary& summary, const json::value& root) {
    summary.messages = number<std::uint64_t>(root.at("messages"));
    summary.recipients = number<std::uint64_t>(root.at("recipients"));
    summary.attempts = number<std::uint64_t>(root.at("attempts"));
    summary.transactions_accepted = number<std::uint64_t>(root.at("transactions_accepted"));
    summary.copies = number<std::uint64_t>(root.at("copies"));
    summary.extra_copies = number<std::uint64_t>(root.at("extra_copies"));
    // What a summary of before receivers suppressed anything does not tell.
    const json::object& keys = root.as_object();
    const auto later = [&keys](std::string_view key, std::uint64_t otherwise) {
        const json::value* const found = keys.if_contains(key);
        return found ? number<std::uint64_t>(*found) : otherwise;
    };
    summary.copies_queued = later("copies_queued", summary.copies);
    summary.copies_suppressed = later("copies_suppressed", 0);
    summary.copies_discarded = later("copies_discarded", 0);
    summary.wire_duplicated = later("wire_duplicated", 0);
    summary.unexpected = number<std::uint64_t>(root.at("unexpected"));
    summary.verdicts = read_counts(root.at("verdicts"));
    summary.sender_ends = read_counts(root.at("sender_ends"));
    summary.causes = read_counts(root.at("causes"));
    summary.routes = read_counts(root.at("routes"));
    summary.copies_histogram = read_counts(root.at("copies_histogram"));
    summary.discrepancies = number<std::uint64_t>(root.at("discrepancies"));
}

void read_lists(Summary& summary, const json::value& root) {
    for (const auto& member : root.at("latency_ms").as_object()) {
        summary.latency.push_back({std::string(member.key()), read_times(member.value())});
    }
    for (const json::value& rule : root.at("rules").as_array()) {
        RuleCounts read{.name = text(rule.at("name")),
                        .effect = text(rule.at("effect")),
                        .matched = read_optional<std::uint64_t>(rule.at("matched")),
                        .fired = number<std::uint64_t>(rule.at("fired"))};
        if (rule.as_object().contains("lateness_ms")) {
            read.asked = read_times(rule.at("asked_ms"));
            read.achieved = read_times(rule.at("achieved_ms"));
            read.lateness = read_times(rule.at("lateness_ms"));
        }
        summary.rules.push_back(std::move(read));
    }
    if (const json::value* const queues = root.as_object().if_contains("queues"))
        for (const json::value& value : queues->as_array())
            summary.queues.push_back(read_queue(value));
    if (const json::value* const servers = root.as_object().if_contains("servers"))
        for (const json::value& value : servers->as_array())
            summary.servers.push_back(read_server(value));
    for (const json::value& value : root.at("expectations").as_array()) {
        summary.expectations.push_back({text(value.at("figure")), text(value.at("bound")),
                                        read_optional<double>(value.at("value")),
                                        text(value.at("unit")), value.at("held").as_bool()});
    }
    for (const json::value& value : root.at("discrepancies_named").as_array()) {
        summary.discrepancies_named.push_back({number<std::uint32_t>(value.at("message")),
                                               text(value.at("recipient")),
                                               number<std::uint32_t>(value.at("copies")),
                                               number<std::uint32_t>(value.at("accepted"))});
    }
    for (const json::value& value : root.at("examples").as_array()) {
        summary.examples.push_back(read_example(value));
    }
}

Summary read(const json::value& root) {
    const auto found_schema = number<std::int64_t>(root.at("schema"));
    if (found_schema != schema) {
        throw std::runtime_error(
            fmt::format("it has schema {}, and this program reads {}", found_schema, schema));
    }
    Summary summary;
    summary.scenario = text(root.at("scenario"));
    summary.question = text(root.at("question"));
    summary.version = text(root.at("version"));
    summary.seed = number<std::uint64_t>(root.at("seed"));
    summary.world = text(root.at("world"));
    summary.started_at = text(root.at("started_at"));
    summary.duration_s = number<double>(root.at("duration_s"));
    summary.digest = text(root.at("digest"));
    summary.result = read_result(root.at("result"));
    summary.result_reasons = read_texts(root.at("result_reasons"));
    summary.incomplete = read_texts(root.at("incomplete"));
    read_counters(summary, root);
    summary.time_to_acknowledge = read_times(root.at("time_to_acknowledge_ms"));
    summary.time_to_delivery = read_times(root.at("time_to_delivery_ms"));
    if (const json::value* hours = root.as_object().if_contains("connection_hours"))
        summary.connection_hours = number<double>(*hours);
    summary.observed_at = text(root.at("observed_at"));
    summary.assumptions = read_texts(root.at("assumptions"));
    read_lists(summary, root);
    return summary;
}

}  // namespace

std::string write_json(const Summary& summary) {
    const json::object root{
        {"schema", schema},
        {"scenario", summary.scenario},
        {"question", summary.question},
        {"version", summary.version},
        {"seed", summary.seed},
        {"world", summary.world},
        {"started_at", summary.started_at},
        {"duration_s", summary.duration_s},
        {"digest", summary.digest},
        {"result", to_string(summary.result)},
        {"result_reasons", texts(summary.result_reasons)},
        {"incomplete", texts(summary.incomplete)},
        {"messages", summary.messages},
        {"recipients", summary.recipients},
        {"attempts", summary.attempts},
        {"transactions_accepted", summary.transactions_accepted},
        {"copies", summary.copies},
        {"copies_queued", summary.copies_queued},
        {"copies_suppressed", summary.copies_suppressed},
        {"copies_discarded", summary.copies_discarded},
        {"wire_duplicated", summary.wire_duplicated},
        {"extra_copies", summary.extra_copies},
        {"unexpected", summary.unexpected},
        {"verdicts", counts(summary.verdicts)},
        {"sender_ends", counts(summary.sender_ends)},
        {"causes", counts(summary.causes)},
        {"routes", counts(summary.routes)},
        {"copies_histogram", counts(summary.copies_histogram)},
        {"latency_ms", latency(summary.latency)},
        {"time_to_acknowledge_ms", times(summary.time_to_acknowledge)},
        {"time_to_delivery_ms", times(summary.time_to_delivery)},
        {"connection_hours", summary.connection_hours},
        {"observed_at", summary.observed_at},
        {"rules", rules(summary.rules)},
        {"expectations", expectations(summary.expectations)},
        {"queues", queues(summary.queues)},
        {"servers", servers(summary.servers)},
        {"discrepancies", summary.discrepancies},
        {"discrepancies_named", discrepancies(summary.discrepancies_named)},
        {"assumptions", texts(summary.assumptions)},
        {"examples", examples(summary.examples)},
    };
    return json_text(root);
}

Summary read_json(std::string_view content, std::string_view source) {
    try {
        return read(json::parse({content.data(), content.size()}));
    } catch (const std::exception& error) {
        // Boost's own words name what is missing or of the wrong type, though not where.
        throw settings::Error(
            settings::Place{.source = std::string(source)},
            fmt::format("this is no summary.json of a twofifty run: {}", error.what()));
    }
}

}  // namespace twofifty::harness
