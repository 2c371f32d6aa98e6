// A comparison as JSON, for programs.
#include "harness/report/compare.hpp"
#include "harness/report/json_text.hpp"

#include <boost/json.hpp>

namespace twofifty::harness {
namespace {

namespace json = boost::json;

json::value optional(const std::optional<double>& value) {
    return value ? json::value(*value) : json::value(nullptr);
}

json::value significance_of(const Significance& significance) {
    if (significance.test.empty()) return nullptr;
    return json::object{{"test", significance.test},
                        {"p", significance.p},
                        {"significant", significance.significant()}};
}

json::object percentiles(const TimeFigures& times) {
    json::object object{{"count", times.count}, {"censored", times.censored}};
    if (times.count == 0) return object;
    object["p50"] = times.p50;
    object["p90"] = times.p90;
    object["p99"] = times.p99;
    object["max"] = times.max;
    return object;
}

}  // namespace

std::string write_comparison_json(const RunComparison& comparison) {
    json::array figures;
    for (const ComparedFigure& figure : comparison.figures)
        figures.emplace_back(json::object{{"figure", figure.name},
                                          {"unit", figure.unit},
                                          {"first", optional(figure.first)},
                                          {"second", optional(figure.second)}});
    json::array shares;
    for (const ComparedShare& share : comparison.shares)
        shares.emplace_back(json::object{{"verdict", share.name},
                                         {"first", share.first},
                                         {"first_recipients", share.first_whole},
                                         {"second", share.second},
                                         {"second_recipients", share.second_whole},
                                         {"significance", significance_of(share.significance)}});
    json::array times;
    for (const ComparedTimes& compared : comparison.times)
        times.emplace_back(
            json::object{{"times", compared.name},
                         {"first_ms", percentiles(compared.first)},
                         {"second_ms", percentiles(compared.second)},
                         {"distance", compared.difference.distance},
                         {"significance", significance_of(compared.difference.significance)}});
    json::array bounds;
    for (const CheckedBound& bound : comparison.bounds)
        bounds.emplace_back(
            json::object{{"bound", bound.text},
                         {"change", optional(bound.change)},
                         {"unit", bound.unit},
                         {"held", bound.held},
                         {"excused", bound.excused},
                         {"significance", bound.significance ? significance_of(*bound.significance)
                                                             : json::value(nullptr)}});
    return json_text(json::object{{"schema", 1},
                                  {"kind", "comparison"},
                                  {"first", comparison.first_name},
                                  {"second", comparison.second_name},
                                  {"all_held", comparison.all_held()},
                                  {"figures", std::move(figures)},
                                  {"shares", std::move(shares)},
                                  {"times", std::move(times)},
                                  {"bounds", std::move(bounds)}});
}

}  // namespace twofifty::harness
