// The depth of a queue over time, as a stair: it is known only when it was looked at, and holds
// until the next look.
#include "harness/report/queue_chart.hpp"

#include "harness/report/escape.hpp"
#include "harness/report/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace twofifty::harness {
namespace {

constexpr double left = 60;
constexpr double right = 740;
constexpr double top = 14;
constexpr double bottom = 120;

/// Legible on a light page and on a dark one.
constexpr std::array<std::string_view, 6> colours{"#3b6fd4", "#c2541b", "#1a8f6a",
                                                  "#8d55c4", "#b08a00", "#c23d72"};

class Axes {
public:
    Axes(double seconds, std::uint64_t depth)
        : seconds_(std::max(seconds, 1e-9)), depth_(static_cast<double>(depth)) {}

    double x(double at) const { return left + std::min(1.0, at / seconds_) * (right - left); }
    double y(std::uint64_t depth) const {
        return bottom - static_cast<double>(depth) / depth_ * (bottom - top);
    }

private:
    double seconds_;
    double depth_;
};

std::string stair(const QueueFigures& queue, const Axes& axes, double end) {
    std::string path = fmt::format("M{:.1f} {:.1f}", axes.x(0), axes.y(0));
    for (const QueueFigures::Sample& sample : queue.samples)
        fmt::format_to(std::back_inserter(path), "H{:.1f}V{:.1f}", axes.x(sample.at_s),
                       axes.y(sample.depth));
    return path + fmt::format("H{:.1f}", axes.x(end));
}

std::string chart(const QueueFigures& queue, double seconds, std::string_view colour) {
    const std::uint64_t most = std::max<std::uint64_t>(queue.depth_max, 1);
    const Axes axes(seconds, most);
    std::string out = fmt::format(
        "<p class=\"soft\">{0}</p>\n<svg viewBox=\"0 0 760 146\" role=\"img\" "
        "aria-label=\"{0}\">\n",
        escape_xml(describe_queue(queue)));
    fmt::format_to(std::back_inserter(out),
                   "<path class=\"axis\" fill=\"none\" d=\"M{0} {1}V{2}H{3}\"/>\n", left, top,
                   bottom, right);
    fmt::format_to(std::back_inserter(out),
                   "<text class=\"small\" x=\"{0}\" y=\"{1}\" text-anchor=\"end\">{2}</text>"
                   "<text class=\"small\" x=\"{0}\" y=\"{3}\" text-anchor=\"end\">0</text>"
                   "<text class=\"small\" x=\"{4}\" y=\"{5}\">0</text>"
                   "<text class=\"small\" x=\"{6}\" y=\"{5}\" text-anchor=\"end\">{7}</text>\n",
                   left - 8, top + 5, most, bottom, left, bottom + 18, right,
                   escape_xml(format_since(seconds * 1000)));
    fmt::format_to(std::back_inserter(out),
                   "<path class=\"depth\" stroke=\"{}\" d=\"{}\"/>\n</svg>\n", colour,
                   stair(queue, axes, seconds));
    return out;
}

}  // namespace

std::string queue_charts(const Summary& summary) {
    if (summary.queues.empty()) return {};
    std::string out =
        "<section><h2>Queues of the receivers: messages over the time of the run</h2>\n";
    std::vector<std::string_view> receivers;
    for (const QueueFigures& queue : summary.queues) {
        auto known = std::ranges::find(receivers, queue.receiver);
        if (known == receivers.end()) known = receivers.insert(receivers.end(), queue.receiver);
        const auto place = static_cast<std::size_t>(known - receivers.begin());
        out += chart(queue, summary.duration_s, colours[place % colours.size()]);
    }
    return out + "</section>\n";
}

}  // namespace twofifty::harness
