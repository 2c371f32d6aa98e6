#include "harness/report/svg.hpp"

#include "harness/report/escape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace twofifty::harness {
namespace {

/// A tenth of a pixel is more than can be seen.
std::string places(const std::vector<SvgPoint>& points) {
    std::string text;
    for (const SvgPoint& point : points)
        text += fmt::format("{}{:.1f},{:.1f}", text.empty() ? "" : " ", point.x, point.y);
    return text;
}

std::string stroke_of(const SvgStroke& stroke) {
    std::string text =
        fmt::format("stroke=\"{}\" stroke-width=\"{}\"", stroke.colour, stroke.width);
    if (!stroke.dashes.empty()) text += fmt::format(" stroke-dasharray=\"{}\"", stroke.dashes);
    return text;
}

}  // namespace

Svg::Svg(double width, double height, std::string_view label) {
    out_ = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} {1:.0f}\" "
        "width=\"{0:.0f}\" height=\"{1:.0f}\" role=\"img\" aria-label=\"{2}\" "
        "font-family=\"system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif\">\n",
        width, height, escape_xml(label));
    rect({0, 0}, width, height, "#ffffff");
}

void Svg::line(SvgPoint from, SvgPoint to, const SvgStroke& stroke) {
    fmt::format_to(std::back_inserter(out_),
                   "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" {}/>\n", from.x,
                   from.y, to.x, to.y, stroke_of(stroke));
}

void Svg::path(const std::vector<SvgPoint>& points, const SvgStroke& stroke) {
    fmt::format_to(std::back_inserter(out_),
                   "<polyline points=\"{}\" fill=\"none\" stroke-linejoin=\"round\" {}/>\n",
                   places(points), stroke_of(stroke));
}

void Svg::area(const std::vector<SvgPoint>& points, std::string_view fill, double opacity) {
    fmt::format_to(std::back_inserter(out_),
                   "<polygon points=\"{}\" fill=\"{}\" fill-opacity=\"{}\"/>\n", places(points),
                   fill, opacity);
}

void Svg::rect(SvgPoint corner, double width, double height, std::string_view fill,
               double opacity) {
    fmt::format_to(std::back_inserter(out_),
                   "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" "
                   "fill=\"{}\" fill-opacity=\"{}\"/>\n",
                   corner.x, corner.y, width, height, fill, opacity);
}

void Svg::frame(SvgPoint corner, double width, double height, const SvgStroke& stroke) {
    fmt::format_to(std::back_inserter(out_),
                   "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" "
                   "fill=\"none\" {}/>\n",
                   corner.x, corner.y, width, height, stroke_of(stroke));
}

void Svg::circle(SvgPoint centre, double radius, std::string_view fill) {
    fmt::format_to(std::back_inserter(out_),
                   "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:.1f}\" fill=\"{}\"/>\n", centre.x,
                   centre.y, radius, fill);
}

void Svg::text(SvgPoint at, std::string_view text, const SvgText& how) {
    std::string more;
    if (how.bold) more += " font-weight=\"600\"";
    if (how.rotate != 0)
        more += fmt::format(" transform=\"rotate({} {:.1f} {:.1f})\"", how.rotate, at.x, at.y);
    if (how.halo)
        more +=
            " stroke=\"#ffffff\" stroke-width=\"3\" paint-order=\"stroke\" "
            "stroke-linejoin=\"round\"";
    fmt::format_to(std::back_inserter(out_),
                   "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\" font-size=\"{}\" "
                   "fill=\"{}\"{}>{}</text>\n",
                   at.x, at.y, how.anchor, how.size, how.fill, more, escape_xml(text));
}

std::string Svg::take() {
    out_ += "</svg>\n";
    return std::move(out_);
}

double svg_text_width(std::string_view text, double size) {
    const auto characters = std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
    return 0.58 * size * static_cast<double>(characters);
}

}  // namespace twofifty::harness
