#include "harness/scenario/corpus.hpp"

#include "settings/value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>

namespace twofifty::harness {
namespace {

namespace files = std::filesystem;

/// Shell patterns of * and ?, without backtracking further than the last star.
bool fits(std::string_view name, std::string_view pattern) {
    std::size_t n = 0;
    std::size_t p = 0;
    std::size_t after_star = std::string_view::npos;
    std::size_t star_taken = 0;
    while (n < name.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            after_star = ++p;
            star_taken = n;
        } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n])) {
            ++p;
            ++n;
        } else if (after_star != std::string_view::npos) {
            p = after_star;
            n = ++star_taken;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
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
        if (entry->is_regular_file(ignored) && fits(entry->path().filename().string(), names))
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
        if (!std::ifstream(path, std::ios::binary))
            return fmt::format("cannot read {}: {}; expected readable files",
                               settings::toml_text(path),
                               std::generic_category().message(errno ? errno : EIO));
    }
    return {};
}

}  // namespace twofifty::harness
