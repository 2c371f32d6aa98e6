// sweep.json: what other programs read, and what two sweeps are compared by.
#include "harness/report/json_text.hpp"
#include "harness/sweep/expand.hpp"
#include "harness/sweep/formats.hpp"
#include "settings/value.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <stdexcept>

namespace twofifty::harness {
namespace {

namespace json = boost::json;

constexpr std::int64_t schema = 1;

std::string_view kind_name(AxisKind kind) {
    switch (kind) {
        case AxisKind::words: return "words";
        case AxisKind::number: return "number";
        case AxisKind::duration: return "duration";
        case AxisKind::size: return "size";
        case AxisKind::rate: return "rate";
        case AxisKind::data_rate: return "data_rate";
    }
    return "";
}

json::object sweep_of(const Sweep& sweep) {
    json::array axes;
    for (const SweepAxis& axis : sweep.axes) {
        json::array values;
        for (const AxisValue& value : axis.values) values.emplace_back(value.shown);
        axes.emplace_back(json::object{{"key", axis.key},
                                       {"label", axis.label},
                                       {"kind", kind_name(axis.kind)},
                                       {"values", std::move(values)}});
    }
    json::object object{{"combine", sweep.paired ? "paired" : "grid"}, {"seeds", sweep.seeds}};
    object["timeout"] = sweep.timeout ? json::value(sweep.axes[*sweep.timeout].label) : nullptr;
    object["bound"] =
        sweep.bound ? json::value(sweep.bound->figure + " " + sweep.bound->bound) : nullptr;
    object["axes"] = std::move(axes);
    return object;
}

json::object times(const CellTimes& times) {
    json::object object{{"count", times.count}};
    if (times.count == 0) return object;
    object["p50"] = times.p50;
    object["p90"] = times.p90;
    object["p99"] = times.p99;
    object["max"] = times.max;
    return object;
}

json::object share(double value, const Interval& interval) {
    return {{"share", value}, {"low", interval.low}, {"high", interval.high}};
}

json::object cell_of(const SweepResult& result, std::uint64_t number, const CellFigures& cell) {
    json::array overrides;
    json::array seeds;
    const std::vector<std::size_t> values = values_of_cell(result.sweep, number);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const SweepAxis& axis = result.sweep.axes[i];
        overrides.emplace_back(axis.key + "=" + axis.values[values[i]].toml);
    }
    for (std::uint64_t run = 0; run < cell.runs; ++run) seeds.emplace_back(result.seed + run);
    json::object object{{"cell", number},
                        {"name", name_of_cell(result.sweep, number)},
                        {"overrides", std::move(overrides)},
                        {"seeds", std::move(seeds)},
                        {"result", to_string(cell.result)},
                        {"reason", cell.reason},
                        {"messages", cell.messages},
                        {"recipients", cell.pairs},
                        {"attempts", cell.attempts},
                        {"copies", cell.copies},
                        {"extra_copies", cell.extra_copies},
                        {"copies_max", cell.copies_max},
                        {"verdicts", json::object{{"duplicated", cell.duplicated},
                                                  {"ghost", cell.ghost},
                                                  {"failed", cell.failed},
                                                  {"lost", cell.lost},
                                                  {"pending", cell.pending},
                                                  {"corrupted", cell.corrupted},
                                                  {"unobserved", cell.unobserved}}},
                        {"duplicated", share(duplicated_share(cell), duplicated_interval(cell))},
                        {"bounded", cell.bounded},
                        {"time_to_delivery_ms", times(cell.delivery)},
                        {"time_to_acknowledge_ms", times(cell.acknowledge)},
                        {"retries_per_message", retries_per_message(cell)},
                        {"connection_hours", cell.connection_hours}};
    return object;
}

json::value optional_cell(const std::optional<std::uint64_t>& cell) {
    return cell ? json::value(*cell) : json::value(nullptr);
}

json::object line_of(const SweepResult& result, const SweepLine& line) {
    json::object object{{"name", name_of_line(result.sweep, line)},
                        {"cells", json::array(line.cells.begin(), line.cells.end())}};
    object["cliff"] = nullptr;
    if (line.cliff)
        object["cliff"] = json::object{{"before", line.cliff->before},
                                       {"after", line.cliff->after},
                                       {"fall", line.cliff->fall}};
    object["recommendation"] = nullptr;
    if (!line.recommendation) return object;
    const Recommendation& said = *line.recommendation;
    object["recommendation"] = json::object{
        {"cell", optional_cell(said.cell)},
        {"value", said.cell ? json::value(timeout_of(result.sweep, *said.cell).shown) : nullptr},
        {"next_smaller", optional_cell(said.next_smaller)},
        {"largest", optional_cell(said.largest)},
        {"larger_exceeds", said.larger_exceeds},
        {"best", optional_cell(said.best)}};
    return object;
}

CellTimes read_times(const json::value& value) {
    CellTimes read{.count = value.at("count").to_number<std::uint64_t>()};
    if (read.count == 0) return read;
    read.p50 = value.at("p50").to_number<double>();
    read.p90 = value.at("p90").to_number<double>();
    read.p99 = value.at("p99").to_number<double>();
    read.max = value.at("max").to_number<double>();
    return read;
}

Result read_result(std::string_view name) {
    for (const Result result : {Result::passed, Result::failed, Result::inconclusive})
        if (name == to_string(result)) return result;
    throw std::runtime_error("a result is none of passed, failed, inconclusive");
}

NamedCell read_cell_object(const json::value& value) {
    const auto count = [](const json::value& owner, std::string_view name) {
        return owner.at(name).to_number<std::uint64_t>();
    };
    const json::value& verdicts = value.at("verdicts");
    NamedCell cell;
    cell.name = std::string(value.at("name").as_string());
    cell.figures = {.runs = value.at("seeds").as_array().size(),
                    .messages = count(value, "messages"),
                    .pairs = count(value, "recipients"),
                    .attempts = count(value, "attempts"),
                    .copies = count(value, "copies"),
                    .extra_copies = count(value, "extra_copies"),
                    .copies_max = count(value, "copies_max"),
                    .duplicated = count(verdicts, "duplicated"),
                    .ghost = count(verdicts, "ghost"),
                    .failed = count(verdicts, "failed"),
                    .lost = count(verdicts, "lost"),
                    .pending = count(verdicts, "pending"),
                    .corrupted = count(verdicts, "corrupted"),
                    .unobserved = count(verdicts, "unobserved"),
                    .bounded = count(value, "bounded"),
                    .delivery = read_times(value.at("time_to_delivery_ms")),
                    .acknowledge = read_times(value.at("time_to_acknowledge_ms")),
                    .connection_hours = value.at("connection_hours").to_number<double>(),
                    .result = read_result(value.at("result").as_string()),
                    .reason = std::string(value.at("reason").as_string())};
    return cell;
}

ReadSweep read(const json::value& root) {
    if (root.at("kind").as_string() != "sweep") throw std::runtime_error("its kind is another one");
    const auto found_schema = root.at("schema").to_number<std::int64_t>();
    if (found_schema != schema)
        throw std::runtime_error(
            fmt::format("it has schema {}, and this program reads {}", found_schema, schema));
    ReadSweep sweep{.name = std::string(root.at("name").as_string()),
                    .started_at = std::string(root.at("started_at").as_string())};
    for (const json::value& cell : root.at("cells").as_array())
        sweep.cells.push_back(read_cell_object(cell));
    return sweep;
}

}  // namespace

std::string write_sweep_json(const SweepResult& result) {
    json::array cells;
    for (std::uint64_t number = 0; number < result.cells.size(); ++number)
        if (result.cells[number])
            cells.emplace_back(cell_of(result, number, *result.cells[number]));
    json::array lines;
    for (const SweepLine& line : result.lines) lines.emplace_back(line_of(result, line));
    return json_text(json::object{{"schema", schema},
                                  {"kind", "sweep"},
                                  {"name", result.name},
                                  {"question", result.question},
                                  {"version", result.version},
                                  {"world", result.world},
                                  {"started_at", result.started_at},
                                  {"seed", result.seed},
                                  {"complete", is_complete(result)},
                                  {"cells_planned", result.cells.size()},
                                  {"cells_finished", finished_cells(result)},
                                  {"sweep", sweep_of(result.sweep)},
                                  {"cells", std::move(cells)},
                                  {"lines", std::move(lines)}});
}

bool is_sweep_json(std::string_view text) {
    boost::system::error_code error;
    const json::value root = json::parse({text.data(), text.size()}, error);
    if (error || !root.is_object()) return false;
    const json::value* kind = root.get_object().if_contains("kind");
    return kind && kind->is_string() && kind->get_string() == "sweep";
}

ReadSweep read_sweep_json(std::string_view text, std::string_view source) {
    try {
        return read(json::parse({text.data(), text.size()}));
    } catch (const std::exception& error) {
        throw settings::Error(
            settings::Place{.source = std::string(source)},
            fmt::format("this is no sweep.json of a twofifty sweep: {}", error.what()));
    }
}

}  // namespace twofifty::harness
