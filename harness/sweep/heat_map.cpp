#include "harness/report/svg.hpp"
#include "harness/sweep/chart.hpp"
#include "harness/sweep/matrix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace twofifty::harness {
namespace {

constexpr double row_height = 26;
constexpr double cell_least = 46;
constexpr double cell_most = 110;
constexpr double wanted_width = 900;
constexpr double gap = 14;
constexpr double text_size = 12;
/// A picture that is longer is no picture any more; the table has the rest.
constexpr std::size_t rows_most = 120;

struct Colour {
    double red = 0;
    double green = 0;
    double blue = 0;
};

/// ColorBrewer's Blues in nine steps (C. Brewer, colorbrewer2.org), from none to many.
constexpr std::array<Colour, 9> blues{{{247, 251, 255},
                                       {222, 235, 247},
                                       {198, 219, 239},
                                       {158, 202, 225},
                                       {107, 174, 214},
                                       {66, 146, 198},
                                       {33, 113, 181},
                                       {8, 81, 156},
                                       {8, 48, 107}}};

std::string colour_at(double share) {
    const double place = std::clamp(share, 0.0, 1.0) * (blues.size() - 1);
    const auto low = std::min(static_cast<std::size_t>(place), blues.size() - 2);
    const double rest = place - static_cast<double>(low);
    const auto mixed = [&](double Colour::*part) {
        return static_cast<int>(
            std::lround(blues[low].*part + rest * (blues[low + 1].*part - blues[low].*part)));
    };
    return fmt::format("#{:02x}{:02x}{:02x}", mixed(&Colour::red), mixed(&Colour::green),
                       mixed(&Colour::blue));
}

/// The scale is even up to the bound and logarithmic above it: one in a thousand must not look
/// like none because another cell has half of all.
class Scale {
public:
    Scale(double most, double bound) : most_(std::max(most, bound)), unit_(bound) {}

    double operator()(double number) const {
        if (number <= 0) return 0;
        return std::log1p(number / unit_) / std::log1p(most_ / unit_);
    }
    double most() const { return most_; }

private:
    double most_;
    double unit_;
};

/// Where everything stands.
struct Layout {
    double left = 0;
    double top = 0;
    double cell = 0;
    bool slanted = false;
    double width = 0;
    double height = 0;

    SvgPoint corner(std::size_t row, std::size_t column) const {
        return {left + static_cast<double>(column) * cell,
                top + static_cast<double>(row) * row_height};
    }
};

double widest_of(const std::vector<std::string>& names) {
    double widest = 0;
    for (const std::string& name : names)
        widest = std::max(widest, svg_text_width(name, text_size));
    return widest;
}

Layout layout_of(const SweepMatrix& matrix, std::size_t rows) {
    Layout layout;
    layout.left =
        20 + std::max(widest_of(matrix.row_names), svg_text_width(matrix.down, 13) * 1.08) + gap;
    const auto columns = static_cast<double>(matrix.column_names.size());
    layout.cell = std::clamp((wanted_width - layout.left - 24) / columns, cell_least, cell_most);
    const double widest = widest_of(matrix.column_names);
    layout.slanted = widest + 8 > layout.cell;
    layout.top = 78 + (layout.slanted ? std::min(widest, 200.0) * 0.65 : 0) + 16;
    layout.width = std::max(
        layout.left + columns * layout.cell + 24 + (layout.slanted ? widest * 0.75 : 0), 620.0);
    layout.height = layout.top + static_cast<double>(rows) * row_height + 92;
    return layout;
}

void draw_names(Svg& svg, const SweepMatrix& matrix, const Layout& layout, std::size_t rows) {
    const double centre =
        layout.left + static_cast<double>(matrix.column_names.size()) * layout.cell / 2;
    svg.text({centre, 56}, matrix.across, {.anchor = "middle", .size = 13, .bold = true});
    svg.text({layout.left - gap, layout.top - 8}, matrix.down,
             {.anchor = "end", .size = 13, .bold = true});
    for (std::size_t i = 0; i < matrix.column_names.size(); ++i) {
        const SvgPoint corner = layout.corner(0, i);
        const SvgPoint at{corner.x + layout.cell / 2, corner.y - 8};
        if (layout.slanted)
            svg.text(at, matrix.column_names[i], {.rotate = -40});
        else
            svg.text(at, matrix.column_names[i], {.anchor = "middle"});
    }
    for (std::size_t i = 0; i < rows; ++i)
        svg.text({layout.left - gap, layout.corner(i, 0).y + row_height / 2 + 4},
                 matrix.row_names[i], {.anchor = "end"});
}

void draw_cell(Svg& svg, const MatrixCell& cell, SvgPoint corner, const Layout& layout,
               const Scale& scale) {
    const SvgPoint middle{corner.x + layout.cell / 2, corner.y + row_height / 2 + 4};
    if (!cell.share) {
        svg.rect(corner, layout.cell - 1, row_height - 1, "#eeeeee");
        svg.text(middle, "-", {.anchor = "middle", .fill = chart_soft});
        return;
    }
    const double shade = scale(1000 * *cell.share);
    const bool recommended = cell.mark == CellMark::recommended || cell.mark == CellMark::both;
    svg.rect(corner, layout.cell - 1, row_height - 1, colour_at(shade));
    svg.text(
        middle, tick_text(1000 * *cell.share),
        {.anchor = "middle", .fill = shade > 0.55 ? "#ffffff" : chart_ink, .bold = recommended});
}

/// Above all cells, so that no neighbour covers them.
void draw_marks(Svg& svg, const MatrixCell& cell, SvgPoint corner, const Layout& layout) {
    const SvgStroke cliff{.colour = chart_cliff, .width = 3};
    const double x = corner.x - 0.5;
    const double y = corner.y - 0.5;
    if (cell.falls_across) svg.line({x, y}, {x, y + row_height}, cliff);
    if (cell.falls_down) svg.line({x, y}, {x + layout.cell, y}, cliff);
    if (cell.mark == CellMark::recommended || cell.mark == CellMark::both)
        svg.frame({corner.x + 2.5, corner.y + 1.5}, layout.cell - 6, row_height - 4,
                  {.colour = chart_recommended, .width = 2.5});
}

void draw_legend(Svg& svg, const Layout& layout, const Scale& scale, const SweepResult& result) {
    constexpr int steps = 60;
    constexpr double bar = 240;
    const double y = layout.height - 66;
    const double x = 20;
    for (int i = 0; i < steps; ++i)
        svg.rect({x + i * bar / steps, y}, bar / steps + 0.5, 14, colour_at((i + 0.5) / steps));
    svg.frame({x, y}, bar, 14, {.colour = chart_soft, .width = 0.5});
    double taken = -100;
    std::vector<double> ticks{0};
    for (double decade = 0.01; decade < scale.most(); decade *= 10) ticks.push_back(decade);
    // The largest is named in any case, hence last first.
    const double end = x + bar;
    svg.text({end, y + 28}, tick_text(scale.most()), {.anchor = "middle", .fill = chart_soft});
    for (const double tick : ticks) {
        const double at = x + bar * scale(tick);
        if (at - taken < 34 || end - at < 34) continue;
        taken = at;
        svg.line({at, y + 14}, {at, y + 18}, {.colour = chart_soft});
        svg.text({at, y + 28}, tick_text(tick), {.anchor = "middle", .fill = chart_soft});
    }
    svg.text({x, y + 48}, "duplicated pairs per 1000", {.fill = chart_soft});
    if (!result.sweep.timeout) return;
    const double marks = x + bar + 50;
    svg.line({marks, y}, {marks, y + 14}, {.colour = chart_cliff, .width = 3});
    svg.text({marks + 12, y + 12}, "the cliff: where the cells of a row or column change most");
    if (!result.sweep.bound) return;
    svg.frame({marks - 8, y + 25}, 16, 14, {.colour = chart_recommended, .width = 2.5});
    svg.text({marks + 14, y + 37},
             fmt::format("recommended: the smallest that keeps {} {}", result.sweep.bound->figure,
                         result.sweep.bound->bound));
}

}  // namespace

std::string heat_map(const SweepResult& result) {
    const SweepMatrix matrix = *matrix_of(result);
    const std::size_t rows = std::min(matrix.rows.size(), rows_most);
    double most = 1;
    for (const auto& row : matrix.rows)
        for (const MatrixCell& cell : row) most = std::max(most, 1000 * cell.share.value_or(0));
    const double bound = bound_per_thousand(result);
    const Scale scale(most, bound > 0 ? bound : 1);
    const Layout layout = layout_of(matrix, rows);
    Svg svg(layout.width, layout.height,
            result.name + ": duplicates by " + matrix.down + " and " + matrix.across);
    svg.text({20, 28},
             rows == matrix.rows.size() ? result.name
                                        : fmt::format("{} (the first {} of {} rows)", result.name,
                                                      rows, matrix.rows.size()),
             {.size = 16, .bold = true});
    draw_names(svg, matrix, layout, rows);
    for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t column = 0; column < matrix.rows[row].size(); ++column)
            draw_cell(svg, matrix.rows[row][column], layout.corner(row, column), layout, scale);
    for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t column = 0; column < matrix.rows[row].size(); ++column)
            draw_marks(svg, matrix.rows[row][column], layout.corner(row, column), layout);
    draw_legend(svg, layout, scale, result);
    return svg.take();
}

}  // namespace twofifty::harness
