// What is scraped is made when it is asked for: a metric then needs no life of its own beside the
// proxy and the rules that it is about.
#include "netem/api/figures.hpp"

#include "netem/proxy_set.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <limits>
#include <sstream>
#include <utility>

namespace twofifty::netem::api {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

MetricFamily family(std::string name, std::string help, MetricType type) {
    MetricFamily result;
    result.name = std::move(name);
    result.help = std::move(help);
    result.type = type;
    return result;
}

void add(MetricFamily& family, Labels labels, std::uint64_t value) {
    ClientMetric metric;
    metric.label = std::move(labels);
    metric.counter.value = static_cast<double>(value);
    metric.gauge.value = static_cast<double>(value);
    family.metric.push_back(std::move(metric));
}

void add(MetricFamily& family, Labels labels, const Lateness& lateness) {
    ClientMetric metric;
    metric.label = std::move(labels);
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < lateness.counts.size(); ++i) {
        total += lateness.counts[i];
        const double bound = i < Lateness::bounds.size() ? to_seconds(Lateness::bounds[i])
                                                         : std::numeric_limits<double>::infinity();
        metric.histogram.bucket.push_back({total, bound});
    }
    metric.histogram.sample_count = total;
    metric.histogram.sample_sum = to_seconds(lateness.sum);
    family.metric.push_back(std::move(metric));
}

}  // namespace

void Lateness::add(Duration late) {
    late = std::max(late, Duration::zero());
    const auto bucket = std::ranges::lower_bound(bounds, late);
    ++counts[static_cast<std::size_t>(bucket - bounds.begin())];
    sum += late;
}

std::string to_prometheus(const std::vector<std::pair<const NamedProxy*, Figures>>& proxies) {
    MetricFamily open =
        family("twofifty_proxy_connections_open", "Connections that are open.", MetricType::Gauge);
    MetricFamily accepted = family("twofifty_proxy_connections_total",
                                   "Connections that were accepted.", MetricType::Counter);
    MetricFamily received =
        family("twofifty_proxy_received_bytes_total",
               "Bytes that arrived, before any rule acted on them.", MetricType::Counter);
    MetricFamily replies =
        family("twofifty_proxy_replies_total",
               "Replies of the server, by phase and class of the code.", MetricType::Counter);
    MetricFamily matched = family("twofifty_rule_matched_total",
                                  "What fitted a rule's conditions, time, chance and counts aside.",
                                  MetricType::Counter);
    MetricFamily firings =
        family("twofifty_rule_firings_total", "How often a rule acted.", MetricType::Counter);
    MetricFamily lateness = family(
        "twofifty_rule_lateness_seconds",
        "How long after the time that its rule asked for an effect ended.", MetricType::Histogram);
    for (const auto& [proxy, figures] : proxies) {
        const std::string& name = proxy->name();
        add(open, {{"proxy", name}}, proxy->sessions());
        add(accepted, {{"proxy", name}}, figures.connections);
        add(received, {{"direction", "upstream"}, {"proxy", name}},
            figures.bytes[static_cast<std::size_t>(Direction::to_server)]);
        add(received, {{"direction", "downstream"}, {"proxy", name}},
            figures.bytes[static_cast<std::size_t>(Direction::to_client)]);
        for (const auto& [key, count] : figures.replies)
            add(replies,
                {{"class", std::to_string(key.second) + "xx"},
                 {"phase", std::string(to_string(key.first))},
                 {"proxy", name}},
                count);
        for (const RuleBook::Entry& entry : proxy->rules().entries())
            add(matched, {{"proxy", name}, {"rule", entry.rule.name}}, entry.matched);
        for (const auto& [key, count] : figures.firings) {
            const auto& [rule, phase, effect] = key;
            add(firings,
                {{"effect", effect},
                 {"phase", std::string(to_string(phase))},
                 {"proxy", name},
                 {"rule", rule}},
                count);
        }
        add(lateness, {{"proxy", name}}, figures.lateness);
    }
    std::ostringstream out;
    prometheus::TextSerializer().Serialize(
        out, {std::move(open), std::move(accepted), std::move(received), std::move(replies),
              std::move(matched), std::move(firings), std::move(lateness)});
    return out.str();
}

}  // namespace twofifty::netem::api
