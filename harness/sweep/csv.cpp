#include "harness/sweep/expand.hpp"
#include "harness/sweep/formats.hpp"
#include "harness/sweep/table.hpp"

#include <fmt/format.h>

namespace twofifty::harness {
namespace {

/// RFC 4180: a field with a comma, a quote or a line end stands in quotes, and its quotes are
/// doubled.
std::string field(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

std::string time(const CellTimes& times, double value) {
    return times.count == 0 ? "" : fmt::format("{}", value);
}

std::string figures(const CellFigures& cell) {
    const Interval interval = duplicated_interval(cell);
    return fmt::format(
        "{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}", cell.runs,
        cell.messages, cell.pairs, cell.attempts, cell.copies, cell.extra_copies, cell.copies_max,
        cell.duplicated, cell.ghost, cell.failed, cell.lost, cell.pending, cell.corrupted,
        cell.unobserved, 1000 * duplicated_share(cell), 1000 * interval.low, 1000 * interval.high,
        time(cell.delivery, cell.delivery.p50), time(cell.delivery, cell.delivery.p99),
        time(cell.acknowledge, cell.acknowledge.p99), retries_per_message(cell),
        cell.connection_hours, to_string(cell.result));
}

std::string_view mark(CellMark mark, CellMark one) {
    return mark == one || mark == CellMark::both ? "yes" : "";
}

}  // namespace

std::string write_sweep_csv(const SweepResult& result) {
    std::string out;
    for (const SweepAxis& axis : result.sweep.axes) out += field(axis.label) + ",";
    out +=
        "runs,messages,pairs,attempts,copies,extra_copies,copies_max,duplicated,ghost,failed,"
        "lost,pending,corrupted,unobserved,duplicated_per_1000,duplicated_per_1000_low,"
        "duplicated_per_1000_high,time_to_delivery_ms_p50,time_to_delivery_ms_p99,"
        "time_to_acknowledge_ms_p99,retries_per_message,connection_hours,result,"
        "behind_cliff,recommended\n";
    for (const SweepLine& line : result.lines) {
        for (const std::uint64_t cell : line.cells) {
            if (!result.cells[cell]) continue;
            const std::vector<std::size_t> values = values_of_cell(result.sweep, cell);
            for (std::size_t i = 0; i < values.size(); ++i)
                out += field(result.sweep.axes[i].values[values[i]].shown) + ",";
            const CellMark what = mark_of(line, cell);
            out += fmt::format("{},{},{}\n", figures(*result.cells[cell]),
                               mark(what, CellMark::cliff), mark(what, CellMark::recommended));
        }
    }
    return out;
}

}  // namespace twofifty::harness
