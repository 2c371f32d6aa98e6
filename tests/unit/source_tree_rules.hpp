// The rules that the source tree holds itself to: which folder may include which, what only the
// real world may name, and how large a file may be. Pure, so that the rules can be tested
// themselves.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace twofifty {

struct SourceFile {
    std::string path;  ///< From the root: "smtp/reply.cpp".
    std::string text;
};

/// One line each: "smtp/reply.cpp:12: ...", in the order of the files and of their lines.
std::vector<std::string> violations(std::span<const SourceFile> files);

/// The paths of sources that no CMakeLists.txt above them names: nobody builds them, and a test
/// among them never fails.
std::vector<std::string> sources_not_built(std::span<const SourceFile> files);

/// The text without comments and without what is between quotes; its lines stay where they were.
std::string code_of(const std::string& text);

}  // namespace twofifty
