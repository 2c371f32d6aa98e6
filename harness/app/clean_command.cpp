// `twofifty clean`: what a run left behind that was killed. Its servers' worlds end with it, by the
// kernel's doing; this looks whether that is so.
#include "harness/app/commands.hpp"

#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace twofifty::harness {
namespace {

namespace fs = std::filesystem;

/// The private directories of servers that were not stopped in order: `servers/<name>/init` names
/// the first process of each.
std::vector<fs::path> unfinished(const fs::path& base) {
    std::vector<fs::path> found;
    std::error_code error;
    for (fs::recursive_directory_iterator
             entry(base, fs::directory_options::skip_permission_denied, error),
         end;
         !error && entry != end; entry.increment(error)) {
        const fs::path& path = entry->path();
        if (path.filename() == "init" && path.parent_path().parent_path().filename() == "servers")
            found.push_back(path);
    }
    return found;
}

/// As mountinfo writes a path: spaces and the like by their octal numbers (proc(5)).
std::string escaped(const std::string& path) {
    std::string result;
    for (const char c : path) {
        if (c == ' ' || c == '\t' || c == '\n' || c == '\\')
            result += fmt::format("\\{:03o}", static_cast<unsigned>(c));
        else
            result += c;
    }
    return result;
}

/// Whether that process lives in the world of this directory: numbers of processes are used again.
bool lives_there(pid_t process, const fs::path& folder) {
    std::ifstream file(fmt::format("/proc/{}/mountinfo", process));
    const std::string mounts{std::istreambuf_iterator<char>(file),
                             std::istreambuf_iterator<char>()};
    return mounts.find(escaped(folder.string()) + " /run/twofifty ") != std::string::npos;
}

}  // namespace

ExitCode clean_command(const std::string& results) {
    const fs::path base = fs::absolute(results);
    if (!fs::is_directory(base))
        throw CommandError(ExitCode::bad_input, fmt::format("{} is no folder", base.string()));
    int stale = 0;
    int ended = 0;
    for (const fs::path& file : unfinished(base)) {
        pid_t process = 0;
        std::ifstream(file) >> process;
        const fs::path folder = file.parent_path();
        if (process > 1 && lives_there(process, folder)) {
            fmt::print("{}: still runs, process {}; it is ended\n", folder.string(), process);
            ::kill(process, SIGKILL);
            ++ended;
        } else {
            fmt::print("{}: was not stopped in order; nothing of it runs\n", folder.string());
            ++stale;
        }
        fs::remove(file);
    }
    fmt::print("{} ended, {} had ended with their run\n", ended, stale);
    return ExitCode::passed;
}

}  // namespace twofifty::harness
