// A picture as SVG text, shape by shape. It knows no chart: who draws decides what stands where.
// Every colour is written at its shape, so that the picture looks the same alone and in a page.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace twofifty::harness {

struct SvgPoint {
    double x = 0;
    double y = 0;
};

struct SvgText {
    std::string_view anchor = "start";  ///< Or "middle", "end".
    double size = 12;
    std::string_view fill = "#1d2430";
    bool bold = false;
    double rotate = 0;  ///< Degrees, around its place.
    /// A white edge, for a text that stands on lines.
    bool halo = false;
};

struct SvgStroke {
    std::string_view colour = "#1d2430";
    double width = 1;
    std::string_view dashes = "";  ///< "4 3"; empty: none.
};

class Svg {
public:
    /// `label` is what a reader hears who cannot see it.
    Svg(double width, double height, std::string_view label);

    void line(SvgPoint from, SvgPoint to, const SvgStroke& stroke);
    void path(const std::vector<SvgPoint>& points, const SvgStroke& stroke);
    void area(const std::vector<SvgPoint>& points, std::string_view fill, double opacity);
    void rect(SvgPoint corner, double width, double height, std::string_view fill,
              double opacity = 1);
    void frame(SvgPoint corner, double width, double height, const SvgStroke& stroke);
    void circle(SvgPoint centre, double radius, std::string_view fill);
    void text(SvgPoint at, std::string_view text, const SvgText& how = {});

    std::string take();

private:
    std::string out_;
};

/// About how wide a text is, in the sans-serif face that browsers choose.
double svg_text_width(std::string_view text, double size);

}  // namespace twofifty::harness
