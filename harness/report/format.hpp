// The report formats. Each is one small file with one pure function of a summary, and one line in
// the registry in format.cpp; docs/architecture.md says where reports stand.
#pragma once

#include "harness/report/summary.hpp"

#include <span>
#include <string>
#include <string_view>

namespace twofifty::harness {

struct ReportFormat {
    std::string_view name;
    /// Its file in the run folder; empty for one that is only printed.
    std::string_view file;
    std::string (*write)(const Summary& summary);
};

/// Every format, in the order in which a run folder is written.
std::span<const ReportFormat> report_formats();

/// summary.json: pretty-printed, keys in one order, schema 1.
std::string write_json(const Summary& summary);

/// Reads summary.json back: read_json(write_json(s)) == s. Keys it does not know are left alone, so
/// that a later version may add some.
/// Throws settings::Error, which names `source`, where the text is no such summary or of a newer
/// schema.
Summary read_json(std::string_view text, std::string_view source);

std::string write_markdown(const Summary& summary);

/// One self-contained page, without scripts, light or dark as the reader's system is.
std::string write_html(const Summary& summary);

/// JUnit XML of several scenarios: a suite per scenario, a test case per expectation. In an
/// inconclusive run every case is an error: none of them was really tested. A scenario that expects
/// nothing has one case, "run".
std::string write_junit(std::span<const Summary> summaries);

/// What a run prints when it ends: the verdict first, at most 100 columns.
std::string write_terminal(const Summary& summary, bool colour);

}  // namespace twofifty::harness
