#include "harness/scenario/corpus.hpp"

#include "record/text.hpp"
#include "settings/value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

namespace twofifty::harness {
namespace {

namespace files = std::filesystem;

/// A message: one line of headers or more, then an empty line.
bool begins_with_headers(std::istream& file) {
    std::string line;
    bool first = true;
    while (std::getline(file, line) && !file.eof()) {
        if (line.empty() || line == "\r") return !first;
        first = false;
    }
    return false;
}

}  // namespace

std::vector<std::string> corpus_files(const std::string& pattern) {
    std::error_code ec;
    files::path folder = files::path(pattern).parent_path();
    std::string names = files::path(pattern).filename().string();
    if (files::is_directory(pattern, ec)) {
        folder = pattern;
        names = "*.eml";
    } else if (names.find_first_of("*?") == std::string::npos) {
        if (files::is_regular_file(pattern, ec)) return {pattern};
        return {};
    }
    std::vector<std::string> result;
    for (files::directory_iterator entry(folder.empty() ? "." : folder, ec), end;
         !ec && entry != end; entry.increment(ec)) {
        std::error_code ignored;
        if (entry->is_regular_file(ignored) &&
            matches_pattern(names, entry->path().filename().string()))
            result.push_back((folder / entry->path().filename()).string());
    }
    std::ranges::sort(result);
    return result;
}

std::string corpus_trouble(const std::string& pattern) {
    const std::vector<std::string> found = corpus_files(pattern);
    if (found.empty())
        return fmt::format(
            "no file fits {}; expected a folder with .eml files, or a pattern such as "
            "\"mail/*.eml\"",
            settings::toml_text(pattern));
    for (const std::string& path : found) {
        errno = 0;
        std::ifstream file(path, std::ios::binary);
        if (!file)
            return fmt::format("cannot read {}: {}; expected readable files",
                               settings::toml_text(path),
                               std::generic_category().message(errno ? errno : EIO));
        if (!begins_with_headers(file))
            return fmt::format("{} is no message; expected headers with an empty line behind",
                               settings::toml_text(path));
    }
    return {};
}

}  // namespace twofifty::harness
