// Looking a figure up by its canonical name: "verdicts.duplicated", "latency_ms.data_done.p99",
// "rules.lose-250.fired". The names are those of summary.json, so what a user reads there can be
// expected.
#include "harness/report/summary.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace twofifty::harness {
namespace {

std::optional<double> time_figure(const TimeFigures& times, std::string_view name) {
    if (name == "count") return static_cast<double>(times.count);
    if (name == "censored") return static_cast<double>(times.censored);
    if (times.count == 0) return std::nullopt;
    if (name == "p50") return times.p50;
    if (name == "p90") return times.p90;
    if (name == "p99") return times.p99;
    if (name == "max") return times.max;
    return std::nullopt;
}

std::optional<double> latency_value(const Summary& summary, std::string_view phase,
                                    std::string_view name) {
    for (const PhaseLatency& latency : summary.latency) {
        if (latency.phase == phase) return time_figure(latency.times, name);
    }
    return time_figure({}, name);
}

/// A rule's name may hold dots, hence the figure is what follows the last one.
std::optional<double> rule_value(const Summary& summary, std::string_view rule,
                                 std::string_view name) {
    for (const RuleCounts& figures : summary.rules) {
        if (figures.name != rule) continue;
        if (name == "fired") return static_cast<double>(figures.fired);
        if (name == "matched" && figures.matched) return static_cast<double>(*figures.matched);
    }
    return std::nullopt;
}

/// A histogram without a bar for n copies says that nobody got n.
double largest_copies(const Summary& summary) {
    double largest = 0;
    for (const Count& bar : summary.copies_histogram) {
        if (bar.count > 0) largest = std::max(largest, std::stod(bar.name));
    }
    return largest;
}

std::optional<double> plain_value(const Summary& summary, std::string_view name) {
    const std::array<std::pair<std::string_view, std::uint64_t>, 12> values{{
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
        {"discrepancies", summary.discrepancies},
    }};
    for (const auto& [known, value] : values) {
        if (known == name) return static_cast<double>(value);
    }
    if (name == "copies_max") return largest_copies(summary);
    if (name == "duration_s") return summary.duration_s;
    if (name == "connection_hours") return summary.connection_hours;
    return std::nullopt;
}

}  // namespace

std::uint64_t count_of(std::span<const Count> counts, std::string_view name) {
    for (const Count& entry : counts) {
        if (entry.name == name) return entry.count;
    }
    return 0;
}

std::optional<double> figure_value(const Summary& summary, std::string_view canonical) {
    const std::size_t first_dot = canonical.find('.');
    if (first_dot == std::string_view::npos) return plain_value(summary, canonical);
    const std::string_view group = canonical.substr(0, first_dot);
    const std::string_view rest = canonical.substr(first_dot + 1);

    const std::array<std::pair<std::string_view, const std::vector<Count>*>, 5> counted{{
        {"verdicts", &summary.verdicts},
        {"sender_ends", &summary.sender_ends},
        {"causes", &summary.causes},
        {"routes", &summary.routes},
        {"copies_histogram", &summary.copies_histogram},
    }};
    for (const auto& [known, counts] : counted) {
        if (known == group) return static_cast<double>(count_of(*counts, rest));
    }
    if (group == "time_to_acknowledge_ms") return time_figure(summary.time_to_acknowledge, rest);
    if (group == "time_to_delivery_ms") return time_figure(summary.time_to_delivery, rest);

    const std::size_t last_dot = rest.rfind('.');
    if (last_dot == std::string_view::npos) return std::nullopt;
    const std::string_view owner = rest.substr(0, last_dot);
    const std::string_view name = rest.substr(last_dot + 1);
    if (group == "latency_ms") return latency_value(summary, owner, name);
    if (group == "rules") return rule_value(summary, owner, name);
    return std::nullopt;
}

std::string_view unit_of_figure(std::string_view canonical) {
    if (canonical == "duration_s") return "s";
    if (canonical == "connection_hours") return "h";
    if (canonical.ends_with(".censored") || canonical.ends_with(".count")) return "";
    const bool is_time = canonical.starts_with("latency_ms.") || canonical.starts_with("time_to_");
    return is_time ? "ms" : "";
}

}  // namespace twofifty::harness
