// The files of a corpus, found before anything is started.
#pragma once

#include <string>
#include <vector>

namespace twofifty::harness {

/// The regular files that `pattern` names, sorted: one file, the *.eml of a folder, or the files
/// of a folder whose names fit a pattern with * and ? ("mail/*.eml"). Empty where there are none.
std::vector<std::string> corpus_files(const std::string& pattern);

/// Why the corpus cannot be used, and what would be right; empty: each file can be read.
std::string corpus_trouble(const std::string& pattern);

}  // namespace twofifty::harness
