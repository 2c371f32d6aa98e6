#include "harness/report/svg.hpp"
#include "harness/scenario/figures.hpp"
#include "harness/sweep/chart.hpp"
#include "harness/sweep/expand.hpp"
#include "harness/sweep/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

namespace twofifty::harness {
namespace {

constexpr double width = 900;
constexpr double left = 78;
constexpr double right = width - 34;
constexpr double top = 92;
constexpr double bottom = 360;
/// The largest figure stands so much below the top, so that its label meets no other.
constexpr double headroom = 20;
constexpr double hours_top = 408;
constexpr double hours_bottom = 520;
/// More figures than these beside the points would hide them.
constexpr std::size_t points_with_figures = 14;
/// Where the largest figure is so many times the bound, an even scale would press the bound flat.
constexpr double bound_too_flat = 40;
/// Values that differ so much stand on a logarithmic scale.
constexpr double wide_range = 15;

struct Point {
    std::uint64_t cell = 0;
    std::string name{};
    double x = 0;  ///< On the picture.
    double share = 0;
    Interval interval{};
    double hours = 0;
};

/// From a figure per thousand to its height on the picture.
class Height {
public:
    Height(double most, double bound) : most_(most), bound_(bound) {}

    bool logarithmic() const { return bound_ > 0 && most_ > bound_too_flat * bound_; }
    double operator()(double number) const {
        const double share = logarithmic()
                                 ? std::log1p(number / bound_) / std::log1p(most_ / bound_)
                                 : number / most_;
        return bottom - (bottom - top - headroom) * std::clamp(share, 0.0, 1.0);
    }
    std::vector<double> ticks() const {
        if (!logarithmic()) return round_ticks(most_);
        std::vector<double> ticks{0};
        for (double decade = 0.001; decade <= most_; decade *= 10)
            if ((*this)(ticks.back()) - (*this)(decade) > 18) ticks.push_back(decade);
        return ticks;
    }

private:
    double most_;
    double bound_;
};

std::vector<Point> points_of(const SweepResult& result, const SweepAxis& axis,
                             const std::vector<std::uint64_t>& line) {
    std::vector<Point> points;
    std::vector<double> numbers;
    for (const std::uint64_t cell : line) {
        if (!result.cells[cell]) continue;
        const std::size_t index = static_cast<std::size_t>(&axis - result.sweep.axes.data());
        const AxisValue& value = axis.values[values_of_cell(result.sweep, cell)[index]];
        const CellFigures& figures = *result.cells[cell];
        points.push_back({.cell = cell,
                          .name = value.shown,
                          .share = duplicated_share(figures),
                          .interval = duplicated_interval(figures),
                          .hours = figures.connection_hours});
        numbers.push_back(axis.kind == AxisKind::words ? static_cast<double>(numbers.size())
                                                       : value.number);
    }
    if (points.empty()) return points;
    const auto [least, most] = std::ranges::minmax(numbers);
    const bool logarithmic = axis.kind != AxisKind::words && least > 0 && most > wide_range * least;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const double at = logarithmic    ? std::log(numbers[i] / least) / std::log(most / least)
                          : most > least ? (numbers[i] - least) / (most - least)
                                         : 0.5;
        // The outermost values stand a little inside, so that their figures fit.
        points[i].x = left + 24 + at * (right - left - 48);
    }
    return points;
}

const Point* find(const std::vector<Point>& points, std::optional<std::uint64_t> cell) {
    const auto found = std::ranges::find_if(
        points, [&](const Point& point) { return cell && point.cell == *cell; });
    return found == points.end() ? nullptr : &*found;
}

void frame_panel(Svg& svg, double from, double to, std::string_view title) {
    svg.line({left, to}, {right, to}, {.colour = chart_soft});
    svg.text({left, from - 10}, title, {.size = 13, .fill = chart_ink, .bold = true});
}

void draw_ticks(Svg& svg, const std::vector<double>& ticks,
                const std::function<double(double)>& height) {
    for (const double tick : ticks) {
        const double y = height(tick);
        if (tick != 0) svg.line({left, y}, {right, y}, {.colour = chart_grid});
        svg.text({left - 8, y + 4}, tick_text(tick), {.anchor = "end", .fill = chart_soft});
    }
}

/// Labels of the values: every one where they fit side by side, slanted where they are words.
void draw_values(Svg& svg, const SweepAxis& axis, const std::vector<Point>& points) {
    double widest = 0;
    for (const Point& point : points) widest = std::max(widest, svg_text_width(point.name, 12));
    double nearest = right - left;
    for (std::size_t i = 1; i < points.size(); ++i)
        nearest = std::min(nearest, points[i].x - points[i - 1].x);
    const bool slanted = axis.kind == AxisKind::words && widest + 8 > nearest;
    double taken = 0;
    for (const Point& point : points) {
        const double y = hours_bottom;
        svg.line({point.x, y}, {point.x, y + 5}, {.colour = chart_soft});
        if (slanted) {
            svg.text({point.x + 4, y + 18}, point.name, {.anchor = "end", .rotate = -40});
            continue;
        }
        const double half = svg_text_width(point.name, 12) / 2;
        if (point.x - half < taken) continue;
        taken = point.x + half + 6;
        svg.text({point.x, y + 20}, point.name, {.anchor = "middle"});
    }
}

void draw_cliff(Svg& svg, const std::vector<Point>& points, const SweepLine& line) {
    if (!line.cliff) return;
    const Point* const before = find(points, line.cliff->before);
    const Point* const after = find(points, line.cliff->after);
    if (!before || !after) return;
    svg.rect({before->x, top}, after->x - before->x, bottom - top, chart_cliff, 0.12);
    svg.rect({before->x, hours_top}, after->x - before->x, hours_bottom - hours_top, chart_cliff,
             0.12);
    svg.text({(before->x + after->x) / 2, top - 4}, "cliff",
             {.anchor = "middle", .fill = chart_cliff, .bold = true, .halo = true});
}

void draw_recommended(Svg& svg, const SweepResult& result, const std::vector<Point>& points,
                      const SweepLine& line) {
    if (!line.recommendation) return;
    const Point* const point = find(points, line.recommendation->cell);
    if (!point) return;
    svg.line({point->x, top - 18}, {point->x, hours_bottom},
             {.colour = chart_recommended, .width = 2});
    const std::string text = "recommended: " + timeout_of(result.sweep, point->cell).shown;
    const bool at_left = point->x < (left + right) / 2;
    svg.text({point->x + (at_left ? 6 : -6), top - 20}, text,
             {.anchor = at_left ? "start" : "end",
              .fill = chart_recommended,
              .bold = true,
              .halo = true});
}

void draw_band(Svg& svg, const std::vector<Point>& points, const Height& height, bool is_scale) {
    if (!is_scale) {
        for (const Point& point : points) {
            const double low = height(1000 * point.interval.low);
            const double high = height(1000 * point.interval.high);
            svg.line({point.x, low}, {point.x, high}, {.colour = chart_line, .width = 2});
            svg.line({point.x - 5, low}, {point.x + 5, low}, {.colour = chart_line});
            svg.line({point.x - 5, high}, {point.x + 5, high}, {.colour = chart_line});
        }
        return;
    }
    std::vector<SvgPoint> band;
    for (const Point& point : points) band.push_back({point.x, height(1000 * point.interval.high)});
    for (auto point = points.rbegin(); point != points.rend(); ++point)
        band.push_back({point->x, height(1000 * point->interval.low)});
    svg.area(band, chart_line, 0.18);
}

void draw_duplicates(Svg& svg, const std::vector<Point>& points, const Height& height,
                     bool is_scale) {
    draw_band(svg, points, height, is_scale);
    std::vector<SvgPoint> path;
    for (const Point& point : points) path.push_back({point.x, height(1000 * point.share)});
    if (is_scale) svg.path(path, {.colour = chart_line, .width = 2.5});
    for (std::size_t i = 0; i < points.size(); ++i) {
        svg.circle(path[i], 4, chart_line);
        if (points.size() > points_with_figures) continue;
        // Beside the line, which falls: to the right of its point and above it.
        svg.text({path[i].x + 7, path[i].y - 7}, tick_text(1000 * points[i].share), {.halo = true});
    }
}

void draw_hours(Svg& svg, const std::vector<Point>& points, bool is_scale) {
    double most = 0;
    for (const Point& point : points) most = std::max(most, point.hours);
    const std::vector<double> ticks = round_ticks(most);
    const double full = ticks.back();
    const auto height = [full](double hours) {
        return hours_bottom - (hours_bottom - hours_top) * hours / full;
    };
    draw_ticks(svg, {0, full / 2, full}, height);
    std::vector<SvgPoint> path;
    for (const Point& point : points) path.push_back({point.x, height(point.hours)});
    if (is_scale) svg.path(path, {.colour = chart_hours, .width = 2});
    for (const SvgPoint& point : path) svg.circle(point, 3, chart_hours);
}

/// The axis that the picture runs along.
const SweepAxis& axis_of(const Sweep& sweep) {
    return sweep.axes[sweep.timeout.value_or(0)];
}

}  // namespace

std::vector<double> round_ticks(double most) {
    if (!(most > 0)) return {0, 1};
    const double raw = most / 5;
    const double magnitude = std::pow(10.0, std::floor(std::log10(raw)));
    const double step = raw <= magnitude       ? magnitude
                        : raw <= 2 * magnitude ? 2 * magnitude
                        : raw <= 5 * magnitude ? 5 * magnitude
                                               : 10 * magnitude;
    std::vector<double> ticks;
    for (int i = 0; ticks.empty() || ticks.back() < most; ++i) ticks.push_back(i * step);
    return ticks;
}

std::string tick_text(double number) {
    if (number >= 99.95) return fmt::format("{:.0f}", number);
    return fmt::format("{:.3g}", number);
}

double bound_per_thousand(const SweepResult& result) {
    const auto& bound = result.sweep.bound;
    if (!bound || canonical_figure(bound->figure) != "verdicts.duplicated") return 0;
    return 1000 * bound->value;
}

std::string line_chart(const SweepResult& result) {
    const SweepAxis& axis = axis_of(result.sweep);
    const bool is_scale = axis.kind != AxisKind::words;
    const SweepLine line = result.lines.empty() ? SweepLine{} : result.lines.front();
    const std::vector<Point> points = points_of(result, axis, line.cells);
    double most = bound_per_thousand(result);
    double widest = 0;
    for (const Point& point : points) {
        most = std::max(most, 1000 * point.interval.high);
        widest = std::max(widest, svg_text_width(point.name, 12));
    }
    const double bound = bound_per_thousand(result);
    const Height height(Height(most, bound).logarithmic() ? most : round_ticks(most).back(), bound);
    const double slant = is_scale ? 0 : std::min(widest * 0.65, 150.0);
    Svg svg(width, hours_bottom + 52 + slant, result.name + ": duplicates by " + axis.label);
    svg.text({left, 26}, result.name, {.size = 16, .bold = true});
    draw_cliff(svg, points, line);
    frame_panel(svg, top - 32, bottom,
                height.logarithmic() ? "Duplicated pairs per 1000, logarithmic above the bound"
                                     : "Duplicated pairs per 1000");
    draw_ticks(svg, height.ticks(), height);
    if (bound > 0) {
        svg.line({left, height(bound)}, {right, height(bound)},
                 {.colour = chart_ink, .dashes = "5 4"});
        svg.text({right, height(bound) - 5}, fmt::format("bound {}", tick_text(bound)),
                 {.anchor = "end", .halo = true});
    }
    frame_panel(svg, hours_top - 2, hours_bottom, "Connection hours");
    draw_recommended(svg, result, points, line);
    if (!points.empty()) {
        draw_duplicates(svg, points, height, is_scale);
        draw_hours(svg, points, is_scale);
        draw_values(svg, axis, points);
    }
    svg.text({(left + right) / 2, hours_bottom + 42 + slant}, axis.label,
             {.anchor = "middle", .size = 13, .bold = true});
    return svg.take();
}

}  // namespace twofifty::harness
