#include "harness/report/format.hpp"

#include <array>

namespace twofifty::harness {
namespace {

std::string junit_of_one(const Summary& summary) {
    return write_junit(std::span(&summary, 1));
}

std::string plain_text(const Summary& summary) {
    return write_terminal(summary, false);
}

constexpr std::array<ReportFormat, 5> formats{{
    {"json", "summary.json", write_json},
    {"markdown", "summary.md", write_markdown},
    {"html", "report.html", write_html},
    {"junit", "", junit_of_one},
    {"text", "", plain_text},
}};

}  // namespace

std::span<const ReportFormat> report_formats() {
    return formats;
}

}  // namespace twofifty::harness
